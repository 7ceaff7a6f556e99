"""The contract of Rejects."""

from datetime import date
from typing import Any

from msgspec.structs import replace

from tests.builders import OTHER_SCHOOL, SCHOOL, TODAY, TOMORROW, YESTERDAY
from wuguan.domain.instants import midnight_us
from wuguan.ports import RejectedRow, Store


def refused(path: str = "/data/found", **changed: Any) -> RejectedRow:
    """An event that was refused at noon of TODAY."""
    members: dict[str, Any] = {
        "reject_id": 0,
        "school_id": SCHOOL,
        "received_us": midnight_us(TODAY) + 12 * 3_600_000_000,
        "source": f"/schools/{SCHOOL}/board",
        "type": "wuguan.phone.class_checked.v1",
        "id": "e-1",
        "code": "out_of_range",
        "path": path,
        "message": "found must be from 0 to 60",
        "message_zh": "found 须在 0 至 60 之间",
    }
    return RejectedRow(**{**members, **changed})


def paths(store: Store, from_day: date = TODAY, to_day: date = TODAY) -> list[str]:
    return [row.path for row in store.rejects.list(SCHOOL, from_day, to_day, None, 100)]


def test_what_was_refused_is_listed_as_it_was_kept(store: Store) -> None:
    store.rejects.add([refused()])

    (row,) = store.rejects.list(SCHOOL, TODAY, TODAY, None, 10)
    assert replace(row, reject_id=0) == refused()


def test_what_an_event_does_not_tell_is_absent(store: Store) -> None:
    store.rejects.add([refused("", source=None, type=None, id=None, code="not_an_event")])

    (row,) = store.rejects.list(SCHOOL, TODAY, TODAY, None, 10)
    assert (row.source, row.type, row.id) == (None, None, None)


def test_the_newest_come_first_and_ids_fall(store: Store) -> None:
    store.rejects.add([refused("/1"), refused("/2")])
    store.rejects.add([refused("/3")])

    rows = store.rejects.list(SCHOOL, TODAY, TODAY, None, 10)

    assert [row.path for row in rows] == ["/3", "/2", "/1"]
    ids = [row.reject_id for row in rows]
    assert ids == sorted(set(ids), reverse=True)


def test_the_next_page_goes_on_after_the_last_id_seen(store: Store) -> None:
    store.rejects.add([refused(f"/{number}") for number in range(5)])

    first = store.rejects.list(SCHOOL, TODAY, TODAY, None, 2)
    following = store.rejects.list(SCHOOL, TODAY, TODAY, first[-1].reject_id, 10)

    assert [row.path for row in first] == ["/4", "/3"]
    assert [row.path for row in following] == ["/2", "/1", "/0"]


def test_a_school_sees_its_own_only(store: Store) -> None:
    store.rejects.add([refused("/own"), refused("/other", school_id=OTHER_SCHOOL)])

    assert paths(store) == ["/own"]


def test_days_are_those_of_china(store: Store) -> None:
    begins, ends = midnight_us(TODAY), midnight_us(TOMORROW)
    moments = {"/before": begins - 1, "/first": begins, "/last": ends - 1, "/after": ends}
    store.rejects.add([refused(path, received_us=moment) for path, moment in moments.items()])

    assert paths(store) == ["/last", "/first"]
    assert paths(store, YESTERDAY, YESTERDAY) == ["/before"]
    assert paths(store, TODAY, TOMORROW) == ["/after", "/last", "/first"]


def test_adding_nothing_is_nothing(store: Store) -> None:
    store.rejects.add([])

    assert paths(store) == []

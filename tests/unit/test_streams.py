"""What a record of a topic says: its events, and what of it is refused."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import pytest

from tests.builders import OTHER_SCHOOL, SCHOOL, class_check, event, frame
from wuguan.domain.envelope import Envelope
from wuguan.domain.instants import instant_of
from wuguan.domain.managements import MANAGEMENTS
from wuguan.ports import Place
from wuguan.streams import (
    BATCH,
    EVENT_TOPICS,
    SINGLE,
    Record,
    RecordRead,
    headers_of,
    is_frame,
    read_closely,
    read_record,
    rejected_value,
    topic_of,
)

WRITTEN = "2026-09-14T20:10:00+08:00"
"""When the broker took the records; the events were stated ten minutes before."""
SECRET = "G310101200001011234"


def record(value: bytes | None, *, key: bytes | None = SCHOOL.encode(), **stands: Any) -> Record:
    place = Place(topic_of(stands.get("management", "phone")), 3)
    return Record(place, 17, key, value, stands.get("is_frame", False), instant_of(WRITTEN))


def sent(stated: Envelope, **changed: Any) -> dict[str, Any]:
    """An event as JSON, with attributes changed; those that become None are left out."""
    attributes = {**json.loads(msgspec.json.encode(stated)), **changed}
    return {name: value for name, value in attributes.items() if value is not None}


def read(*items: Any, **stands: Any) -> RecordRead:
    """What a record of these events says, which no server has checked."""
    return read_record(record(json.dumps(items).encode(), **stands))


def faults(read: RecordRead) -> Sequence[tuple[int, str, str]]:
    return [(one.index, one.fault.code, one.fault.path) for one in read.rejected]


def test_every_management_has_its_topic() -> None:
    assert {f"wuguan.{name}.v1": name for name in MANAGEMENTS} == EVENT_TOPICS


def test_the_headers_of_a_frame_make_a_frame() -> None:
    one = frame(class_check("c-1"), received_us=instant_of(WRITTEN))

    assert is_frame(headers_of(one))
    assert dict(headers_of(one))["received-at"] == WRITTEN.encode()


@pytest.mark.parametrize(
    "headers",
    [
        (),
        [("content-type", BATCH)],
        [("content-type", BATCH), ("frame-id", b"x")],
        [("content-type", SINGLE), ("frame-id", b"x"), ("received-at", b"x")],
    ],
)
def test_a_record_that_lacks_one_of_them_is_none(headers: Sequence[tuple[str, bytes]]) -> None:
    assert not is_frame(headers)


def test_a_frame_is_taken_whole() -> None:
    # Its day is long past tomorrow: who wrote the frame has looked at that.
    stated = [class_check("c-1"), class_check("c-2", time="2026-12-31T20:00:00+08:00")]

    found = read_record(record(frame(*stated).body, is_frame=True))

    assert found == RecordRead(SCHOOL, stated, ())


def test_a_single_event_is_checked_and_taken() -> None:
    value = json.dumps(sent(class_check("c-1"), other="dropped")).encode()

    assert read_record(record(value)) == RecordRead(SCHOOL, [class_check("c-1")], [])


@pytest.mark.parametrize(
    ("changed", "code", "path"),
    [
        ({"specversion": "0.3"}, "out_of_range", "/specversion"),
        ({"id": ""}, "out_of_range", "/id"),
        ({"id": "a\u0000b"}, "out_of_range", "/id"),
        ({"id": "\ud800"}, "out_of_range", "/id"),
        ({"source": "/schools/\ud800/board"}, "out_of_range", "/source"),
        ({"type": "wuguan.phone.nonsense.v1"}, "unknown_type", "/type"),
        ({"type": "\ud800"}, "unknown_type", "/type"),
        ({"time": None}, "missing_field", "/time"),
        ({"time": "2026-09-14T20:20:01+08:00"}, "bad_time", "/time"),
        ({"data": {"class_id": "P\u0000"}}, "out_of_range", "/data/class_id"),
        ({"data": None}, "missing_field", "/data"),
    ],
)
def test_a_bad_event_is_answered_as_over_http(
    changed: Mapping[str, Any], code: str, path: str
) -> None:
    found = read(sent(class_check("c-1"), **changed))

    assert faults(found) == [(0, code, path)]
    assert list(found.events) == []


def test_a_batch_without_the_headers_is_checked_event_by_event() -> None:
    found = read(sent(class_check("c-1")), 5, sent(class_check("c-2"), time="now"), None)

    assert list(found.events) == [class_check("c-1")]
    assert faults(found) == [
        (1, "not_an_event", ""), (2, "bad_time", "/time"), (3, "not_an_event", ""),
    ]  # fmt: skip


def test_one_bad_event_does_not_spoil_its_neighbours() -> None:
    stated = [class_check(f"c-{number}") for number in range(9)]
    items = [sent(one) for one in stated]
    items[4]["data"]["found"] = -1

    found = read(*items)

    assert list(found.events) == [*stated[:4], *stated[5:]]
    assert faults(found) == [(4, "out_of_range", "/data/found")]


def test_a_repeat_is_taken_once_and_another_content_refused_where_it_stands() -> None:
    one, other = class_check("c-1"), class_check("c-1", found=2)

    found = read("no event", sent(one), sent(one), sent(other))

    assert list(found.events) == [one]
    assert faults(found) == [(0, "not_an_event", ""), (3, "id_conflict", "/id")]


def test_under_the_key_of_another_school_every_event_is_of_the_wrong_school() -> None:
    items = [sent(class_check("c-1")), sent(class_check("c-2"))]

    found = read(*items, key=OTHER_SCHOOL.encode())

    assert faults(found) == [(0, "wrong_school", "/source"), (1, "wrong_school", "/source")]
    assert found.school_id == OTHER_SCHOOL
    assert "key of a record" in found.rejected[0].fault.message


@pytest.mark.parametrize("key", [None, b"", b"board", b"\xff\xfe", b"21990000011", b"2199000001\n"])
@pytest.mark.parametrize("claims", [True, False])
def test_a_key_that_is_no_school_lets_nothing_in(key: bytes | None, claims: bool) -> None:
    found = read(sent(class_check("c-1")), key=key, is_frame=claims)

    assert found.school_id is None
    assert list(found.events) == []
    assert faults(found) == [(0, "wrong_school", "/source")]


@pytest.mark.parametrize("claims", [True, False])
def test_an_event_of_another_management_is_of_an_unknown_type_here(claims: bool) -> None:
    found = read(sent(class_check("c-1")), management="sleep", is_frame=claims)

    assert faults(found) == [(0, "unknown_type", "/type")]
    assert "sleep" in found.rejected[0].fault.message


@pytest.mark.parametrize(
    ("changed", "first"),
    [
        ({"source": "/schools/x/board"}, "/source"),
        ({"source": f"/schools/{OTHER_SCHOOL}/board"}, "/source"),
        ({"id": 5}, "/id"),
        ({"time": "now"}, "/type"),
        ({"datacontenttype": "text/plain"}, "/type"),
        ({"data": {"class_id": 5}}, "/type"),
    ],
)
def test_another_management_is_looked_at_after_the_source_and_before_the_time(
    changed: Mapping[str, Any], first: str
) -> None:
    found = read(sent(class_check("c-1"), **changed), management="sleep")

    assert [path for _, _, path in faults(found)] == [first]


DAMAGED = {
    "a tombstone": None,
    "nothing": b"",
    "no UTF-8": b"\xff[]",
    "a byte order mark": b"\xef\xbb\xbf[]",
    "a number": b"5",
    "brackets without end": b"[" * 100_000,
    "brackets to no end": b"[" * 100_000 + b"]" * 100_000,
    "a NUL": b"\x00",
    "a huge integer": b"[" + b"9" * 5_000 + b"]",
}


@pytest.mark.parametrize("value", DAMAGED.values(), ids=DAMAGED)
@pytest.mark.parametrize("claims", [True, False])
def test_a_value_that_holds_no_event_is_refused_whole(value: bytes | None, claims: bool) -> None:
    found = read_record(record(value, is_frame=claims))

    assert faults(found) == [(0, "not_an_event", "")]
    assert list(found.events) == []


def test_an_empty_array_is_no_event_but_a_frame_of_nothing_is_no_fault() -> None:
    assert faults(read()) == [(0, "not_an_event", "")]
    assert read(is_frame=True) == RecordRead(SCHOOL, [], ())


@pytest.mark.parametrize(
    ("short", "changed", "fields"),
    [
        ("phone.class_checked", {"time": "2026-02-30T20:00:00Z"}, {}),
        ("phone.class_checked", {"source": f"/schools/{OTHER_SCHOOL}/board"}, {}),
        ("phone.class_checked", {"data": {"day": "2026-09-14"}}, {}),
        # A database holds no NUL, and a ledger with such an instant can never be measured.
        ("phone.class_checked", {}, {"class_id": "P\u0000"}),
        ("phone.class_checked", {}, {"class_id": ""}),
        ("sleep.bedtime_reported", {}, {"slept_at": "x"}),
        ("homework.timed", {}, {"finished_at": "x"}),
    ],
)
def test_a_frame_that_cannot_have_been_checked_is_looked_at_event_by_event(
    short: str, changed: Mapping[str, Any], fields: Mapping[str, Any]
) -> None:
    good, bad = sent(stated(short, "good")), sent(stated(short, "bad"))
    bad = {**bad, **changed, "data": {**changed.get("data", bad["data"]), **fields}}

    found = read(good, bad, management=short.partition(".")[0], is_frame=True)

    assert [one.id for one in found.events] == ["good"]
    assert [(one.index, one.id) for one in found.rejected] == [(1, "bad")]


def stated(short: str, event_id: str) -> Envelope:
    """A good event of a type that has instants in its data, or of class_checked."""
    fields: Mapping[str, Mapping[str, Any]] = {
        "phone.class_checked": {"check_id": "c-1", "found": 0},
        "sleep.bedtime_reported": {
            "pid": "0" * 32,
            "slept_at": "2026-09-14T21:00:00+08:00",
            "woke_at": "2026-09-15T06:00:00+08:00",
        },
        "homework.timed": {"pid": "0" * 32, "minutes": 30},
    }
    return event(short, event_id=event_id, **fields[short])


def test_looked_at_closely_a_frame_is_held_to_everything() -> None:
    ahead = class_check("c-1", time="2026-09-14T20:20:01+08:00")

    found = read_closely(record(frame(ahead).body, is_frame=True))

    assert faults(found) == [(0, "bad_time", "/time")]


@pytest.mark.parametrize(
    "item",
    [
        SECRET,
        sent(class_check("c-1"), id=SECRET * 10),
        sent(class_check("c-1"), source=f"/schools/{SCHOOL}/{SECRET}"),
        sent(class_check("c-1"), type=SECRET),
        sent(class_check("c-1"), time=SECRET),
        sent(class_check("c-1"), data={SECRET: SECRET}),
        sent(class_check(SECRET)),
        sent(class_check("c-1", class_id=SECRET)),
    ],
)
def test_what_is_published_of_a_refusal_never_holds_the_refused_value(item: Any) -> None:
    one = record(json.dumps([item]).encode())
    (rejection,) = read_record(one).rejected

    assert SECRET not in rejected_value(one, rejection).decode()


def test_what_is_published_says_where_the_record_stands_and_what_is_wrong() -> None:
    one = record(json.dumps([sent(class_check("c-1")), 5]).encode())
    (rejection,) = read_record(one).rejected

    published = json.loads(rejected_value(one, rejection))

    assert {name: published[name] for name in published if "message" not in name} == {
        "topic": "wuguan.phone.v1", "partition": 3, "offset": 17,
        "index": 1, "code": "not_an_event", "path": "",
    }  # fmt: skip
    assert published["message"]
    assert published["message_zh"]

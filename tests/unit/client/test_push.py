"""Pushing: cutting, adding answers up, trying again, and the error of each reaction."""

import gzip
import json
from collections.abc import Callable
from random import Random

import httpx
import pytest

from wuguan.client.batches import MOST_BYTES_PACKED, MOST_BYTES_UNPACKED, batches
from wuguan.client.client import Client
from wuguan.client.errors import (
    AnswerNotUnderstood,
    DocumentRefused,
    KeyRefused,
    RequestRefused,
    ServerUnavailable,
)
from wuguan.domain.errors import Misconfigured

Handler = Callable[[httpx.Request], httpx.Response]


def client(handler: Handler, pauses: list[float] | None = None, **settings: float) -> Client:
    noted = pauses if pauses is not None else []
    return Client(
        "http://server.test",
        "key",
        transport=httpx.MockTransport(handler),
        sleep=noted.append,
        **settings,
    )


def sent_events(request: httpx.Request) -> list[dict[str, object]]:
    events: list[dict[str, object]] = json.loads(gzip.decompress(request.content))
    return events


def accept_all(request: httpx.Request) -> httpx.Response:
    return httpx.Response(202, json=answer(len(sent_events(request))))


def answer(accepted: int, rejected_index: int | None = None) -> dict[str, object]:
    item = {"index": rejected_index, "id": None, "status": "rejected", "code": "wrong_type"}
    items = [] if rejected_index is None else [item]
    return {"accepted": accepted, "duplicates": 0, "rejected": len(items), "items": items}


def replies(*responses: httpx.Response) -> Handler:
    waiting = iter(responses)
    return lambda _: next(waiting)


def test_every_event_travels_once_and_in_order_within_the_limits() -> None:
    # given events that need several requests by their number and by their size
    noise = Random(1)
    small = [{"id": str(n)} for n in range(2_500)]
    large = [{"id": str(n), "x": noise.randbytes(120_000).hex()} for n in range(20)]

    # when
    cut = list(batches(small + large))

    # then
    bodies = [gzip.decompress(batch.packed) for batch in cut]
    ids = [event["id"] for body in bodies for event in json.loads(body)]
    assert ids == [event["id"] for event in small + large]
    assert max(batch.count for batch in cut) == 1_000
    assert max(len(batch.packed) for batch in cut) <= MOST_BYTES_PACKED
    assert max(len(body) for body in bodies) <= MOST_BYTES_UNPACKED
    assert [batch.first for batch in cut][:3] == [0, 1_000, 2_000]


def test_a_body_that_packs_well_is_still_cut_at_the_unpacked_limit() -> None:
    # given nine mebibytes of one letter
    events = [{"x": "a" * (1 << 20)} for _ in range(9)]

    # when
    sizes = [len(gzip.decompress(batch.packed)) for batch in batches(events)]

    # then
    assert len(sizes) == 2
    assert max(sizes) <= MOST_BYTES_UNPACKED


def test_the_answers_of_several_requests_add_up_and_indices_are_those_of_the_sender() -> None:
    # given a server that refuses the sixth event of the second request
    handler = replies(
        httpx.Response(202, json=answer(1_000)), httpx.Response(202, json=answer(499, 5))
    )

    # when
    whole = client(handler).push([{"id": str(n)} for n in range(1_500)])

    # then
    assert (whole.accepted, whole.rejected) == (1_499, 1)
    assert [item.index for item in whole.rejects] == [1_005]


def test_the_pause_that_the_server_asks_for_is_kept() -> None:
    # given a busy server that names its pause, as a number and as a date
    date = {"date": "Mon, 14 Sep 2026 00:00:00 GMT", "retry-after": "Mon, 14 Sep 2026 00:00:09 GMT"}
    handler = replies(
        httpx.Response(429, headers={"retry-after": "7"}),
        httpx.Response(503, headers=date),
        httpx.Response(202, json=answer(1)),
    )
    pauses: list[float] = []

    # when
    whole = client(handler, pauses).push([{"id": "1"}])

    # then
    assert whole.accepted == 1
    assert pauses == [7.0, 9.0]


def test_the_same_body_and_idempotency_key_are_sent_again() -> None:
    # given
    seen: list[tuple[bytes, str]] = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append((request.content, request.headers["idempotency-key"]))
        return httpx.Response(409) if len(seen) == 1 else accept_all(request)

    # when
    client(handler).push([{"id": "1"}], idempotency_key="monday")

    # then
    assert seen[0] == seen[1]
    assert seen[0][1] == "monday"


def test_two_requests_of_one_push_have_two_idempotency_keys() -> None:
    # given
    keys: list[str] = []

    def handler(request: httpx.Request) -> httpx.Response:
        keys.append(request.headers["idempotency-key"])
        return accept_all(request)

    # when
    client(handler).push([{"id": str(n)} for n in range(1_001)], idempotency_key="monday")

    # then
    assert keys == ["monday", "monday-1"]


def test_a_broken_connection_is_tried_again() -> None:
    # given
    tries = 0

    def handler(request: httpx.Request) -> httpx.Response:
        nonlocal tries
        tries += 1
        if tries < 3:
            raise httpx.ConnectError("refused")
        return accept_all(request)

    # when
    whole = client(handler).push([{"id": "1"}])

    # then
    assert (whole.accepted, tries) == (1, 3)


def test_it_gives_up_when_the_pause_asked_for_is_longer_than_its_patience() -> None:
    # given
    handler = replies(httpx.Response(503, headers={"retry-after": "60"}))
    pauses: list[float] = []

    # when
    with pytest.raises(ServerUnavailable, match="503"):
        client(handler, pauses, give_up_after_seconds=10).push([{"id": "1"}])

    # then
    assert pauses == []


@pytest.mark.parametrize(
    ("response", "error"),
    [
        (httpx.Response(401), KeyRefused),
        (httpx.Response(403), KeyRefused),
        (httpx.Response(413, json={"title": "too large"}), RequestRefused),
        (httpx.Response(404, text="<html>"), AnswerNotUnderstood),
        (httpx.Response(202, text="<html>"), AnswerNotUnderstood),
    ],
)
def test_each_refusal_is_an_error_named_by_its_reaction(
    response: httpx.Response, error: type[Exception]
) -> None:
    with pytest.raises(error):
        client(replies(response)).push([{"id": "1"}])


def test_every_fault_of_a_refused_roster_is_listed() -> None:
    # given
    faults = [
        {"path": f"/classes/{n}", "code": "out_of_range", "message": "m", "message_zh": "错"}
        for n in range(3)
    ]

    # when
    with pytest.raises(DocumentRefused) as caught:
        client(replies(httpx.Response(422, json={"errors": faults}))).put_roster({})

    # then
    assert [fault.path for fault in caught.value.faults] == [f"/classes/{n}" for n in range(3)]
    assert "错" in str(caught.value)


def test_figures_follow_the_cursor_to_the_last_page() -> None:
    # given
    asked: list[str | None] = []

    def handler(request: httpx.Request) -> httpx.Response:
        cursor = request.url.params.get("cursor")
        asked.append(cursor)
        row = {"day": "2026-09-14", "unit": "990101", "metric": "sleep.duration", "new": 1}
        following = None if cursor else "second"
        page = {"rows": [row], "next": following, "as_of": "now", "settled": not cursor}
        return httpx.Response(200, json=page)

    # when
    figures = client(handler).tallies(
        level="district", unit="990101", first="2026-09-14", last="2026-09-14"
    )

    # then
    assert asked == [None, "second"]
    assert len(figures.rows) == 2
    assert not figures.settled, "settled only when every page is"


def test_schools_in_line_follow_the_cursor_and_keep_the_schools_of_the_first_page() -> None:
    # given
    asked: list[dict[str, str]] = []

    def handler(request: httpx.Request) -> httpx.Response:
        asked.append(dict(request.url.params))
        metric = {"metric": "homework.minutes", "stage": "primary"}
        row = {**metric, "day": "2026-09-01", "to": "2026-09-15", "unit": "990101", "judged": 2}
        school = {**metric, "school_id": "2199000001", "management": "homework", "new": 1}
        first = "cursor" not in asked[-1]
        page = {"rows": [row], "checking": [school] if first else [], "as_of": "now",
                "next": "second" if first else None, "settled": True}  # fmt: skip
        return httpx.Response(200, json=page)

    # when
    found = client(handler).schools_in_line(
        unit="990101", metrics=["homework.minutes"], day="2026-09-14", children=True
    )

    # then
    assert asked[0] == {
        "unit": "990101", "grain": "halfmonth", "by": "stage", "limit": "10000",
        "metric": "homework.minutes", "day": "2026-09-14", "children": "true",
    }  # fmt: skip
    assert asked[1]["cursor"] == "second"
    assert [(row.judged, row.share) for row in found.rows] == [(2, None)] * 2
    assert [one.school_id for one in found.checking] == ["2199000001"]
    assert found.settled


@pytest.mark.parametrize(("url", "key"), [("server.test", "k"), ("http://s", "密钥"), ("x", "")])
def test_an_address_or_key_that_cannot_be_sent_is_refused_at_once(url: str, key: str) -> None:
    with pytest.raises(Misconfigured):
        Client(url, key)

"""The case is read whole, and its bodies go out byte by byte as they are meant."""

import gzip
import json
from collections import Counter

import httpx
import pytest

from tests.conformance.case import (
    LEVELS,
    Request,
    read_case,
    read_expected,
    read_requests,
    wire_body,
)
from tests.conformance.check import queries, shuffled
from tests.conformance.conversation import Conversation, Unanswered, Unreadable


def request_with(**given: object) -> Request:
    return Request(number=1, school_id="2199000001", headers={}, expect={}, **given)  # type: ignore[arg-type]  # the test names the fields


def test_every_request_has_a_body_of_the_stated_form() -> None:
    requests = read_requests()

    assert len(requests) == 810
    for request in requests:
        body = wire_body(request)
        unpacked = gzip.decompress(body) if request.gzip else body
        assert unpacked.endswith(b" " * request.pad)
        if request.raw is None:
            assert json.loads(unpacked) == request.body


def test_text_is_sent_as_utf_8_without_spaces() -> None:
    assert wire_body(request_with(body={"a": ["五", 30.0]})) == '{"a":["五",30.0]}'.encode()


def test_a_lone_surrogate_is_sent_as_an_escape() -> None:
    assert wire_body(request_with(body=["\ud800"])) == b'["\\ud800"]'


def test_raw_text_may_be_empty_and_is_not_json() -> None:
    assert wire_body(request_with(raw="", body=None)) == b""
    assert wire_body(request_with(body=None)) == b"null"


def test_padding_goes_inside_the_compression() -> None:
    assert gzip.decompress(wire_body(request_with(raw="[]", pad=3, gzip=True))) == b"[]   "


@pytest.mark.parametrize("folder", ["expected", "expected-late"])
def test_every_expected_row_is_asked_for_once(folder: str) -> None:
    asked = Counter(row for query in queries(read_case(), folder) for row in query.rows)
    rows = [row for level in LEVELS for row in read_expected(folder, level)]

    # The same row stands at no two levels: a class row names its class, the others their unit.
    assert asked == Counter(rows)
    assert set(asked.values()) == {1}


def test_shuffling_keeps_the_order_of_requests_with_an_idempotency_key() -> None:
    requests = read_requests()

    mixed = shuffled(requests, seed=1)

    keyed = [request.number for request in mixed if request.has_idempotency_key]
    assert keyed == [request.number for request in requests if request.has_idempotency_key]
    assert {request.number for request in mixed} == {request.number for request in requests}
    assert len(mixed) > len(requests)
    assert [request.number for request in mixed] != sorted(request.number for request in mixed)


def conversation_with(answers: list[httpx.Response], slept: list[float]) -> Conversation:
    transport = httpx.MockTransport(lambda _: answers.pop(0))
    return Conversation(httpx.Client(transport=transport, base_url="http://test"), slept.append)


def test_a_request_is_sent_again_after_the_time_told() -> None:
    slept: list[float] = []
    answers = [
        httpx.Response(429, headers={"Retry-After": "2"}),
        httpx.Response(503),
        httpx.Response(202),
    ]

    answer = conversation_with(answers, slept).send("POST", "/v1/events", {})

    assert answer.status_code == 202
    assert slept == [2.0, 0.5]


def test_a_server_that_is_gone_is_said_to_be_gone() -> None:
    def refuse(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    client = httpx.Client(transport=httpx.MockTransport(refuse), base_url="http://test")

    with pytest.raises(Unanswered, match="refused"):
        Conversation(client, lambda _: None).send("GET", "/readyz", {})


def page(day: str, following: str | None, settled: bool) -> httpx.Response:
    return httpx.Response(200, json={"rows": [{"day": day}], "next": following, "settled": settled})


def test_rows_are_read_to_the_last_page_and_again_until_settled() -> None:
    slept: list[float] = []
    window = read_case().windows[0]
    answers = [
        page("day 1", "c", True),
        page("day 2", None, False),
        page("day 3", "c", True),
        page("day 4", None, True),
    ]

    rows = conversation_with(answers, slept).read_rows("school", "2199000001", window, "key")

    assert [row["day"] for row in rows] == ["day 3", "day 4"]
    assert len(slept) == 1


def test_a_cursor_that_goes_in_a_circle_is_unreadable() -> None:
    window = read_case().windows[0]
    answers = [page("day 1", "c", True), page("day 2", "c", True)]

    with pytest.raises(Unreadable, match="circle"):
        conversation_with(answers, []).read_rows("school", "2199000001", window, "key")

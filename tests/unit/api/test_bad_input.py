"""Whatever is sent gets its stated answer, and never a traceback."""

import gzip
import json
import zlib
from typing import Any

import pytest

from tests.unit.api.service import (
    ADMIN,
    BATCH,
    INGEST,
    READ_SCHOOL,
    RETURN,
    STRUCTURED,
    Service,
    assert_problem,
    bearer,
    event,
)

DEEP = 1_000_000


def nested(depth: int) -> bytes:
    """An array of an event whose dropped attribute makes it so deep: array and event are two."""
    deep = "[" * (depth - 2) + "]" * (depth - 2)
    return f'[{json.dumps(event())[:-1]}, "extra": {deep}}}]'.encode()


UNREADABLE = {
    "garbage": b"\x00\xff\x17garbage",
    "empty": b"",
    "half": b'[{"id":',
    "million_brackets": b"[" * DEEP,
    "million_brackets_closed": b"[" * (DEEP // 2) + b"]" * (DEEP // 2),
    "million_objects": b'{"a":' * (DEEP // 10),
    "invalid_utf8": b'["\xff\xfe"]',
    "surrogate_bytes": b'["\xed\xa0\x80"]',
    "byte_order_mark": b"\xef\xbb\xbf[]",
    "utf16": '["x"]'.encode("utf-16"),
    "nan": b"[NaN]",
    "infinity": b"[Infinity]",
    "minus_infinity": b"[-Infinity]",
    "integer_of_5000_digits": b"[" + b"9" * 5000 + b"]",
    "single_quotes": b"[{'id': 1}]",
    "trailing": b"[] []",
    "empty_batch": b"[]",
    "object_as_batch": b"{}",
    "text_as_batch": b'"x"',
    "too_deep": nested(65),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_what_cannot_be_read_is_a_bad_request(service: Service, name: str) -> None:
    assert_problem(service.push(UNREADABLE[name]), 400, "bad-request")


def test_a_depth_of_64_is_read(service: Service) -> None:
    assert service.push(nested(64)).json()["accepted"] == 1


@pytest.mark.parametrize("body", [b"[]", b"5", b'"x"', b"null", b""])
def test_structured_mode_takes_an_object(service: Service, body: bytes) -> None:
    assert_problem(service.push(body, media_type=STRUCTURED), 400, "bad-request")


def string_places() -> list[tuple[str, Any]]:
    found = []
    for hostile in ("\x00", "\ud800", "a\x00b", "P\udfff", "\U0001f600" * 300):
        for name in ("specversion", "id", "source", "type", "time", "datacontenttype",
                     "sourcekind"):  # fmt: skip
            found.append((name, event() | {name: hostile}))
        for name in ("class_id", "day", "basis", hostile):
            found.append((name, event(data=RETURN | {name: hostile})))
        detail = {"class_id": "P2023-01", "day": "2026-09-14", "loan_id": "a", "pid": "0" * 32,
                  "item": "x"}  # fmt: skip
        for name in ("loan_id", "pid", "item"):
            found.append((name, event(short="reading.loaned", data=detail | {name: hostile})))
        instants = {"class_id": "P2023-01", "day": "2026-09-14", "pid": "0" * 32,
                    "slept_at": "2026-09-14T21:00:00+08:00",
                    "woke_at": "2026-09-15T06:30:00+08:00"}  # fmt: skip
        for name in ("slept_at", "woke_at"):
            item = event(short="sleep.bedtime_reported", data=instants | {name: hostile})
            found.append((name, item))
        withdrawn = {"class_id": "P2023-01", "day": "2026-09-14", "of": "reading.loaned",
                     "key": "a"}  # fmt: skip
        for name in ("of", "key"):
            item = event(short="reading.withdrawn", data=withdrawn | {name: hostile})
            found.append((name, item))
    return found


@pytest.mark.parametrize("number", range(len(string_places())))
def test_hostile_characters_in_any_string_are_refused(service: Service, number: int) -> None:
    name, item = string_places()[number]

    answer = service.push([item])

    assert answer.status_code == 202
    assert json.loads(answer.content)["rejected"] == 1, name
    assert service.frames() == []


def test_hostile_characters_in_rejected_events_can_be_read_back(service: Service) -> None:
    service.push([item for _, item in string_places()])

    answer = service.get("/v1/rejects", INGEST)

    assert answer.status_code == 200
    assert len(answer.json()["rows"]) == len(string_places())
    assert "\\u0000" not in answer.text


def test_a_gzip_bomb_is_too_large(service: Service) -> None:
    bomb = gzip.compress(b" " * (64 * 1024 * 1024))
    assert len(bomb) < 1024 * 1024

    answer = service.push(bomb, headers={"Content-Encoding": "gzip"})

    assert_problem(answer, 413, "too-large")


@pytest.mark.parametrize(
    "packed",
    [
        b"",
        b"no gzip",
        gzip.compress(b"[]")[:-3],
        gzip.compress(b"[]") + b"garbage",
        zlib.compress(b"[]"),
    ],
    ids=["empty", "no_gzip", "cut_short", "followed_by_garbage", "zlib"],
)
def test_gzip_that_cannot_be_unpacked_is_a_bad_request(service: Service, packed: bytes) -> None:
    answer = service.push(packed, headers={"Content-Encoding": "gzip"})

    assert_problem(answer, 400, "bad-request")


def test_many_empty_gzip_members_take_no_time(service: Service) -> None:
    packed = gzip.compress(b"") * 50_000

    answer = service.push(packed[: 1024 * 1024 - 30], headers={"Content-Encoding": "gzip"})

    assert answer.status_code == 400


def test_a_body_over_a_mebibyte_is_too_large(service: Service) -> None:
    body = json.dumps([event()]).encode()

    assert service.push(body + b" " * (1024 * 1024 - len(body))).status_code == 202
    assert_problem(service.push(body + b" " * (1024 * 1024)), 413, "too-large")


def test_a_body_of_unknown_length_is_cut_off_at_the_limit(service: Service) -> None:
    pieces = (b" " * 65_536 for _ in range(100))

    answer = service.http.post(
        "/v1/events", content=pieces, headers={**bearer(INGEST), "Content-Type": BATCH}
    )

    assert_problem(answer, 413, "too-large")


def test_eight_mebibytes_unpacked_are_the_most(service: Service) -> None:
    body = json.dumps([event()]).encode()
    limit = 8 * 1024 * 1024

    def pushed(size: int) -> int:
        packed = gzip.compress(body + b" " * (size - len(body)))
        return service.push(packed, headers={"Content-Encoding": "gzip"}).status_code

    assert pushed(limit) == 202
    assert pushed(limit + 1) == 413


def test_a_thousand_events_are_the_most(service: Service) -> None:
    assert service.push([event(n) for n in range(1000)]).json()["accepted"] == 1000
    assert_problem(service.push([event(n) for n in range(1001)]), 413, "too-large")
    assert_problem(service.push([0] * 1001), 413, "too-large")


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "application/json"},
        {"Content-Type": "text/plain"},
        {"Content-Type": ""},
        {"Content-Type": BATCH, "Content-Encoding": "br"},
        {"Content-Type": BATCH, "Content-Encoding": "gzip, gzip"},
    ],
)
def test_another_media_type_or_coding_is_unsupported(
    service: Service, headers: dict[str, str]
) -> None:
    answer = service.push([event()], headers=headers)

    assert_problem(answer, 415, "unsupported-media-type")


def test_no_media_type_is_unsupported(service: Service) -> None:
    answer = service.http.post("/v1/events", content=b"[]", headers=bearer(INGEST))

    assert_problem(answer, 415, "unsupported-media-type")


@pytest.mark.parametrize(
    "authorization",
    [None, "", "Bearer", "Bearer ", "Basic abc", "Bearer no-such-key", "Bearer \u4f60", INGEST],
)
def test_without_a_key_nothing_is_taken(service: Service, authorization: str | None) -> None:
    sent = {} if authorization is None else {"Authorization": authorization.encode("utf-8")}

    answer = service.http.post("/v1/events", content=b"not even JSON", headers=sent)

    assert_problem(answer, 401, "unauthorized")
    assert answer.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize("key", [ADMIN, READ_SCHOOL])
def test_a_key_of_another_scope_may_not_push(service: Service, key: str) -> None:
    answer = service.push(b"not even JSON", key=key, media_type="text/plain")

    assert_problem(answer, 403, "forbidden")


def test_the_first_status_that_holds_is_answered(service: Service) -> None:
    huge = b" " * (2 * 1024 * 1024)

    assert service.push(huge, media_type="text/plain").status_code == 415
    assert service.push(huge, headers={"Idempotency-Key": "x" * 129}).status_code == 413
    assert service.push(b"", headers={"Idempotency-Key": "x"}).status_code == 400


def test_another_path_or_method_is_a_problem_too(service: Service) -> None:
    assert_problem(service.http.get("/v1/nothing"), 404, "not-found")
    assert_problem(service.http.get("/v1/events/"), 404, "not-found")
    answer = service.http.delete("/v1/events")
    assert_problem(answer, 405, "method-not-allowed")
    assert answer.headers["allow"] == "POST"
    assert service.http.patch("/v1/keys").headers["allow"] == "GET, HEAD, POST"

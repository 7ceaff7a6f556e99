"""Sending again: Idempotency-Key, limits, and a store that does not answer."""

import json
from collections.abc import Sequence
from typing import Any

import pytest

from tests.unit.api import service as building
from tests.unit.api.service import (
    ADMIN,
    INGEST,
    NOW,
    RETURN,
    Service,
    assert_problem,
    event,
)
from wuguan.domain.errors import TemporarilyUnavailable
from wuguan.ports import Frame, RejectedRow

NAMED = {"Idempotency-Key": "batch-7"}


def test_the_same_request_is_answered_the_same_and_writes_nothing(service: Service) -> None:
    first = service.push([event(1), 5], headers=NAMED)

    second = service.push([event(1), 5], headers=NAMED)

    assert second.status_code == 202
    assert second.content == first.content
    assert len(service.frames()) == 1


def test_the_same_name_with_another_body_is_refused(service: Service) -> None:
    service.push([event(1)], headers=NAMED)

    assert_problem(service.push([event(2)], headers=NAMED), 422, "idempotency-mismatch")


def test_other_headers_in_binary_mode_are_another_request(service: Service) -> None:
    headers = {f"ce-{name}": text for name, text in event().items() if name != "data"}
    service.push(RETURN, media_type="application/json", headers=headers | NAMED)

    other = headers | NAMED | {"ce-id": "another"}
    answer = service.push(RETURN, media_type="application/json", headers=other)

    assert_problem(answer, 422, "idempotency-mismatch")


def test_a_request_that_is_in_work_is_a_conflict(service: Service) -> None:
    service.store.requests.begin("ingest", "batch-7", b"digest", NOW)

    answer = service.push([event(1)], headers=NAMED)

    assert_problem(answer, 409, "conflict")
    assert answer.headers["retry-after"] == "1"


def test_a_name_is_the_keys_own(service: Service) -> None:
    service.push([event(1)], headers=NAMED)

    other = event(1, school=building.OTHER_SCHOOL)
    answer = service.push([other], key=building.OTHER_INGEST, headers=NAMED)

    assert answer.status_code == 202


def test_a_day_later_the_name_is_free(service: Service) -> None:
    service.push([event(1)], headers=NAMED)
    service.clock.forward(24 * 60 + 1)

    assert service.push([event(2)], headers=NAMED).status_code == 202


def test_only_what_was_accepted_is_remembered(service: Service) -> None:
    assert service.push(b"no JSON", headers=NAMED).status_code == 400

    assert service.push([event(1)], headers=NAMED).status_code == 202


def test_a_name_has_at_most_128_characters(service: Service) -> None:
    assert service.push([event(1)], headers={"Idempotency-Key": "x" * 128}).status_code == 202
    answer = service.push([event(1)], headers={"Idempotency-Key": "x" * 129})
    assert_problem(answer, 400, "bad-request")


def test_more_requests_than_the_limit_have_to_wait() -> None:
    service = building.service(rate_limit=2)

    statuses = [service.push([event(n)]).status_code for n in range(3)]

    assert statuses == [202, 202, 429]
    answer = service.push([event(4)])
    assert_problem(answer, 429, "too-many-requests")
    assert int(answer.headers["retry-after"]) >= 1
    assert len(service.frames()) == 2


def test_after_waiting_the_same_request_is_taken() -> None:
    service = building.service(rate_limit=2)
    answers = [service.push([event(n)], headers=NAMED | {"Idempotency-Key": f"{n}"})
               for n in range(3)]  # fmt: skip
    assert answers[-1].status_code == 429

    service.clock.forward(minutes=1 / 60)

    again = service.push([event(2)], headers={"Idempotency-Key": "2"})
    assert again.status_code == 202


def test_the_limit_is_each_keys_own() -> None:
    service = building.service(rate_limit=1)
    service.push([event(1)])

    assert service.push([event(2)]).status_code == 429
    assert service.get("/v1/keys", ADMIN).status_code == 200
    assert service.get("/v1/keys", ADMIN).status_code == 429


def test_a_request_that_is_wrong_is_told_so_rather_than_to_wait() -> None:
    service = building.service(rate_limit=1)
    service.push([event(1)])

    assert service.push([event(1)], media_type="text/plain").status_code == 415
    assert service.push(b"no JSON").status_code == 400


def fails(*_: Any) -> None:
    """A store that does not answer."""
    raise TemporarilyUnavailable("down", retry_after_seconds=3)


def breaks(*_: Any) -> None:
    """A fault of ours."""
    raise RuntimeError("a fault of ours, with a secret")


def test_a_log_that_does_not_answer_confirms_nothing(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service.store.log, "append", fails)

    answer = service.push([event(1)], headers=NAMED)

    assert_problem(answer, 503, "unavailable")
    assert answer.headers["retry-after"] == "3"
    monkeypatch.undo()
    assert service.push([event(1)], headers=NAMED).status_code == 202


@pytest.mark.parametrize(
    ("port", "method", "path"),
    [
        ("keys", "find", "/v1/keys"),
        ("keys", "list", "/v1/keys"),
        ("rejects", "list", "/v1/rejects?school_id=2199000001"),
        ("replies", "list", "/v1/replies?unit=2199000001"),
        ("figures", "reading", "/v1/findings?school_id=2199000001"),
        ("figures", "reading", "/v1/tallies?level=district&unit=990101&from=2026-09-14"
                               "&to=2026-09-14"),
        ("roster", "version", "/readyz"),
    ],
)  # fmt: skip
def test_a_store_that_does_not_answer_is_told_everywhere(
    service: Service, monkeypatch: pytest.MonkeyPatch, port: str, method: str, path: str
) -> None:
    monkeypatch.setattr(getattr(service.store, port), method, fails)

    answer = service.get(path)

    assert_problem(answer, 503, "unavailable")
    assert answer.headers["retry-after"] == "3"


def test_an_answer_that_cannot_be_remembered_is_not_given(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service.store.requests, "finish", fails)

    assert_problem(service.push([event(1)], headers=NAMED), 503, "unavailable")


def test_rejects_that_cannot_be_kept_change_no_answer(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    for failing in (fails, breaks):
        monkeypatch.setattr(service.store.rejects, "add", failing)

        answer = service.push([event(1), 5])

        assert answer.status_code == 202
        assert json.loads(answer.content)["rejected"] == 1


def test_a_fault_of_ours_is_answered_without_a_traceback(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service.store.log, "append", breaks)

    answer = service.push([event(1)])

    assert_problem(answer, 500, "internal-error")
    assert "secret" not in answer.text


def test_the_log_writer_goes_on_after_a_fault(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service.store.log, "append", breaks)
    service.push([event(1)])
    monkeypatch.undo()

    assert service.push([event(1)]).status_code == 202


def test_what_is_kept_of_a_reject_never_holds_the_value(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: list[RejectedRow] = []

    def keep(rows: Sequence[RejectedRow]) -> None:
        kept.extend(rows)

    monkeypatch.setattr(service.store.rejects, "add", keep)
    appended: list[Frame] = []
    monkeypatch.setattr(service.store.log, "append", appended.extend)

    service.push([event(1, school="2199000009"), event(2) | {"id": "\x07bell"}, event(3) | {
        "type": "13812345678"}])  # fmt: skip

    by_path = {row.path: row for row in kept}
    assert by_path["/source"].source is None
    assert by_path["/source"].id == "e1"
    assert by_path["/id"].id is None
    assert by_path["/type"].type is None
    assert appended == []
    assert INGEST not in repr(kept)

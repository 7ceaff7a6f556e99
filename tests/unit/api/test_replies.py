"""`/v1/replies`: what a school says to a finding, and who reads it."""

from datetime import date
from typing import Any

import pytest

from api.authentication import digest_of
from tests.unit.api.service import (
    ADMIN,
    DISTRICT,
    INGEST,
    MONDAY,
    OTHER_INGEST,
    OTHER_SCHOOL,
    PROVINCE,
    READ_DISTRICT,
    READ_SCHOOL,
    SCHOOL,
    Service,
    assert_problem,
)
from wuguan.domain.ledger import LedgerKey
from wuguan.domain.measure import Measured
from wuguan.domain.measuring import Finding
from wuguan.ports import ApiKey

REPLY = {
    "school_id": SCHOOL, "day": "2026-09-14", "management": "sleep", "kind": "off_plan",
    "text": "当天临时调查",
}  # fmt: skip


def find(service: Service, *kinds: Finding, school: str = SCHOOL, day: date = MONDAY) -> None:
    """Findings in the sleep of a class."""
    with service.store.ledgers.writing([school]) as writing:
        key = LedgerKey(school, "sleep", "P2023-01", day)
        writing.put({key: ({}, Measured((), kinds))})


def put(service: Service, key: str = INGEST, **changed: Any) -> Any:
    return service.put("/v1/replies", {**REPLY, **changed}, key)


def rows(service: Service, key: str = READ_DISTRICT, **parameters: Any) -> list[dict[str, Any]]:
    answer = service.get("/v1/replies", key, **parameters)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["rows"]
    return found


@pytest.mark.parametrize("key", [INGEST, READ_SCHOOL])
def test_a_school_replies_and_its_district_reads_it(service: Service, key: str) -> None:
    find(service, "off_plan")

    answer = put(service, key)

    assert (answer.status_code, answer.content) == (204, b"")
    assert rows(service) == [{**REPLY, "said_at": "2026-09-20T12:00:00.000+08:00"}]


def test_a_new_reply_takes_the_place_of_the_old_one_and_an_empty_one_takes_it_back(
    service: Service,
) -> None:
    find(service, "off_plan")
    put(service)
    put(service, text="改为：当天临时调查")
    replaced = rows(service)

    # Also where the finding has gone since.
    with service.store.ledgers.writing([SCHOOL]) as writing:
        writing.remove([LedgerKey(SCHOOL, "sleep", "P2023-01", MONDAY)])
    assert put(service, text="").status_code == 204

    assert [row["text"] for row in replaced] == ["改为：当天临时调查"]
    assert rows(service) == []


@pytest.mark.parametrize(
    "changed", [{"kind": "conflict"}, {"management": "phone"}, {"day": "2026-09-15"}]
)
def test_a_reply_to_no_finding_is_refused(service: Service, changed: dict[str, str]) -> None:
    find(service, "off_plan")

    problem = assert_problem(put(service, **changed), 422, "invalid-document")

    (error,) = problem["errors"]
    assert error["code"] == "unknown_finding"
    assert "/v1/findings" in error["message"]
    assert "待核对" in error["message_zh"]
    assert rows(service) == []


def test_a_telephone_number_is_refused_and_not_repeated(service: Service) -> None:
    find(service, "off_plan")

    answer = put(service, text="请联系13800138000")

    problem = assert_problem(answer, 422, "invalid-document")
    assert [error["code"] for error in problem["errors"]] == ["pii_suspected"]
    assert "138001" not in answer.text
    assert rows(service) == []


@pytest.mark.parametrize("key", [OTHER_INGEST, READ_DISTRICT, ADMIN])
def test_only_the_school_itself_replies(service: Service, key: str) -> None:
    find(service, "off_plan")

    assert_problem(put(service, key), 403, "forbidden")
    assert rows(service) == []


def test_a_document_that_cannot_be_read_is_refused(service: Service) -> None:
    assert_problem(service.http.put("/v1/replies", json=REPLY), 401, "unauthorized")
    assert_problem(service.put("/v1/replies", [], INGEST), 422, "invalid-document")
    problem = assert_problem(service.put("/v1/replies", {}, INGEST), 422, "invalid-document")
    assert len(problem["errors"]) == len(REPLY)
    assert_problem(service.http.delete("/v1/replies"), 405, "method-not-allowed")


# ---- reading


def test_a_key_reads_of_its_own_unit_and_of_those_below_it(service: Service) -> None:
    for school, key in ((SCHOOL, INGEST), (OTHER_SCHOOL, OTHER_INGEST)):
        find(service, "off_plan", school=school)
        put(service, key, school_id=school)

    def schools(key: str, **parameters: str) -> list[str]:
        return [row["school_id"] for row in rows(service, key, **parameters)]

    assert schools(READ_DISTRICT) == schools(ADMIN, unit=PROVINCE) == [SCHOOL, OTHER_SCHOOL]
    assert schools(READ_DISTRICT, unit=OTHER_SCHOOL) == [OTHER_SCHOOL]
    assert schools(READ_SCHOOL) == [SCHOOL]


def test_no_key_reads_of_units_beside_or_above_it(service: Service) -> None:
    def get(key: str, **parameters: str) -> Any:
        return service.get("/v1/replies", key, **parameters)

    assert_problem(get(READ_SCHOOL, unit=OTHER_SCHOOL), 403, "forbidden")
    assert_problem(get(READ_SCHOOL, unit=DISTRICT), 403, "forbidden")
    assert_problem(get(READ_DISTRICT, unit=PROVINCE), 403, "forbidden")
    assert_problem(get(INGEST), 403, "forbidden")
    assert_problem(get(ADMIN), 400, "bad-query")
    assert_problem(get(ADMIN, unit="nowhere"), 404, "not-found")


def test_a_school_that_moved_is_read_by_each_district_for_its_own_days(service: Service) -> None:
    days = [date(2026, 9, 14), date(2026, 9, 16)]
    for day in days:
        find(service, "off_plan", day=day)
        put(service, day=day.isoformat())
    other = {"unit_id": "990102", "level": "district", "name": "邻区", "parent": PROVINCE}
    moved = {"school_id": SCHOOL, "name": "一小", "parent": "990102", "system": "6-3"}
    service.put(
        "/v1/roster", {"units": [other], "schools": [{**moved, "valid_from": "2026-09-15"}]}
    )
    service.store.keys.add(ApiKey("n", "read", "990102", "n", 0), digest_of("neighbour"))

    assert [row["day"] for row in rows(service)] == ["2026-09-14"]
    assert [row["day"] for row in rows(service, "neighbour")] == ["2026-09-16"]


def test_replies_come_page_by_page_and_by_day(service: Service) -> None:
    kinds: tuple[Finding, ...] = ("conflict", "mean_estimated", "off_plan")
    find(service, *kinds)
    for kind in kinds:
        put(service, kind=kind)

    first = service.get("/v1/replies", READ_DISTRICT, limit=2).json()
    second = service.get("/v1/replies", READ_DISTRICT, limit=2, cursor=first["next"]).json()

    assert [row["kind"] for row in first["rows"] + second["rows"]] == list(kinds)
    assert second["next"] is None
    assert rows(service, from_="2026-09-15") == []
    assert rows(service, to="2026-09-13") == []


@pytest.mark.parametrize(
    ("parameters", "paths"),
    [
        ({"from_": "x", "to": "2026-02-30"}, ["/from", "/to"]),
        ({"from_": "2026-09-02", "to": "2026-09-01"}, ["/from"]),
        ({"unit": "?"}, ["/unit"]),
        ({"limit": "0"}, ["/limit"]),
        ({"school_id": SCHOOL}, ["/school_id"]),
        ({"cursor": "x"}, ["/cursor"]),
    ],
)
def test_parameters_are_checked(
    service: Service, parameters: dict[str, str], paths: list[str]
) -> None:
    answer = service.get("/v1/replies", READ_DISTRICT, **parameters)

    problem = assert_problem(answer, 400, "bad-query")
    assert [error["path"] for error in problem["errors"]] == paths

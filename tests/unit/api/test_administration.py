"""Keys, roster, calendar, findings and rejects."""

import json
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.dependencies import Dependencies
from tests.unit.api.service import (
    ADMIN,
    CALENDAR,
    DISTRICT,
    INGEST,
    MONDAY,
    OTHER_INGEST,
    OTHER_SCHOOL,
    READ_DISTRICT,
    READ_SCHOOL,
    ROSTER,
    SCHOOL,
    Service,
    assert_problem,
    bearer,
    event,
)
from wuguan.domain.ledger import LedgerKey
from wuguan.domain.measure import Measured
from wuguan.domain.measuring import Finding

# ---- keys


def issue(service: Service, **wanted: Any) -> dict[str, str]:
    answer = service.http.post("/v1/keys", json=wanted, headers=bearer(ADMIN))
    assert answer.status_code == 201, answer.text
    assert answer.headers["cache-control"] == "no-store"
    issued: dict[str, str] = answer.json()
    return issued


def test_a_key_works_at_once_and_is_shown_only_once(service: Service) -> None:
    assert service.push([event()], key="not yet").status_code == 401

    issued = issue(service, scope="ingest", school_id=SCHOOL, label="电子班牌")

    assert issued["key"].startswith(f"wg_{issued['key_id']}_")
    assert service.push([event()], key=issued["key"]).status_code == 202
    listed = service.get("/v1/keys")
    assert issued["key"] not in listed.text
    (row,) = [row for row in listed.json()["rows"] if row["key_id"] == issued["key_id"]]
    assert (row["scope"], row["school_id"], row["label"]) == ("ingest", SCHOOL, "电子班牌")


def test_a_key_may_be_issued_for_a_school_that_is_not_known_yet(service: Service) -> None:
    issued = issue(service, scope="ingest", school_id="2199000077", label="x")

    answer = service.push([event(school="2199000077")], key=issued["key"])

    assert answer.json()["accepted"] == 1


def test_an_ended_key_is_refused_at_once(service: Service) -> None:
    issued = issue(service, scope="read", unit_id=DISTRICT, label="x")
    wanted = {"level": "district", "unit": DISTRICT, "from_": "2026-09-14", "to": "2026-09-14"}
    assert service.get("/v1/tallies", issued["key"], **wanted).status_code == 200

    answer = service.http.delete(f"/v1/keys/{issued['key_id']}", headers=bearer(ADMIN))

    assert answer.status_code == 204
    assert answer.content == b""
    assert service.get("/v1/tallies", issued["key"], **wanted).status_code == 401
    again = service.http.delete(f"/v1/keys/{issued['key_id']}", headers=bearer(ADMIN))
    assert_problem(again, 404, "not-found")


def test_a_key_ended_elsewhere_is_refused_within_a_minute(service: Service) -> None:
    assert service.push([event()]).status_code == 202
    service.store.keys.delete("ingest")

    service.clock.forward(minutes=1)

    assert service.push([event()]).status_code == 401


def test_the_last_admin_key_stays(service: Service) -> None:
    answer = service.http.delete("/v1/keys/admin", headers=bearer(ADMIN))

    assert_problem(answer, 409, "last-admin-key")
    issue(service, scope="admin", label="second")
    assert service.http.delete("/v1/keys/admin", headers=bearer(ADMIN)).status_code == 204


@pytest.mark.parametrize(
    ("document", "paths"),
    [
        (5, [""]),
        ({}, ["/scope", "/label"]),
        ({"scope": "root", "label": "x"}, ["/scope"]),
        ({"scope": ["admin"], "label": 5}, ["/scope", "/label"]),
        ({"scope": "ingest", "label": ""}, ["/school_id", "/label"]),
        ({"scope": "ingest", "label": "x" * 201, "school_id": "12"}, ["/school_id", "/label"]),
        ({"scope": "ingest", "label": "a\x00b", "school_id": 2199000001}, ["/school_id", "/label"]),
        ({"scope": "read", "label": "\ud800", "unit_id": "a b"}, ["/unit_id", "/label"]),
        ({"scope": "read", "label": "x", "unit_id": "1", "school_id": SCHOOL}, ["/school_id"]),
        ({"scope": "admin", "label": "x", "a b": 1}, [""]),
    ],
)
def test_a_bad_wish_for_a_key_is_refused_with_all_faults(
    service: Service, document: Any, paths: list[str]
) -> None:
    answer = service.http.post(
        "/v1/keys",
        content=json.dumps(document),
        headers={**bearer(ADMIN), "Content-Type": "application/json"},
    )

    problem = assert_problem(answer, 422, "invalid-document")
    assert [error["path"] for error in problem["errors"]] == paths


@pytest.mark.parametrize("key", [INGEST, READ_DISTRICT, READ_SCHOOL])
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/v1/keys"),
        ("GET", "/v1/keys"),
        ("DELETE", "/v1/keys/x"),
        ("PUT", "/v1/roster"),
        ("PUT", "/v1/calendar"),
    ],
)
def test_only_admin_keys_administrate(service: Service, key: str, method: str, path: str) -> None:
    assert_problem(service.http.request(method, path, headers=bearer(key)), 403, "forbidden")


# ---- roster and calendar


def test_putting_the_same_documents_again_changes_nothing(service: Service) -> None:
    assert service.put("/v1/roster", ROSTER).json()["changed"] == 0
    assert service.put("/v1/calendar", CALENDAR).json()["changed"] == 0


def test_a_change_tells_what_it_did_and_wakes_the_runtime(service: Service) -> None:
    service.woken.clear()
    moved = {"school_id": SCHOOL, "name": "新一小", "parent": DISTRICT, "system": "6-3"}

    answer = service.put("/v1/roster", {"schools": [moved]})

    assert answer.status_code == 200
    assert answer.json()["changed"] == 1
    assert answer.json()["remeasure"] >= 0
    assert service.woken


@pytest.mark.parametrize(
    ("path", "document"),
    [
        ("/v1/roster", {"units": 5, "schools": [{"school_id": "1"}], "classes": [{}]}),
        ("/v1/roster", [1]),
        ("/v1/roster", {"schools": [{"school_id": "2199000009", "name": "\x00", "system": "9",
                                     "parent": None}]}),
        ("/v1/calendar", {"unit_id": "a b", "terms": [{"from": "x"}], "plan": [{"metric": "x"}]}),
        ("/v1/calendar", {"unit_id": DISTRICT, "plan": [
            {"metric": "sleep.reporting", "every": "day", "from": "2026-09-01"}]}),
    ],
)  # fmt: skip
def test_a_bad_document_is_refused_whole_with_all_faults(
    service: Service, path: str, document: Any
) -> None:
    version = service.store.roster.version()

    answer = service.put(path, document)

    problem = assert_problem(answer, 422, "invalid-document")
    assert problem["errors"]
    for error in problem["errors"]:
        assert {"path", "code", "message", "message_zh"} <= error.keys()
    assert service.store.roster.version() == version


def test_documents_are_held_to_the_same_json(service: Service) -> None:
    def put(body: bytes, media_type: str = "application/json") -> Any:
        headers = {**bearer(ADMIN), "Content-Type": media_type}
        return service.http.put("/v1/roster", content=body, headers=headers)

    for body in (b"", b"{", b'{"a": NaN}', b"\xff", b"\xef\xbb\xbf{}", b"[" * 1_000_000):
        assert_problem(put(body), 400, "bad-request")
    assert_problem(put(b"{}", "text/plain"), 415, "unsupported-media-type")
    assert_problem(put(b" " * (33 * 1024 * 1024)), 413, "too-large")
    assert put(b"{}").json() == {"changed": 0, "remeasure": 0}


# ---- rejects and findings


def refuse(service: Service, count: int = 3) -> None:
    for number in range(count):
        service.push([event(number, data={"class_id": "P2023-01", "secret": "x"})])
        service.clock.forward(minutes=1)


def test_a_school_sees_what_was_refused_newest_first_and_page_by_page(service: Service) -> None:
    refuse(service)

    first = service.get("/v1/rejects", INGEST, limit=2).json()
    second = service.get("/v1/rejects", INGEST, limit=2, cursor=first["next"]).json()

    assert [row["id"] for row in first["rows"] + second["rows"]] == ["e2", "e1", "e0"]
    assert second["next"] is None
    (row, *_) = first["rows"]
    assert row == {
        "received_at": "2026-09-20T12:02:00.000+08:00",
        "source": f"/schools/{SCHOOL}/test",
        "type": "wuguan.homework.day_reported.v1",
        "id": "e2",
        "code": "unknown_field",
        "path": "/data/secret",
        "message": row["message"],
        "message_zh": row["message_zh"],
    }
    assert row["message_zh"]


def test_findings_say_what_looks_wrong_and_how_to_mend_it(service: Service) -> None:
    kinds: tuple[Finding, ...] = (
        "conflict", "enrolment_understated", "mean_estimated", "off_plan", "two_sources_differ",
    )  # fmt: skip
    with service.store.ledgers.writing([SCHOOL]) as writing:
        key = LedgerKey(SCHOOL, "sleep", "P2023-01", MONDAY)
        writing.put({key: ({}, Measured((), kinds))})

    first = service.get("/v1/findings", READ_SCHOOL, limit=3).json()
    second = service.get("/v1/findings", READ_SCHOOL, limit=3, cursor=first["next"]).json()

    rows = first["rows"] + second["rows"]
    assert [row["kind"] for row in rows] == list(kinds)
    assert second["next"] is None
    for row in rows:
        assert (row["day"], row["class_id"]) == ("2026-09-14", "P2023-01")
        assert row["management"] == "sleep"
        assert row["message"].isascii()
        assert not row["message_zh"].isascii()
        assert isinstance(row["settled"], bool)


@pytest.mark.parametrize("path", ["/v1/rejects", "/v1/findings"])
def test_only_the_school_and_the_admin_see_them(service: Service, path: str) -> None:
    for key in (INGEST, READ_SCHOOL):
        assert service.get(path, key).status_code == 200
        assert service.get(path, key, school_id=SCHOOL).status_code == 200
        assert_problem(service.get(path, key, school_id=OTHER_SCHOOL), 403, "forbidden")
    assert service.get(path, ADMIN, school_id=SCHOOL).status_code == 200
    assert_problem(service.get(path, READ_DISTRICT, school_id=SCHOOL), 403, "forbidden")
    assert_problem(service.get(path, READ_DISTRICT), 403, "forbidden")
    assert_problem(service.get(path, ADMIN), 400, "bad-query")
    assert_problem(service.http.get(path), 401, "unauthorized")


def test_rejects_of_another_school_are_not_seen(service: Service) -> None:
    refuse(service, 1)

    assert service.get("/v1/rejects", OTHER_INGEST).json()["rows"] == []


@pytest.mark.parametrize("path", ["/v1/rejects", "/v1/findings"])
@pytest.mark.parametrize(
    ("parameters", "paths"),
    [
        ({"from_": "x", "to": "2026-02-30"}, ["/from", "/to"]),
        ({"from_": "2026-09-02", "to": "2026-09-01"}, ["/from"]),
        ({"limit": "x"}, ["/limit"]),
        ({"school_id": "1"}, ["/school_id"]),
        ({"unit": "1"}, ["/unit"]),
        ({"cursor": "x"}, ["/cursor"]),
    ],
)
def test_their_parameters_are_checked(
    service: Service, path: str, parameters: dict[str, str], paths: list[str]
) -> None:
    problem = assert_problem(service.get(path, INGEST, **parameters), 400, "bad-query")

    assert [error["path"] for error in problem["errors"]] == paths


def test_days_far_away_are_no_trouble(service: Service) -> None:
    for path in ("/v1/rejects", "/v1/findings"):
        assert service.get(path, INGEST, to="0001-01-02").status_code == 200
        assert service.get(path, INGEST, from_="9999-12-31").status_code == 200


# ---- operation


def test_health_is_told_without_a_key(service: Service) -> None:
    assert service.http.get("/healthz").json() == {"status": "ok"}
    assert service.http.get("/readyz").json() == {"status": "ok"}
    assert service.http.get("/metrics").status_code == 200


def test_the_documents_are_served(service: Service) -> None:
    page = service.http.get("/docs")

    assert service.http.get("/openapi.json").json()["openapi"].startswith("3.1")
    assert page.headers["content-type"].startswith("text/html")
    assert "<script" not in page.text
    assert "/v1/events" in page.text


def test_no_key_and_no_body_enters_the_log(service: Service, logged: list[Any]) -> None:
    service.push([event() | {"id": "\x00secret"}])
    service.get("/v1/tallies", READ_DISTRICT, unit="secret")
    service.get("/v1/secret")

    assert logged
    text = repr(logged)
    assert "secret" not in text
    assert INGEST not in text
    assert READ_DISTRICT not in text


def test_a_runtime_that_does_not_work_is_not_ready(service: Service) -> None:
    app = create_app(Dependencies(store=service.store, clock=service.clock, healthy=lambda: False))

    with TestClient(app) as http:
        assert_problem(http.get("/readyz"), 503, "unavailable")
        assert http.get("/healthz").status_code == 200

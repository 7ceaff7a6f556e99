"""A service in memory for one test: its clock stands still, its keys are issued."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from types import MappingProxyType
from typing import Any

import httpx
from fastapi.testclient import TestClient

from api.app import create_app
from api.authentication import digest_of
from api.dependencies import Dependencies
from wuguan.adapters.memory.store import MemoryStore
from wuguan.domain.alerting.rule import AlertRule
from wuguan.domain.instants import MINUTE_US, china_day, parse_instant
from wuguan.domain.policy import PolicyBook
from wuguan.national_days import shipped_national_days
from wuguan.policy_packs import shipped_rules
from wuguan.ports import ApiKey

SCHOOL = "2199000001"
OTHER_SCHOOL = "2199000002"
DISTRICT = "990101"
PROVINCE = "990000"
NOW = parse_instant("2026-09-20T12:00:00+08:00") or 0

BATCH = "application/cloudevents-batch+json"
STRUCTURED = "application/cloudevents+json"

ADMIN = "an-admin-key-for-tests"
INGEST = "an-ingest-key-for-tests"
OTHER_INGEST = "an-ingest-key-of-another-school"
READ_SCHOOL = "a-read-key-of-the-school"
READ_DISTRICT = "a-read-key-of-the-district"
FOLLOW_SCHOOL = "a-key-of-the-school-that-follows-alerts"
FOLLOW_DISTRICT = "a-key-of-the-district-that-follows-alerts"
KEYS = (
    (ADMIN, ApiKey("admin", "admin", None, "admin", NOW)),
    (INGEST, ApiKey("ingest", "ingest", SCHOOL, "ingest", NOW)),
    (OTHER_INGEST, ApiKey("other", "ingest", OTHER_SCHOOL, "other", NOW)),
    (READ_SCHOOL, ApiKey("school", "read", SCHOOL, "school", NOW)),
    (READ_DISTRICT, ApiKey("district", "read", DISTRICT, "district", NOW)),
    (FOLLOW_SCHOOL, ApiKey("follow-school", "follow", SCHOOL, "一小教导处", NOW)),
    (FOLLOW_DISTRICT, ApiKey("follow-district", "follow", DISTRICT, "示例区督学", NOW)),
)

ROSTER = {
    "units": [
        {"unit_id": PROVINCE, "level": "province", "name": "示例省", "parent": None},
        {"unit_id": DISTRICT, "level": "district", "name": "示例区", "parent": PROVINCE},
    ],
    "schools": [
        {"school_id": SCHOOL, "name": "一小", "parent": DISTRICT, "system": "6-3"},
        {"school_id": OTHER_SCHOOL, "name": "二小", "parent": DISTRICT, "system": "6-3"},
    ],
    "classes": [
        {"school_id": school, "class_id": class_id, "stage": "primary", "entry_year": 2023,
         "enrolment": [{"from": "2023-08-15", "pupils": pupils}]}
        for school, class_id, pupils in
        ((SCHOOL, "P2023-01", 6), (SCHOOL, "P2023-02", 3), (OTHER_SCHOOL, "P2023-01", 40))
    ],
}  # fmt: skip
CALENDAR = {"unit_id": PROVINCE, "terms": [{"from": "2026-09-01", "to": "2027-01-22"}]}


@dataclass
class Clock:
    """A clock that a test moves."""

    now_us: int = NOW

    def __call__(self) -> int:
        return self.now_us

    def forward(self, minutes: float) -> None:
        self.now_us += int(minutes * MINUTE_US)


@dataclass
class Service:
    """A client of the API, and the store behind it."""

    store: MemoryStore
    clock: Clock
    http: TestClient
    woken: list[None] = field(default_factory=list)

    def push(
        self,
        body: Any,
        *,
        key: str = INGEST,
        media_type: str = BATCH,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """POST events; a body that is no bytes is sent as JSON."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        sent = {"Content-Type": media_type, **bearer(key), **(headers or {})}
        answer: httpx.Response = self.http.post("/v1/events", content=content, headers=sent)
        return answer

    def get(self, path: str, key: str = ADMIN, **parameters: Any) -> httpx.Response:
        """GET with a key."""
        named = {name.rstrip("_"): value for name, value in parameters.items()}
        answer: httpx.Response = self.http.get(path, params=named or None, headers=bearer(key))
        return answer

    def put(self, path: str, document: Any, key: str = ADMIN) -> httpx.Response:
        """PUT a document as JSON."""
        answer: httpx.Response = self.http.put(path, json=document, headers=bearer(key))
        return answer

    def frames(self) -> list[list[dict[str, Any]]]:
        """The events of each frame of the log."""
        return [json.loads(record.frame.body) for record in self.store.log.read(0, 10_000)]


def bearer(key: str) -> dict[str, str]:
    """The header that carries a key."""
    return {"Authorization": f"Bearer {key}"}


def service(
    *,
    rate_limit: float = 0,
    store: MemoryStore | None = None,
    roster: bool = True,
    alert_rules: Mapping[str, AlertRule] = MappingProxyType({}),
) -> Service:
    """A service with keys and, if wanted, a roster of two schools."""
    clock = Clock()
    store = store or MemoryStore(clock)
    for secret, key in KEYS:
        store.keys.add(key, digest_of(secret))
    today = china_day(NOW)
    store.roster.put_rules(_policy(), shipped_national_days(), today)
    if roster:
        store.roster.put_roster(ROSTER, today)
        store.roster.put_calendar(CALENDAR, today)
    woken: list[None] = []
    app = create_app(
        Dependencies(
            store=store,
            clock=clock,
            rate_limit=rate_limit,
            alert_rules=alert_rules,
            wake=lambda: woken.append(None),
        )
    )
    # Answers of 500 are looked at, not raised.
    return Service(store, clock, TestClient(app, raise_server_exceptions=False), woken)


@cache
def _policy() -> PolicyBook:
    return PolicyBook(shipped_rules())


def event(
    number: int = 1,
    *,
    short: str = "homework.day_reported",
    school: str = SCHOOL,
    data: Mapping[str, Any] | None = None,
    **attributes: Any,
) -> dict[str, Any]:
    """A good event; attributes and data may be changed."""
    return {
        "specversion": "1.0",
        "id": f"e{number}",
        "source": f"/schools/{school}/test",
        "type": f"wuguan.{short}.v1",
        "time": "2026-09-14T17:00:00+08:00",
        "data": {**(RETURN if data is None else data)},
        **attributes,
    }


RETURN = {
    "class_id": "P2023-01",
    "day": "2026-09-14",
    "written_minutes": 45,
    "basis": "timed",
    "written_tasks": 2,
    "phone_tasks": 0,
    "parent_tasks": 0,
}
MONDAY = date(2026, 9, 14)


def assert_problem(answer: httpx.Response, status: int, name: str) -> dict[str, Any]:
    """The answer is a whole problem, in both languages, and tells no internals."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem: dict[str, Any] = answer.json()
    assert problem["type"] == f"/docs#problem-{name}"
    assert problem["status"] == status
    for member in ("title", "title_zh", "detail", "detail_zh"):
        assert problem[member], member
    assert any("\u4e00" <= letter <= "\u9fff" for letter in problem["detail_zh"])
    assert "Traceback" not in answer.text
    return problem

"""Alerts, rules and receivers for tests, each with what is usual."""

from datetime import date
from typing import Any

from tests.builders import DISTRICT, SCHOOL, TODAY, calendar_document, roster_document
from wuguan.adapters.memory.store import MemoryStore
from wuguan.domain.alerting.life import Alert, Entry, Happened, Told
from wuguan.domain.alerting.receiver import Receiver
from wuguan.domain.alerting.rule import AlertRule, Telling
from wuguan.domain.context import Context
from wuguan.domain.instants import MINUTE_US, midnight_us
from wuguan.national_days import shipped_national_days
from wuguan.policy_packs import policy_book

STEPS = (
    Telling(after_days=0, who=("school",)),
    Telling(after_days=2, who=("inspector",)),
    Telling(after_days=4, who=("district",)),
)


def at(clock: str, day: date = TODAY) -> int:
    """A clock reading (UTC+8) of a day, in microseconds since the epoch."""
    hours, minutes = clock.split(":")
    return midnight_us(day) + (60 * int(hours) + int(minutes)) * MINUTE_US


def context() -> Context:
    """The small world in the autumn term of 2026, with the national rules and days."""
    store = MemoryStore()
    store.roster.put_rules(policy_book(None), shipped_national_days(), TODAY)
    store.roster.put_roster(roster_document(), TODAY)
    store.roster.put_calendar(calendar_document(DISTRICT), TODAY)
    return store.roster.context()


def alert_rule(**members: Any) -> AlertRule:
    """A rule about the homework cap."""
    usual: dict[str, Any] = {
        "rule_id": "homework-cap", "kind": "compliance", "metric": "homework.minutes",
        "statistic": "compliance", "threshold": "policy", "breach": "below", "tell": STEPS,
        "title": "Homework over the limit", "title_zh": "书面作业超时",
    }  # fmt: skip
    return AlertRule(**{**usual, **members})


def alert(alert_id: str = "alert-1", **members: Any) -> Alert:
    """A firing alert of that rule."""
    usual: dict[str, Any] = {
        "alert_id": alert_id, "rule_id": "homework-cap", "kind": "compliance", "unit_id": SCHOOL,
        "state": "firing", "severity": "minor", "breach_days": (TODAY,), "fired_on": TODAY,
        "value": 50.0, "threshold": 95.0, "told": 0, "entries": 2,
    }  # fmt: skip
    return Alert(**{**usual, **members})


def entry(happened: Happened, number: int = 1, **members: Any) -> Entry:
    """Something that happened to it."""
    usual: dict[str, Any] = {
        "alert_id": "alert-1", "number": number, "happened": happened, "at_us": at("17:30"),
        "day": TODAY, "severity": "minor",
    }  # fmt: skip
    return Entry(**{**usual, **members})


def told(*entries: Entry, **members: Any) -> Told:
    """An alert after these."""
    return Told(alert(**members), entries)


def receiver(receiver_id: str, *roles: Any, **members: Any) -> Receiver:
    """A group's robot."""
    usual: dict[str, Any] = {"channel": "wecom", "roles": roles or ("school",)}
    return Receiver(receiver_id=receiver_id, **{**usual, **members})

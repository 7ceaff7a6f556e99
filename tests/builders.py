"""A small world in domain words: one province, one district, two schools, and what they report."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import msgspec

from wuguan.codec import encode_events
from wuguan.domain.envelope import ENVELOPES, Envelope
from wuguan.domain.event import full_type
from wuguan.domain.instants import DAY_US, midnight_us
from wuguan.domain.ledger import EMPTY, Ledger, LedgerKey, fold
from wuguan.domain.managements import METRICS, management_of
from wuguan.domain.measure import Measured
from wuguan.domain.measuring import Finding, MetricTally
from wuguan.domain.policy import Rule, Source
from wuguan.domain.rollup import Cell, Figure, Mark
from wuguan.domain.tally import Tally
from wuguan.ports import Frame

PROVINCE, DISTRICT = "990000", "990101"
SCHOOL, OTHER_SCHOOL = "2199000001", "3199000002"
CLASS, OTHER_CLASS = "P2023-04", "P2023-05"
JUNIOR_CLASS = "J2025-01"
TODAY = date(2026, 9, 14)
"""A Monday."""
YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)


class Clock:
    """A clock that stands still until it is told otherwise; microseconds since the epoch."""

    def __init__(self, day: date = TODAY) -> None:
        self.now_us = midnight_us(day) + DAY_US // 2

    def __call__(self) -> int:
        return self.now_us


# ---- what schools send


def event(
    short_type: str = "homework.nil_reported",
    *,
    school: str = SCHOOL,
    class_id: str = CLASS,
    day: date = TODAY,
    event_id: str = "e-1",
    time: str = "2026-09-14T20:00:00+08:00",
    system: str = "board",
    **fields: Any,
) -> Envelope:
    """An accepted event; `fields` are those of its type beside `class_id` and `day`."""
    attributes = {
        "specversion": "1.0",
        "id": event_id,
        "source": f"/schools/{school}/{system}",
        "type": full_type(short_type),
        "time": time,
        "data": {"class_id": class_id, "day": day.isoformat(), **fields},
    }
    return msgspec.convert(attributes, ENVELOPES[full_type(short_type)])


def class_check(check_id: str, found: int = 0, **attributes: Any) -> Envelope:
    """A look for phones in class: a fact with a key of its own."""
    return event(
        "phone.class_checked", check_id=check_id, found=found, event_id=check_id, **attributes
    )


def frame(*events: Envelope, received_us: int = 0) -> Frame:
    """The events of one school and management as one frame."""
    (body,) = encode_events(events)
    first = events[0]
    management = management_of(first.data.TYPE)
    frame_id = str(uuid5(NAMESPACE_URL, body.decode()))
    return Frame(first.school_id, management, frame_id, received_us, body)


def ledger_of(*events: Envelope) -> Ledger:
    """What these events fold into."""
    return fold(EMPTY, events)


def ledger_key(
    school: str = SCHOOL, management: str = "phone", class_id: str = CLASS, day: date = TODAY
) -> LedgerKey:
    """Which ledger."""
    return LedgerKey(school, management, class_id, day)


# ---- what is counted


def tally(metric: str, *values: int, expected: int | None = None, compliant: int = 0) -> Tally:
    """A tally of reported values; all of them judged if any is compliant."""
    reported = len(values)
    return Tally(
        reported if expected is None else expected,
        reported,
        reported if compliant else 0,
        compliant,
        sum(values),
        METRICS[metric].bins_of(values),
    )


def figure(metric: str, *values: int, rules: Sequence[str] = (), **counts: int) -> Figure:
    """A sum of tallies under these rules."""
    return Figure(tally(metric, *values, **counts), frozenset(rules))


def cell(metric: str, stage: str = "primary", grade: int = 4) -> Cell:
    """A row of a unit's figures."""
    return Cell(stage, grade, metric)


def mark(unit: str = SCHOOL, day: date = TODAY, management: str = "phone") -> Mark:
    """What is rolled up at once."""
    return Mark(unit, day, management)


def measured(
    metric: str = "phone.classroom", *values: int, findings: Sequence[Finding] = ()
) -> Measured:
    """What was measured of a class-day: one tally, and findings."""
    tallies = (MetricTally(metric, tally(metric, *values, expected=1), None),)
    return Measured(tallies, tuple(findings))


# ---- who exists, which days count, what is asked


def unit_entry(unit_id: str, level: str, parent: str | None) -> dict[str, Any]:
    """A unit of a roster document."""
    return {"unit_id": unit_id, "level": level, "name": f"单位{unit_id}", "parent": parent}


def school_entry(school_id: str = SCHOOL, parent: str = DISTRICT, **changed: Any) -> dict[str, Any]:
    """A school of a roster document."""
    entry = {"school_id": school_id, "name": f"学校{school_id}", "parent": parent, "system": "6-3"}
    return {**entry, **changed}


def class_entry(
    school_id: str = SCHOOL, class_id: str = CLASS, pupils: int = 40, **changed: Any
) -> dict[str, Any]:
    """A class of a roster document: of primary school, grade 4 in September 2026."""
    entry = {
        "school_id": school_id,
        "class_id": class_id,
        "stage": "primary",
        "entry_year": 2023,
        "valid_from": "2026-09-01",
        "enrolment": [{"from": "2026-09-01", "pupils": pupils}],
    }
    return {**entry, **changed}


def roster_document() -> dict[str, Any]:
    """Province, district, two schools; two classes in the one, one in the other."""
    return {
        "units": [
            unit_entry(PROVINCE, "province", None),
            unit_entry(DISTRICT, "district", PROVINCE),
        ],
        "schools": [school_entry(SCHOOL), school_entry(OTHER_SCHOOL)],
        "classes": [
            class_entry(SCHOOL, CLASS),
            class_entry(SCHOOL, OTHER_CLASS),
            class_entry(OTHER_SCHOOL, JUNIOR_CLASS, stage="junior", entry_year=2025),
        ],
    }


def calendar_document(unit_id: str = DISTRICT, **changed: Any) -> dict[str, Any]:
    """The autumn term of 2026."""
    terms = [{"from": "2026-09-01", "to": "2027-01-22"}]
    return {"unit_id": unit_id, "terms": terms, **changed}


def rule(rule_id: str = "test-screen", **changed: Any) -> Rule:
    """A rule of the whole country on screen time."""
    source = Source(title="Notice", document="No. 1", clause="1", verified="U")
    members: Mapping[str, Any] = {
        "rule_id": rule_id,
        "metric": "phone.screen_time",
        "keeps": "at_most",
        "value": 60,
        "from_day": date(2026, 9, 1),
        "binding": "should",
        "title": "An hour at most",
        "title_zh": "不超过一小时",
        "source": source,
    }
    return Rule(**{**members, **changed})

"""The worker of alerts: what it hands to whoever tells, whom it watches, and whose alerts end."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pytest

from stream_processors.contexts import Contexts
from stream_processors.evaluating_alerts import Alerting, EvaluatingAlerts
from stream_processors.publishing_alerts import PublishingAlerts
from tests.alert_world import a_rule, of_data
from tests.builders import (
    DISTRICT,
    OTHER_SCHOOL,
    PROVINCE,
    SCHOOL,
    TODAY,
    YESTERDAY,
    Clock,
    calendar_document,
    cell,
    mark,
    school_entry,
)
from tests.contract.steps import overwrite, with_roster
from tests.turns import EVENING_US
from wuguan.adapters.memory.store import MemoryStore
from wuguan.domain.alerting.life import Alert
from wuguan.domain.instants import midnight_us
from wuguan.domain.rollup import Figure
from wuguan.domain.tally import Tally
from wuguan.ports import AlertQuery, Store

FRIDAY = TODAY - timedelta(days=3)
CLASSROOM = a_rule("phones", metric="phone.classroom", threshold=95.0)
SILENT = of_data("silent", "silent")
Told = tuple[str, str, tuple[str, ...], bool]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(clock: Clock) -> Store:
    return with_roster(MemoryStore(clock))


class Listening:
    """Remembers what it is asked to tell."""

    def __init__(self) -> None:
        self.told: list[Told] = []

    def __call__(
        self, rule: Any, told: Any, path: Sequence[str], is_silent: bool, *_: Any, **__: Any
    ) -> Sequence[Any]:
        """Tells nobody."""
        self.told.append((rule.rule_id, told.entries[-1].happened, tuple(path), is_silent))
        return ()


def put(
    store: Store, day: date, *, unit: str = SCHOOL, compliant: int = 9, reported: int = 10
) -> None:
    """Figures of a day in which so many of ten are compliant."""
    overwrite(
        store,
        {
            mark(unit, day): {
                cell("phone.classroom"): Figure(Tally(10, 10, 10, compliant)),
                cell("phone.reporting"): Figure(Tally(10, reported)),
            }
        },
    )


def evaluate(
    store: Store, clock: Clock, *rules: Any, tell: Any = None, day: date = TODAY
) -> list[Told]:
    """An evening of a day, with all that is marked; what was to be told."""
    clock.now_us = midnight_us(day) + EVENING_US
    store.alerts.open_day(day)
    listening = Listening()
    worker = EvaluatingAlerts(store.alerts, Contexts(store.roster), Alerting(rules, listening))
    while worker.turn(clock()):
        pass
    return listening.told


def alerts(store: Store, *units: str) -> list[Alert]:
    states: Any = ("pending", "firing", "resolved")
    return list(store.alerts.alerts(AlertQuery(units=units or (SCHOOL,), states=states), None, 9))


def test_who_tells_is_handed_the_path_and_whether_the_unit_is_silent(
    store: Store, clock: Clock
) -> None:
    path = (SCHOOL, DISTRICT, PROVINCE)
    put(store, FRIDAY)
    first = evaluate(store, clock, CLASSROOM, SILENT, day=FRIDAY)
    put(store, TODAY, reported=0)
    second = evaluate(
        store, clock, a_rule("other", metric="phone.classroom", threshold=95.0), SILENT
    )

    assert first == [("phones", "fired", path, False)]
    assert sorted(second) == [("other", "fired", path, True), ("silent", "fired", path, True)]


def test_rules_of_a_level_are_about_the_units_of_that_level(store: Store, clock: Clock) -> None:
    of_district = a_rule("district", metric="phone.classroom", threshold=95.0, level="district")
    elsewhere = a_rule("elsewhere", metric="phone.classroom", threshold=95.0, units=(OTHER_SCHOOL,))
    for unit in (SCHOOL, DISTRICT):
        put(store, TODAY, unit=unit)

    evaluate(store, clock, CLASSROOM, of_district, elsewhere)

    found = alerts(store, SCHOOL, DISTRICT)
    assert [(one.unit_id, one.rule_id) for one in found] == [
        (SCHOOL, "phones"), (DISTRICT, "district"),
    ]  # fmt: skip


def test_a_day_that_is_not_due_is_not_looked_at(store: Store, clock: Clock) -> None:
    put(store, FRIDAY, compliant=10)
    put(store, TODAY, compliant=1)

    evaluate(store, clock, CLASSROOM, day=YESTERDAY)
    before = alerts(store)
    evaluate(store, clock, CLASSROOM)

    assert before == []
    assert [one.breach_days for one in alerts(store)] == [(TODAY,)]


def test_a_day_that_another_workers_clock_has_opened_is_looked_at(
    store: Store, clock: Clock
) -> None:
    put(store, TODAY)
    store.alerts.open_day(TODAY)
    slow = midnight_us(TODAY) + EVENING_US - 30 * 60_000_000 - 5_000_000

    EvaluatingAlerts(store.alerts, Contexts(store.roster), Alerting([CLASSROOM])).turn(slow)

    assert [one.state for one in alerts(store)] == ["firing"]


def test_the_alerts_of_a_closed_school_end_and_nobody_starts_new_ones(
    store: Store, clock: Clock
) -> None:
    put(store, FRIDAY)
    evaluate(store, clock, CLASSROOM, day=FRIDAY)
    closed = school_entry(SCHOOL, valid_to=FRIDAY.isoformat())
    store.roster.put_roster({"schools": [closed]}, TODAY)

    told = evaluate(store, clock, CLASSROOM, SILENT)

    assert told == [("phones", "resolved", (), False)]
    assert [(one.state, one.cause) for one in alerts(store)] == [("resolved", "rule_ended")]


def test_the_alerts_of_a_rule_that_is_gone_end_and_nobody_is_told(
    store: Store, clock: Clock
) -> None:
    put(store, FRIDAY)
    evaluate(store, clock, CLASSROOM, day=FRIDAY)

    told = evaluate(store, clock, SILENT)

    assert told == []
    assert [(one.state, one.cause) for one in alerts(store)] == [("resolved", "rule_ended")]


def test_an_alert_outlasts_the_vacation(store: Store, clock: Clock) -> None:
    terms = [
        {"from": "2026-02-23", "to": "2026-07-03"}, {"from": "2026-09-01", "to": "2027-01-22"},
    ]  # fmt: skip
    store.roster.put_calendar(calendar_document(terms=terms), TODAY)
    before, after = date(2026, 7, 1), date(2026, 9, 14)
    put(store, before)
    evaluate(store, clock, CLASSROOM, day=before)

    for passed in range((after - before).days):
        evaluate(store, clock, CLASSROOM, day=before + timedelta(days=passed))
    during = alerts(store)
    put(store, after, compliant=10)
    evaluate(store, clock, CLASSROOM, day=after)

    assert [one.state for one in during] == ["firing"]
    assert [(one.state, one.cause) for one in alerts(store)] == [("resolved", "recovered")]


def test_what_happened_is_published_once(store: Store, clock: Clock) -> None:
    put(store, TODAY)
    evaluate(store, clock, CLASSROOM)
    sent: list[bytes] = []

    class Topic:
        def send_alerts(self, records: Any) -> None:
            sent.extend(key for key, _ in records)

        def confirm(self) -> None:
            pass

    publishing = PublishingAlerts(store.alerts, Topic, limit=1)
    turns = [publishing.turn() for _ in range(3)]

    assert turns == [True, True, False]
    assert sent == [SCHOOL.encode()] * 2

"""History that is loaded while receivers are there: only what stands at its end is told."""

from collections.abc import Sequence
from datetime import date, timedelta

from stream_processors.evaluating_alerts import Alerting
from tests.alert_world import a_rule, every_alert, of_data
from tests.builders import CLASS, OTHER_CLASS, SCHOOL, TODAY, Clock, event, frame
from tests.turns import Turns
from tests.unit.domain.alerts import receiver
from tests.worlds import settle_in
from wuguan.adapters.memory.store import MemoryStore
from wuguan.domain.alerting.outbox import HOUR_US, Pace
from wuguan.domain.alerting.receiver import Receivers
from wuguan.domain.alerting.telling import telling
from wuguan.domain.instants import MINUTE_US, midnight_us
from wuguan.ports import Frame, Store

SILENT = of_data("silent", "silent", metric="homework.reporting", threshold=0, for_days=2)
CAP = a_rule("cap", for_days=2, clear_days=2)
DAYS = [TODAY + timedelta(days=n) for n in range(5)]
"""Monday to Friday."""
MONDAY_AFTER = TODAY + timedelta(days=7)


def returns(day: date, minutes: int = 40) -> list[Frame]:
    return [
        frame(
            event(
                "homework.day_reported",
                class_id=class_id,
                day=day,
                event_id=f"{day}-{class_id}",
                time=f"{day}T17:00:00+08:00",
                written_minutes=minutes,
                basis="timed",
                written_tasks=1,
                phone_tasks=0,
                parent_tasks=0,
            )
        )
        for class_id in (CLASS, OTHER_CLASS)
    ]


def load(clock: Clock, days: Sequence[date], minutes: int = 40) -> Store:
    """On Monday at ten the days of last week come in, a minute each; then an hour passes."""
    clock.now_us = midnight_us(MONDAY_AFTER) + 600 * MINUTE_US
    store = settle_in(MemoryStore(clock), DAYS[0])
    alerting = Alerting((SILENT, CAP), telling(Receivers([receiver("of-school", units=(SCHOOL,))])))
    turns = Turns(store, today=MONDAY_AFTER, alerting=alerting, clock=clock)
    store.roster.open_days(MONDAY_AFTER)
    turns.until_quiet()
    for day in days:
        store.log.append(returns(day, minutes))
        turns.until_quiet()
        clock.now_us += MINUTE_US
    clock.now_us += HOUR_US
    return store


def claimed(store: Store, clock: Clock) -> list[str]:
    """The alerts of which the school is told now, by their rules."""
    found = store.notices.claim({"of-school": Pace(False, 20)}, clock(), clock() + HOUR_US)
    rules = {one.alert_id: one.rule_id for one in every_alert(store)}
    return sorted({rules[one.alert_id] for one in found.notices}) if found else []


def test_of_silence_that_loading_made_and_ended_nobody_is_told() -> None:
    clock = Clock()
    store = load(clock, DAYS[::-1])

    (silence,) = [one for one in every_alert(store) if one.unit_id == SCHOOL]
    happened = [entry.happened for entry in store.alerts.entries(silence.alert_id)]
    assert happened == ["pending", "fired", "resolved"]
    assert claimed(store, clock) == []


def test_of_what_stands_at_the_end_of_loading_the_school_is_told() -> None:
    clock = Clock()
    store = load(clock, DAYS[::-1], minutes=90)

    assert claimed(store, clock) == ["cap"]


def test_of_what_was_not_loaded_the_school_is_told() -> None:
    clock = Clock()
    store = load(clock, DAYS[:3])

    assert claimed(store, clock) == ["silent"]

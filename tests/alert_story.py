"""A school breaks the cap on homework for five school days across a holiday, and what follows.

The story is told evening by evening, on whichever runtime, by a clock of its own. The autumn of
2026: the days from 1 to 7 October are off, Saturday the 10th is worked; homework of Fridays and
of the last day before a holiday is that of a weekend, which another rule is about.
"""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Protocol

from tests.builders import CLASS, OTHER_CLASS, SCHOOL, Clock, event, frame
from tests.turns import EVENING_US
from wuguan.domain.alerting.life import Alert, Entry, act
from wuguan.domain.alerting.rule import AlertRule, SeverityStep, Telling
from wuguan.domain.instants import midnight_us
from wuguan.ports import AlertQuery, Frame, Store

CAP = AlertRule(
    rule_id="homework-cap",
    kind="compliance",
    metric="homework.minutes",
    statistic="compliance",
    threshold="policy",
    breach="below",
    for_days=3,
    clear_days=2,
    least_expected=1,
    severity="minor",
    steps=(SeverityStep(severity="major", after_days=5),),
    tell=(
        Telling(after_days=0, who=("school",)),
        Telling(after_days=2, who=("inspector", "district")),
    ),
    title="Homework is longer than allowed",
    title_zh="书面作业超过规定时长",
)

MONDAY, TUESDAY = date(2026, 9, 28), date(2026, 9, 29)
THURSDAY, FRIDAY, SATURDAY = (date(2026, 10, day) for day in (8, 9, 10))
"""After the holiday; the Saturday is worked."""
BETTER = (date(2026, 10, 12), date(2026, 10, 13))
RELAPSE = (date(2026, 10, 14), date(2026, 10, 15), date(2026, 10, 19))
TOO_LONG, SHORT_ENOUGH = 90, 45


class Runtime(Protocol):
    """What takes events, and evaluates."""

    @property
    def store(self) -> Store:
        """Where the alerts are."""

    def send(self, frames: Sequence[Frame]) -> None:
        """Takes events."""

    def until_quiet(self, today: date) -> None:
        """Does all that is to be done on a day by the clock."""


class Story:
    """The story, step by step; each step says what is to be seen after it."""

    def __init__(self, runtime: Runtime, clock: Clock) -> None:
        self._runtime = runtime
        self._clock = clock
        self._stated = 0

    def tell(self) -> None:
        """Tells it from the beginning to the end."""
        for step in _STEPS:
            step(self)

    def evening(self, day: date, minutes: int | None = None) -> None:
        """A day passes, on which both classes report so much homework, or nothing."""
        self._clock.now_us = midnight_us(day) + EVENING_US
        if minutes is not None:
            self.state(day, minutes)
        self._runtime.until_quiet(day)

    def state(self, day: date, minutes: int) -> None:
        """Both classes state how long the homework of a day took; the last statement counts."""
        self._stated += 1
        self._runtime.send([_return(day, one, minutes, self._stated) for one in _CLASSES])

    @property
    def alert(self) -> Alert:
        """The only alert that there ever was."""
        query = AlertQuery(units=[SCHOOL], states=("pending", "firing", "acknowledged", "resolved"))
        (alert,) = self._runtime.store.alerts.alerts(query, None, 9)
        return alert

    @property
    def entries(self) -> Sequence[Entry]:
        """All that happened to it."""
        return self._runtime.store.alerts.entries(self.alert.alert_id)

    def acknowledge(self) -> None:
        """The inspector says that it is known."""
        with self._runtime.store.alerts.changing(self.alert.alert_id) as change:
            assert change is not None
            change.write(act(change.alert, "acknowledged", self._clock.now_us, by="王督学"))

    def is_now(self, state: str, *breach_days: date, happened: str) -> None:
        """What is to be seen: its state, the days in breach, and what happened last."""
        alert = self.alert
        assert (alert.state, alert.breach_days) == (state, breach_days)
        assert self.entries[-1].happened == happened


_CLASSES = (CLASS, OTHER_CLASS)


def _return(day: date, class_id: str, minutes: int, number: int) -> Frame:
    stated = event(
        "homework.day_reported",
        class_id=class_id,
        day=day,
        event_id=f"{day}-{class_id}-{number}",
        time=f"{day}T17:00:00.{number:03d}+08:00",
        written_minutes=minutes,
        basis="timed",
        written_tasks=2,
        phone_tasks=0,
        parent_tasks=0,
    )
    return frame(stated)


def _breaks_the_cap(story: Story) -> None:
    story.evening(MONDAY, TOO_LONG)
    story.is_now("pending", MONDAY, happened="pending")
    story.evening(TUESDAY, TOO_LONG)
    story.is_now("pending", MONDAY, TUESDAY, happened="pending")


def _goes_on_after_the_holiday(story: Story) -> None:
    # Days without school pass, evaluated as any other, and say nothing.
    for day in range(1, 8):
        story.evening(date(2026, 10, day))
    story.is_now("pending", MONDAY, TUESDAY, happened="pending")
    story.evening(THURSDAY, TOO_LONG)
    story.is_now("firing", MONDAY, TUESDAY, THURSDAY, happened="fired")
    assert story.alert.severity == "minor"


def _is_told_further_up(story: Story) -> None:
    story.evening(FRIDAY, TOO_LONG)
    story.is_now("firing", MONDAY, TUESDAY, THURSDAY, FRIDAY, happened="fired")
    story.evening(SATURDAY, TOO_LONG)
    story.is_now("firing", *_FIVE_DAYS, happened="escalated")
    assert story.alert.severity == "major"


def _is_acknowledged(story: Story) -> None:
    story.acknowledge()
    story.evening(SATURDAY)
    story.is_now("acknowledged", *_FIVE_DAYS, happened="acknowledged")


def _is_corrected_for_a_day(story: Story) -> None:
    story.state(FRIDAY, SHORT_ENOUGH)
    story.evening(SATURDAY)
    story.is_now("acknowledged", MONDAY, TUESDAY, THURSDAY, SATURDAY, happened="eased")
    assert story.alert.severity == "minor"


def _gets_better(story: Story) -> None:
    first, second = BETTER
    story.evening(first, SHORT_ENOUGH)
    assert story.alert.state == "acknowledged"
    story.evening(second, SHORT_ENOUGH)
    story.is_now("resolved", MONDAY, TUESDAY, THURSDAY, SATURDAY, happened="resolved")
    assert (story.alert.cause, story.alert.ended_on) == ("recovered", second)


def _relapses(story: Story) -> None:
    for day in RELAPSE[:2]:
        story.evening(day, TOO_LONG)
        assert story.alert.state == "resolved"
    story.evening(RELAPSE[2], TOO_LONG)
    story.is_now("firing", *RELAPSE, happened="reopened")


_FIVE_DAYS = (MONDAY, TUESDAY, THURSDAY, FRIDAY, SATURDAY)
HAPPENED = (
    "pending", "fired", "worsened", "escalated", "acknowledged", "eased", "resolved", "reopened",
)  # fmt: skip
"""All that happened, in order."""
_STEPS: Sequence[Callable[[Story], None]] = (
    _breaks_the_cap,
    _goes_on_after_the_holiday,
    _is_told_further_up,
    _is_acknowledged,
    _is_corrected_for_a_day,
    _gets_better,
    _relapses,
)

"""What a unit's school days say together: whether there is an alert, since when, how grave.

A function of the days alone: the same days give the same verdict, in whatever order and however
often their figures came. A correction is no special case: the days are simply others then.
"""

from collections.abc import Sequence
from datetime import date
from typing import Literal

from msgspec import Struct

from wuguan.domain.alerting.days import SchoolDay
from wuguan.domain.alerting.rule import SEVERITIES, AlertRule, Severity

Stands = Literal["none", "pending", "firing"]


class Verdict(Struct, frozen=True, kw_only=True):
    """Where it stands after the last day."""

    stands: Stands
    severity: Severity = "minor"
    breach_days: tuple[date, ...] = ()
    """Of the breach that lasts, or of the last that ended; in order."""
    fired_on: date | None = None
    """The school day that made it an alert."""
    ended_on: date | None = None
    """The school day that ended the last one; None while it lasts, and where there was none."""
    days_open: int = 0
    """School days since the one that made it an alert."""
    last: SchoolDay | None = None
    """The last day that said anything."""

    @property
    def since(self) -> date | None:
        """The first day in breach."""
        return self.breach_days[0] if self.breach_days else None


NOTHING = Verdict(stands="none")


def verdict(rule: AlertRule, days: Sequence[SchoolDay]) -> Verdict:
    """The verdict after these days, which are in order."""
    walk = _Walk(rule)
    for one in days:
        walk.take(one)
    return walk.verdict()


class _Walk:
    """Goes from day to day."""

    def __init__(self, rule: AlertRule) -> None:
        self._rule = rule
        self._breaches: list[SchoolDay] = []
        self._fired_on: date | None = None
        self._ended_on: date | None = None
        self._kept = 0
        self._days_open = 0
        self._last: SchoolDay | None = None

    def take(self, one: SchoolDay) -> None:
        """The next day."""
        if self._fired_on is not None and self._ended_on is None:
            self._days_open += 1
        if one.says == "nothing":
            return
        self._last = one
        if one.says == "breach":
            self._take_breach(one)
        elif one.says == "kept":
            self._take_kept(one)
        # A day that is near says nothing of an alert, but it is no day in breach either.
        elif self._fired_on is None:
            self._breaches.clear()

    def _take_breach(self, one: SchoolDay) -> None:
        if self._ended_on is not None:
            self._breaches, self._fired_on, self._ended_on = [], None, None
        self._kept = 0
        self._breaches.append(one)
        if self._fired_on is None and len(self._breaches) >= self._rule.for_days:
            self._fired_on, self._days_open = one.day, 0

    def _take_kept(self, one: SchoolDay) -> None:
        if self._fired_on is None:
            self._breaches.clear()
            return
        self._kept += 1
        if self._ended_on is None and self._kept >= self._rule.clear_days:
            self._ended_on = one.day

    def verdict(self) -> Verdict:
        """Where it stands."""
        lasts = self._ended_on is None
        is_firing = self._fired_on is not None and lasts
        return Verdict(
            stands="firing" if is_firing else "pending" if self._breaches and lasts else "none",
            severity=severity_of(self._rule, self._breaches),
            breach_days=tuple(one.day for one in self._breaches),
            fired_on=self._fired_on,
            ended_on=self._ended_on,
            days_open=self._days_open if is_firing else 0,
            last=self._last,
        )


def severity_of(rule: AlertRule, breaches: Sequence[SchoolDay]) -> Severity:
    """The gravest step that the last day in breach, or their number, has reached."""
    reached: list[Severity] = [rule.severity]
    for step in rule.steps:
        far = step.beyond is not None and breaches and breaches[-1].beyond >= step.beyond
        long = step.after_days is not None and len(breaches) >= step.after_days
        if far or long:
            reached.append(step.severity)
    return max(reached, key=SEVERITIES.index)

"""What each school day of a unit says under a rule: in breach, kept, or nothing.

A day is judged by the sums of the window that ends on it. A gap in the data says nothing: it
neither raises an alert nor ends one.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Literal

from msgspec import Struct

from wuguan.domain.alerting.rule import AlertRule
from wuguan.domain.alerting.sums import DayFigures, DueDays, MetricDays, StageDays
from wuguan.domain.alerting.values import values_of
from wuguan.domain.managements import METRICS
from wuguan.domain.policy import PolicyBook

Says = Literal["breach", "near", "kept", "nothing"]
"""`near`: no breach, but not so much better than the threshold that it would end an alert."""
_GRAVEST: Sequence[Says] = ("breach", "nothing", "near", "kept")


class SchoolDay(Struct, frozen=True):
    """What a school day says."""

    day: date
    says: Says
    value: float | None = None
    """Of the worst stage, in the unit of the statistic."""
    threshold: float | None = None
    beyond: float = 0.0
    """How far it is on the wrong side of the threshold."""


def school_days(
    rule: AlertRule, days: Sequence[DayFigures] | MetricDays, policy: PolicyBook
) -> list[SchoolDay]:
    """What each day says; days on which nothing is expected are no school days. In order."""
    due = (days if isinstance(days, MetricDays) else MetricDays(days)).due(rule.stages)
    by_stage = [_of_stage(rule, due, stage, policy) for stage in due.stages]
    if len(by_stage) == 1:
        return [one or _nothing(day) for day, one in zip(due.days, by_stage[0], strict=True)]
    return [_worst(*found) for found in zip(due.days, *by_stage, strict=True)]


def counted_days(rule: AlertRule, counts: Mapping[date, int]) -> list[SchoolDay]:
    """The same for what is simply counted by day, as refused events."""
    days = sorted(counts)
    found = []
    for place, day in enumerate(days):
        window = days[max(0, place - rule.window_days + 1) : place + 1]
        found.append(_compared(rule, day, float(sum(counts[one] for one in window)), _bound(rule)))
    return found


def _worst(day: date, *stages: SchoolDay | None) -> SchoolDay:
    """The worst of what the stages say: one in breach is a breach, one unknown says nothing."""
    found = [one for one in stages if one is not None]
    if not found:
        return _nothing(day)
    gravest = min(_GRAVEST.index(one.says) for one in found)
    same = [one for one in found if one.says == _GRAVEST[gravest]]
    return max(same, key=lambda one: one.beyond)


def _of_stage(
    rule: AlertRule, due: DueDays, stage: str, policy: PolicyBook
) -> list[SchoolDay | None]:
    """What each school day says of one stage.

    None where nothing is expected of it, or where the policy book asks nothing of what it did.
    """
    window, of, coverage = rule.window_days, due.of[stage], due.coverage[stage]
    bounds, values = _bounds(rule, of, policy), values_of(rule, of)
    # Day by day of all schools under all rules: no call more than needed.
    return [
        (None if not today.tally.expected or (bound is None and own.expected) else _nothing(day))
        if bound is None or value is None or not is_known or not today.tally.expected
        else _compared(rule, day, value, bound)
        for day, value, bound, is_known, own, today in zip(
            due.days, values, bounds, _are_known(rule, coverage), of.sums(window),
            coverage.figures, strict=True,
        )
    ]  # fmt: skip


def _compared(rule: AlertRule, day: date, value: float, bound: float) -> SchoolDay:
    beyond = bound - value if rule.breach == "below" else value - bound
    if beyond > 0:
        return SchoolDay(day, "breach", value, bound, beyond)
    # The best that there is always ends an alert, whatever the margin.
    is_best = rule.breach == "below" and value >= 100 and rule.statistic == "compliance"
    is_kept = -beyond >= rule.clear_margin or is_best
    return SchoolDay(day, "kept" if is_kept else "near", value, bound, beyond)


def _nothing(day: date) -> SchoolDay:
    return SchoolDay(day, "nothing")


def _are_known(rule: AlertRule, coverage: StageDays) -> list[bool]:
    """Whether enough is expected, and reported, in the window of each day.

    What speaks of 1-4 pupils says nothing: whoever sees the alert might not see the figure.
    """
    # That little was reported is what some are about.
    of_silence = rule.statistic in ("silent", "reporting", "drop")
    least = 0 if of_silence else rule.least_reporting_percent
    metric = METRICS[rule.metric]
    return [
        one.expected >= rule.least_expected
        and 100 * one.reported >= least * one.expected
        and not (metric.of_pupils and metric.is_withheld(one.expected, one.reported))
        for one in coverage.sums(rule.window_days)
    ]


def _bounds(rule: AlertRule, of: StageDays, policy: PolicyBook) -> Sequence[float | None]:
    """The threshold on each day."""
    if rule.threshold != "policy":
        return [float(rule.threshold)] * len(of.figures)
    return [policy.asked_percent(rules) for rules in of.rules(rule.window_days)]


def _bound(rule: AlertRule) -> float:
    assert rule.threshold != "policy", "what is counted has a number as its threshold"
    return float(rule.threshold)

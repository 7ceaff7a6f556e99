"""What each school day of a unit says under a rule: in breach, kept, or nothing.

A day is judged by the sums of the window that ends on it. A gap in the data says nothing: it
neither raises an alert nor ends one.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Literal

from msgspec import Struct

from wuguan.domain.alerting.rule import AlertRule, Statistic
from wuguan.domain.alerting.sums import DayFigures, DueDays, MetricDays, StageDays
from wuguan.domain.managements import METRICS
from wuguan.domain.policy import PolicyBook
from wuguan.domain.tally import Tally

Says = Literal["breach", "near", "kept", "nothing"]
"""`near`: no breach, but not so much better than the threshold that it would end an alert."""
_GRAVEST: Sequence[Says] = ("breach", "nothing", "near", "kept")
_OF_SILENCE: frozenset[Statistic] = frozenset({"silent", "reporting", "drop"})


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
    if len(found) < 2:
        return found[0] if found else SchoolDay(day, "nothing")
    gravest = min(_GRAVEST.index(one.says) for one in found)
    same = [one for one in found if one.says == _GRAVEST[gravest]]
    return max(same, key=lambda one: one.beyond)


def _of_stage(
    rule: AlertRule, due: DueDays, stage: str, policy: PolicyBook
) -> list[SchoolDay | None]:
    """What each school day says of one stage.

    None where nothing is expected of it, or where the policy book asks nothing of what it did.
    """
    coverage, of = due.coverage[stage], due.of[stage]
    known, bounds = coverage.sums(rule.window_days), _bounds(rule, of, policy)
    value = _VALUES[rule.statistic]
    found: list[SchoolDay | None] = []
    for place, (day, figure, bound) in enumerate(
        zip(due.days, coverage.figures, bounds, strict=True)
    ):
        if not figure.tally.expected or (
            bound is None and of.sums(rule.window_days)[place].expected
        ):
            found.append(None)
            continue
        measured = value(rule, of, place) if _is_known(rule, known[place]) else None
        if bound is None or measured is None:
            found.append(SchoolDay(day, "nothing"))
        else:
            found.append(_compared(rule, day, measured, bound))
    return found


def _compared(rule: AlertRule, day: date, value: float, bound: float) -> SchoolDay:
    beyond = bound - value if rule.breach == "below" else value - bound
    if beyond > 0:
        return SchoolDay(day, "breach", value, bound, beyond)
    # The best that there is always ends an alert, whatever the margin.
    is_best = rule.breach == "below" and value >= 100 and rule.statistic == "compliance"
    is_kept = -beyond >= rule.clear_margin or is_best
    return SchoolDay(day, "kept" if is_kept else "near", value, bound, beyond)


def _is_known(rule: AlertRule, coverage: Tally) -> bool:
    if coverage.expected < rule.least_expected:
        return False
    if rule.statistic in _OF_SILENCE:
        # That little was reported is what these are about.
        return True
    return 100 * coverage.reported >= rule.least_reporting_percent * coverage.expected


def _bounds(rule: AlertRule, of: StageDays, policy: PolicyBook) -> Sequence[float | None]:
    """The threshold on each day."""
    if rule.threshold != "policy":
        return [float(rule.threshold)] * len(of.figures)
    return [policy.asked_percent(rules) for rules in of.rules(rule.window_days)]


def _bound(rule: AlertRule) -> float:
    assert rule.threshold != "policy", "what is counted has a number as its threshold"
    return float(rule.threshold)


def _compliance(rule: AlertRule, of: StageDays, place: int) -> float | None:
    tally = of.sums(rule.window_days)[place]
    return 100 * tally.compliant / tally.judged if tally.judged else None


def _reporting(rule: AlertRule, of: StageDays, place: int) -> float | None:
    tally = of.sums(rule.window_days)[place]
    return 100 * tally.reported / tally.expected if tally.expected else None


def _mean(rule: AlertRule, of: StageDays, place: int) -> float | None:
    tally = of.sums(rule.window_days)[place]
    return tally.total / tally.reported if tally.reported else None


def _percentile(rule: AlertRule, of: StageDays, place: int) -> float | None:
    return percentile(rule.metric, Tally(bins=of.bins(rule.window_days, place)), rule.percentile)


def _count(rule: AlertRule, of: StageDays, place: int) -> float | None:
    return float(of.sums(rule.window_days)[place].total)


def _silent(rule: AlertRule, of: StageDays, place: int) -> float | None:
    tally = of.sums(rule.window_days)[place]
    return float(not tally.reported) if tally.expected else None


def _drop(rule: AlertRule, of: StageDays, place: int) -> float | None:
    """How many points the reporting rate is below that of the window before."""
    window = rule.window_days
    if place < 2 * window - 1:
        return None
    sums = of.sums(window)
    now, before = sums[place], sums[place - window]
    if not now.expected or not before.expected:
        return None
    return 100 * (before.reported / before.expected - now.reported / now.expected)


def _identical(_: AlertRule, of: StageDays, place: int) -> float | None:
    """1 where all is in line, and mean and number are those of the day before."""
    if not place:
        return None
    one, other = of.figures[place].tally, of.figures[place - 1].tally
    if not one.judged or not other.judged:
        return None
    all_in_line = one.compliant == one.judged and other.compliant == other.judged
    same = (one.total, one.reported, one.bins) == (other.total, other.reported, other.bins)
    return float(all_in_line and same)


_VALUES: Mapping[Statistic, Callable[[AlertRule, StageDays, int], float | None]] = {
    "compliance": _compliance,
    "reporting": _reporting,
    "mean": _mean,
    "percentile": _percentile,
    "count": _count,
    "silent": _silent,
    "drop": _drop,
    "identical": _identical,
}


def percentile(metric: str, tally: Tally, percent: int) -> float | None:
    """From the bins, linear inside one; an open end bin counts as wide as its neighbour."""
    edges, whole = METRICS[metric].edges, sum(tally.bins)
    if not edges or not whole:
        return None
    wanted, below = whole * percent / 100, 0
    for place, counted in enumerate(tally.bins):
        if counted and below + counted >= wanted:
            low, high = _sides(edges, place)
            return low + (high - low) * (wanted - below) / counted
        below += counted
    return None


def _sides(edges: Sequence[int], place: int) -> tuple[float, float]:
    width = edges[1] - edges[0] if len(edges) > 1 else edges[0]
    if place == 0:
        return float(max(edges[0] - width, 0)), float(edges[0])
    if place == len(edges):
        return float(edges[-1]), float(2 * edges[-1] - (edges[-2] if len(edges) > 1 else 0))
    return float(edges[place - 1]), float(edges[place])

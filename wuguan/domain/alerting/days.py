"""What each school day of a unit says under a rule: in breach, kept, or nothing.

A day is judged by the sums of the window that ends on it. A gap in the data says nothing: it
neither raises an alert nor ends one.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Literal

from msgspec import Struct

from wuguan.domain.alerting.rule import AlertRule
from wuguan.domain.managements import METRICS
from wuguan.domain.policy import PolicyBook
from wuguan.domain.rollup import Figure
from wuguan.domain.tally import Tally

Says = Literal["breach", "near", "kept", "nothing"]
"""`near`: no breach, but not so much better than the threshold that it would end an alert."""


class DayFigures(Struct, frozen=True):
    """A school day of a unit: figures of one metric by stage, and those that tell its coverage."""

    day: date
    of: Mapping[str, Figure]
    coverage: Mapping[str, Figure]
    """Of the metric itself, or of `<management>.reporting` (docs/metrics.md §4)."""


class SchoolDay(Struct, frozen=True):
    """What a school day says."""

    day: date
    says: Says
    value: float | None = None
    """Of the worst stage, in the unit of the statistic."""
    threshold: float | None = None
    beyond: float = 0.0
    """How far it is on the wrong side of the threshold."""


def school_days(rule: AlertRule, days: Sequence[DayFigures], policy: PolicyBook) -> list[SchoolDay]:
    """What each day says; days on which nothing is expected are no school days. In order."""
    due = [one for one in days if _is_due(rule, one)]
    return [_said(rule, due, place, policy) for place in range(len(due))]


def counted_days(rule: AlertRule, counts: Mapping[date, int]) -> list[SchoolDay]:
    """The same for what is simply counted by day, as refused events."""
    days = sorted(counts)
    found = []
    for place, day in enumerate(days):
        window = days[max(0, place - rule.window_days + 1) : place + 1]
        found.append(_compared(rule, day, float(sum(counts[one] for one in window)), _bound(rule)))
    return found


def _is_due(rule: AlertRule, one: DayFigures) -> bool:
    return any(
        figure.tally.expected and (not rule.stages or stage in rule.stages)
        for stage, figure in one.coverage.items()
    )


def _said(rule: AlertRule, due: Sequence[DayFigures], place: int, policy: PolicyBook) -> SchoolDay:
    """The worst of what the stages say: one in breach is a breach, one unknown says nothing.

    A stage of which the policy book asks nothing is left out.
    """
    day = due[place].day
    found = [
        _said_of_stage(rule, due, place, stage, policy)
        for stage, figure in due[place].coverage.items()
        if figure.tally.expected and (not rule.stages or stage in rule.stages)
    ]
    for says in ("breach", "nothing", "near", "kept"):
        same = [one for one in found if one is not None and one.says == says]
        if same:
            return max(same, key=lambda one: one.beyond)
    return SchoolDay(day, "nothing")


def _said_of_stage(
    rule: AlertRule, due: Sequence[DayFigures], place: int, stage: str, policy: PolicyBook
) -> SchoolDay | None:
    day = due[place].day
    window = due[max(0, place - rule.window_days + 1) : place + 1]
    figure, coverage = _sum(window, stage, "of"), _sum(window, stage, "coverage")
    bound = _bound_of(rule, figure, policy)
    if figure is not None and bound is None:
        return None
    if not _is_known(rule, coverage):
        return SchoolDay(day, "nothing")
    value = _value(rule, due, place, stage, figure)
    if value is None or bound is None:
        return SchoolDay(day, "nothing")
    return _compared(rule, day, value, bound)


def _compared(rule: AlertRule, day: date, value: float, bound: float) -> SchoolDay:
    beyond = bound - value if rule.breach == "below" else value - bound
    if beyond > 0:
        return SchoolDay(day, "breach", value, bound, beyond)
    # The best that there is always ends an alert, whatever the margin.
    is_best = rule.breach == "below" and value >= 100 and rule.statistic == "compliance"
    is_kept = -beyond >= rule.clear_margin or is_best
    return SchoolDay(day, "kept" if is_kept else "near", value, bound, beyond)


def _is_known(rule: AlertRule, coverage: Figure | None) -> bool:
    if coverage is None or coverage.tally.expected < rule.least_expected:
        return False
    if rule.statistic in ("silent", "reporting", "drop"):
        # That little was reported is what these are about.
        return True
    least = rule.least_reporting_percent * coverage.tally.expected
    return 100 * coverage.tally.reported >= least


def _bound_of(rule: AlertRule, figure: Figure | None, policy: PolicyBook) -> float | None:
    if rule.threshold != "policy":
        return float(rule.threshold)
    asked = policy.asked_percent(figure.rules) if figure else None
    return float(asked) if asked is not None else None


def _bound(rule: AlertRule) -> float:
    assert rule.threshold != "policy", "what is counted has a number as its threshold"
    return float(rule.threshold)


def _value(
    rule: AlertRule, due: Sequence[DayFigures], place: int, stage: str, figure: Figure | None
) -> float | None:
    tally = figure.tally if figure else Tally()
    match rule.statistic:
        case "compliance":
            return 100 * tally.compliant / tally.judged if tally.judged else None
        case "reporting":
            return 100 * tally.reported / tally.expected if tally.expected else None
        case "mean":
            return tally.total / tally.reported if tally.reported else None
        case "percentile":
            return percentile(rule.metric, tally, rule.percentile)
        case "count":
            return float(tally.total)
        case "silent":
            return float(not tally.reported) if tally.expected else None
        case "drop":
            return _drop(rule, due, place, stage)
        case "identical":
            return _identical(due, place, stage)
    raise ValueError("rejects are counted, not summed")


def _drop(rule: AlertRule, due: Sequence[DayFigures], place: int, stage: str) -> float | None:
    """How many points the reporting rate is below that of the window before."""
    first = place - rule.window_days + 1
    if first < rule.window_days:
        return None
    now = _sum(due[first : place + 1], stage, "of")
    before = _sum(due[first - rule.window_days : first], stage, "of")
    if now is None or before is None or not now.tally.expected or not before.tally.expected:
        return None
    rates = (one.tally.reported / one.tally.expected for one in (before, now))
    earlier, later = rates
    return 100 * (earlier - later)


def _identical(due: Sequence[DayFigures], place: int, stage: str) -> float | None:
    """1 where all is in line, and mean and number are those of the day before."""
    now = due[place].of.get(stage)
    before = due[place - 1].of.get(stage) if place else None
    if now is None or before is None or not now.tally.judged or not before.tally.judged:
        return None
    one, other = now.tally, before.tally
    all_in_line = one.compliant == one.judged and other.compliant == other.judged
    same = (one.total, one.reported, one.bins) == (other.total, other.reported, other.bins)
    return float(all_in_line and same)


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


def _sum(
    window: Sequence[DayFigures], stage: str, which: Literal["of", "coverage"]
) -> Figure | None:
    total: Figure | None = None
    for one in window:
        figure = (one.of if which == "of" else one.coverage).get(stage)
        if figure is not None:
            total = figure if total is None else total.merge(figure)
    return total

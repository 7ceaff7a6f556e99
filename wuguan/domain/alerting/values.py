"""What of the sums of a window is compared with a threshold, day by day."""

from collections.abc import Callable, Mapping, Sequence

from wuguan.domain.alerting.rule import AlertRule, Statistic
from wuguan.domain.alerting.sums import StageDays
from wuguan.domain.managements import METRICS
from wuguan.domain.tally import Tally

Values = Sequence[float | None]
"""One a school day; None where there is none."""


def values_of(rule: AlertRule, of: StageDays) -> Values:
    """The rule's statistic of a stage, for the windows that end on each school day."""
    return _VALUES[rule.statistic](rule, of)


def _compliance(rule: AlertRule, of: StageDays) -> Values:
    sums = of.sums(rule.window_days)
    return [100 * one.compliant / one.judged if one.judged else None for one in sums]


def _reporting(rule: AlertRule, of: StageDays) -> Values:
    sums = of.sums(rule.window_days)
    return [100 * one.reported / one.expected if one.expected else None for one in sums]


def _mean(rule: AlertRule, of: StageDays) -> Values:
    sums = of.sums(rule.window_days)
    return [one.total / one.reported if one.reported else None for one in sums]


def _percentile(rule: AlertRule, of: StageDays) -> Values:
    bins = of.bins(rule.window_days)
    return [percentile(rule.metric, Tally(bins=one), rule.percentile) for one in bins]


def _count(rule: AlertRule, of: StageDays) -> Values:
    return [float(one.total) for one in of.sums(rule.window_days)]


def _silent(rule: AlertRule, of: StageDays) -> Values:
    sums = of.sums(rule.window_days)
    return [float(not one.reported) if one.expected else None for one in sums]


def _drop(rule: AlertRule, of: StageDays) -> Values:
    """How many points the reporting rate is below that of the window before; both are whole."""
    window, rates = rule.window_days, _reporting(rule, of)
    earlier: list[float | None] = [*[None] * window, *rates]
    return [
        None if now is None or before is None or place < 2 * window - 1 else before - now
        for place, (now, before) in enumerate(zip(rates, earlier, strict=False))
    ]


def _identical(_: AlertRule, of: StageDays) -> Values:
    """1 where all is in line, and mean and number are those of the day before."""
    tallies = [one.tally for one in of.figures]
    return [None, *map(_are_identical, tallies[1:], tallies)] if tallies else []


def _are_identical(one: Tally, other: Tally) -> float | None:
    if not one.judged or not other.judged:
        return None
    all_in_line = one.compliant == one.judged and other.compliant == other.judged
    same = (one.total, one.reported, one.bins) == (other.total, other.reported, other.bins)
    return float(all_in_line and same)


_VALUES: Mapping[Statistic, Callable[[AlertRule, StageDays], Values]] = {
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

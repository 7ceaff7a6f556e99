"""The days of a unit in one metric, and their sums over windows, made once for all rules."""

from collections.abc import Mapping, Sequence
from datetime import date

from msgspec import Struct

from wuguan.domain.rollup import Figure
from wuguan.domain.tally import Tally

_EMPTY = Tally()
_NOTHING = Figure(_EMPTY)


class DayFigures(Struct, frozen=True):
    """A day of a unit: figures of one metric by stage, and those that tell its coverage."""

    day: date
    of: Mapping[str, Figure]
    coverage: Mapping[str, Figure]
    """Of the metric itself, or of `<management>.reporting` (docs/metrics.md §4)."""


class MetricDays:
    """Days in order; what is asked of them is remembered for the next rule."""

    def __init__(self, days: Sequence[DayFigures]) -> None:
        self.days = days
        self._due: dict[tuple[str, ...], DueDays] = {}

    def due(self, stages: tuple[str, ...]) -> "DueDays":
        """The days on which something is expected of any of these stages; none: of any."""
        due = self._due.get(stages)
        if due is None:
            due = self._due[stages] = DueDays(self.days, stages)
        return due


class DueDays:
    """The school days among the days, and each stage of which something is expected."""

    def __init__(self, days: Sequence[DayFigures], stages: tuple[str, ...]) -> None:
        named = sorted({stage for one in days for stage in one.coverage})
        self.stages = [stage for stage in named if not stages or stage in stages]
        due = [one for one in days if _is_due(one, self.stages)]
        self.days = [one.day for one in due]
        self.of = {
            one: StageDays([day.of.get(one, _NOTHING) for day in due]) for one in self.stages
        }
        # Most metrics tell their own coverage: then it is summed once.
        apart = any(one.of is not one.coverage for one in due)
        self.coverage = (
            {
                one: StageDays([day.coverage.get(one, _NOTHING) for day in due])
                for one in self.stages
            }
            if apart
            else self.of
        )


class StageDays:
    """The figures of one stage, one a school day, and their sums over the windows that end there.

    A window is so many school days, fewer at the beginning.
    """

    def __init__(self, figures: Sequence[Figure]) -> None:
        self.figures = figures
        self._sums: dict[int, Sequence[Tally]] = {}
        self._rules: dict[int, Sequence[frozenset[str]]] = {}

    def sums(self, window: int) -> Sequence[Tally]:
        """The sums, without bins."""
        if window not in self._sums:
            self._sums[window] = self._summed(window)
        return self._sums[window]

    def rules(self, window: int) -> Sequence[frozenset[str]]:
        """The rules in force on any day of the window."""
        if window not in self._rules:
            rules = [one.rules for one in self.figures]
            self._rules[window] = [
                frozenset().union(*rules[max(0, end - window) : end])
                for end in range(1, len(rules) + 1)
            ]
        return self._rules[window]

    def bins(self, window: int) -> Sequence[tuple[int, ...]]:
        """The bins, summed."""
        bins = [one.tally.bins for one in self.figures]
        return [
            tuple(map(sum, zip(*filter(None, bins[max(0, end - window) : end]), strict=True)))
            for end in range(1, len(bins) + 1)
        ]

    def _summed(self, window: int) -> Sequence[Tally]:
        """Running sums, from which what leaves the window is taken away again."""
        tallies = [one.tally for one in self.figures]
        if window == 1:
            return tallies
        found = []
        expected = reported = judged = compliant = total = 0
        for one, gone in zip(tallies, [_EMPTY] * window + tallies, strict=False):
            expected += one.expected - gone.expected
            reported += one.reported - gone.reported
            judged += one.judged - gone.judged
            compliant += one.compliant - gone.compliant
            total += one.total - gone.total
            found.append(Tally(expected, reported, judged, compliant, total))
        return found


def _is_due(one: DayFigures, stages: Sequence[str]) -> bool:
    for stage in stages:
        figure = one.coverage.get(stage)
        if figure is not None and figure.tally.expected:
            return True
    return False

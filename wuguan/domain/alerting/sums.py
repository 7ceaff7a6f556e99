"""The days of a unit in one metric, and their sums over windows, made once for all rules."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from itertools import accumulate

from msgspec import Struct

from wuguan.domain.rollup import Figure
from wuguan.domain.tally import Tally

_NOTHING = Figure(Tally())


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

    def bins(self, window: int, place: int) -> tuple[int, ...]:
        """The bins, summed."""
        within = self.figures[max(0, place - window + 1) : place + 1]
        found = [one.tally.bins for one in within if one.tally.bins]
        return tuple(map(sum, zip(*found, strict=True)))

    def _summed(self, window: int) -> Sequence[Tally]:
        if window == 1:
            return [one.tally for one in self.figures]
        columns = [self._windows(window, of) for of in _FIELDS]
        return [Tally(*row) for row in zip(*columns, strict=True)]

    def _windows(self, window: int, of: Callable[[Tally], int]) -> Sequence[int]:
        """Running sums: what lies in a window is the difference of two."""
        running = list(accumulate((of(one.tally) for one in self.figures), initial=0))
        before = [0] * (window - 1) + running
        return [end - begin for end, begin in zip(running[1:], before, strict=False)]


_FIELDS: Sequence[Callable[[Tally], int]] = (
    lambda one: one.expected,
    lambda one: one.reported,
    lambda one: one.judged,
    lambda one: one.compliant,
    lambda one: one.total,
)


def _is_due(one: DayFigures, stages: Sequence[str]) -> bool:
    coverage = one.coverage
    return any(stage in coverage and coverage[stage].tally.expected for stage in stages)

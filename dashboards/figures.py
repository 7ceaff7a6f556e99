"""The figures of a board: sums of tallies by stage and metric, and what they say."""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from msgspec import Struct

from wuguan.domain.managements import METRICS
from wuguan.domain.rollup import Figure
from wuguan.domain.tally import Tally
from wuguan.ports import TallyRow

Key = tuple[str, str]
"""Stage and metric."""


class UnitFigures(Struct, frozen=True):
    """All figures of one unit in one span of days, by stage and metric."""

    by_stage: Mapping[Key, Figure] = MappingProxyType({})

    def of(self, metric: str, stages: Sequence[str]) -> Figure | None:
        """The sum over some stages; None where nothing is expected."""
        found = [f for s in stages if (f := self.by_stage.get((s, metric))) is not None]
        if not found:
            return None
        total = found[0]
        for figure in found[1:]:
            total = total.merge(figure)
        return total

    def stages(self) -> frozenset[str]:
        """The stages of which anything is expected."""
        return frozenset(stage for stage, _ in self.by_stage)


def by_unit(rows: Iterable[TallyRow]) -> dict[str, UnitFigures]:
    """Rows by stage, gathered by their unit. Each unit, stage and metric comes once."""
    gathered: dict[str, dict[Key, Figure]] = {}
    for row in rows:
        assert row.stage is not None, "rows are asked for by stage"
        gathered.setdefault(row.unit, {})[row.stage, row.metric] = row.figure
    return {unit: UnitFigures(figures) for unit, figures in gathered.items()}


def percent(part: int, whole: int) -> str:
    """A share in per cent with one digit, half up; 100 % only where all are."""
    tenths = (2000 * part + whole) // (2 * whole)
    if part < whole:
        tenths = min(tenths, 999)
    return f"{tenths // 10}.{tenths % 10}%"


def points(now: Tally, before: Tally) -> float | None:
    """The change of the compliance rate in percentage points; None where one was not judged."""
    if not now.judged or not before.judged:
        return None
    return 100 * (now.compliant / now.judged - before.compliant / before.judged)


def is_withheld(metric: str, tally: Tally) -> bool:
    """Whether the figure speaks of 1–4 pupils: nobody but their own school sees it."""
    return METRICS[metric].is_withheld(tally.expected, tally.reported)


def nearly(metric: str, tally: Tally, at_least: int) -> int | None:
    """How many values are at least so much; None where that is no edge between bins."""
    edges = METRICS[metric].edges
    if not tally.bins or at_least not in edges:
        return None
    return sum(tally.bins[edges.index(at_least) + 1 :])

"""Adding up: from classes to their school, and from children to the unit above them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from msgspec import Struct

from wuguan.domain.context import Context
from wuguan.domain.measuring import MetricTally
from wuguan.domain.tally import Tally


class Mark(NamedTuple):
    """A unit's figures of one management on one day: what is rolled up at once."""

    unit_id: str
    day: date
    management: str


class Cell(NamedTuple):
    """One row of a unit's figures of a day."""

    stage: str
    grade: int
    metric: str


class Figure(Struct, frozen=True):
    """A sum of tallies, and the ids of all rules in force for the class-days in it."""

    tally: Tally
    rules: frozenset[str] = frozenset()

    def merge(self, other: "Figure") -> "Figure":
        """The sum of both, and the rules of both."""
        return Figure(self.tally.merge(other.tally), self.rules | other.rules)


Figures = Mapping[Cell, Figure]


def add_up(figures: Iterable[tuple[Cell, Figure]]) -> dict[Cell, Figure]:
    """The sums by cell; a row whose expected is 0 does not exist."""
    sums: dict[Cell, Figure] = {}
    for cell, figure in figures:
        before = sums.get(cell)
        sums[cell] = figure if before is None else before.merge(figure)
    return {cell: figure for cell, figure in sums.items() if figure.tally.expected}


def school_figures(
    context: Context, mark: Mark, heard: Mapping[str, Sequence[MetricTally]]
) -> dict[Cell, Figure]:
    """A school's figures of a day: the classes heard of (by class id), and the silent ones."""
    return add_up(
        (Cell(known_stage, known_grade, one.metric), figure_of_class(one))
        for _, known_stage, known_grade, tallies in class_tallies(context, mark, heard)
        for one in tallies
    )


def class_tallies(
    context: Context, mark: Mark, heard: Mapping[str, Sequence[MetricTally]]
) -> Iterable[tuple[str, str, int, Sequence[MetricTally]]]:
    """Class id, stage, grade and tallies of every class the roster knows on the day."""
    for known in context.organisation.known_classes(mark.unit_id, mark.day):
        tallies = heard.get(known.class_id)
        if tallies is None:
            tallies = context.silent(mark.unit_id, known, mark.day, mark.management)
        yield known.class_id, known.stage, known.grade, tallies


def figure_of_class(one: MetricTally) -> Figure:
    """The figure of one class-day: its tally, and the rule in force for it."""
    return Figure(one.tally, frozenset((one.rule,)) if one.rule else frozenset())

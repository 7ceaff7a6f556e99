"""From stored figures to the rows that a query asks for."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import NamedTuple

from msgspec.structs import replace

from wuguan.adapters.memory.state import Period
from wuguan.domain.managements import management_of
from wuguan.domain.rollup import Cell, Figure, Figures, Mark
from wuguan.ports import PeriodQuery, TallyQuery, TallyRow


class _Group(NamedTuple):
    """What the figures of one row have in common."""

    day: date
    unit: str
    stage: str | None
    grade: int | None
    metric: str


def tally_rows(figures: Mapping[Mark, Figures], query: TallyQuery) -> list[TallyRow]:
    """All rows of a query, in order."""
    rows = _summed(_grouped(figures, query))
    return [row for row in rows if row.expected > row.reported] if query.incomplete else rows


def period_rows(periods: Mapping[Period, Figures], query: PeriodQuery) -> list[TallyRow]:
    """All rows of a query about periods, in order."""
    rows = _summed(_grouped_by_period(periods, query))
    return rows if query.bins else [replace(row, bins=()) for row in rows]


def in_order(row: TallyRow) -> tuple[date, str, str, int, str]:
    """The place of a row: nulls first, and no stage is empty, no grade below 1."""
    return (row.day, row.unit, row.stage or "", row.grade or 0, row.metric)


def _grouped(figures: Mapping[Mark, Figures], query: TallyQuery) -> Iterator[tuple[_Group, Figure]]:
    for mark, cell, figure in _asked(figures, query):
        stage = None if query.by == "total" else cell.stage
        grade = cell.grade if query.by == "grade" else None
        for day in _shown_on(mark, cell, query):
            yield _Group(day, mark.unit_id, stage, grade, cell.metric), figure


def _grouped_by_period(
    periods: Mapping[Period, Figures], query: PeriodQuery
) -> Iterator[tuple[_Group, Figure]]:
    places, metrics = frozenset(query.places), frozenset(query.metrics)
    for period, rows in periods.items():
        if period.grain == query.grain:
            for cell, figure in rows.items():
                place = (period.key.unit_id, cell.stage, period.first_day)
                if place in places and cell.metric in metrics:
                    stage = None if query.by == "total" else cell.stage
                    grade = cell.grade if query.by == "grade" else None
                    yield _Group(period.first_day, place[0], stage, grade, cell.metric), figure


def _summed(grouped: Iterable[tuple[_Group, Figure]]) -> list[TallyRow]:
    sums: dict[_Group, Figure] = {}
    for group, figure in grouped:
        before = sums.get(group)
        sums[group] = figure if before is None else before.merge(figure)
    return sorted((_row(group, figure) for group, figure in sums.items()), key=in_order)


def _asked(
    figures: Mapping[Mark, Figures], query: TallyQuery
) -> Iterator[tuple[Mark, Cell, Figure]]:
    units, metrics = frozenset(query.units), frozenset(query.metrics)
    managements = {management_of(metric) for metric in metrics}
    for mark, rows in figures.items():
        in_range = query.from_day <= mark.day <= query.to_day
        if in_range and mark.unit_id in units and mark.management in managements:
            for cell, figure in rows.items():
                if cell.metric in metrics:
                    yield mark, cell, figure


def _shown_on(mark: Mark, cell: Cell, query: TallyQuery) -> Iterable[date]:
    """The day itself, or the day that stands for the bucket it lies in, if any."""
    if not query.buckets:
        return (mark.day,)
    return (
        shown
        for unit, stage, from_day, to_day, shown in query.buckets
        if unit == mark.unit_id and stage in (None, cell.stage) and from_day <= mark.day <= to_day
    )


def _row(group: _Group, figure: Figure) -> TallyRow:
    return TallyRow.of(figure, group.day, group.unit, None, group.stage, group.grade, group.metric)

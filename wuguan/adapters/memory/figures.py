"""Reading figures in memory: a view is a shallow copy, so writers go on beside it."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import date

from wuguan.adapters.memory.figure_rows import in_order, period_rows, tally_rows
from wuguan.adapters.memory.state import MemoryState
from wuguan.domain.instants import china_day
from wuguan.domain.measuring import MetricTally
from wuguan.domain.rollup import Mark
from wuguan.ports import (
    EMBEDDED_LOG,
    Figured,
    FindingRow,
    PeriodQuery,
    Reading,
    Settled,
    SystemRow,
    TallyQuery,
    TallyRow,
)


class MemoryFigures(Figured):
    """Opens views of what is stored."""

    def __init__(self, state: MemoryState) -> None:
        self._state = state

    def reading(self) -> AbstractContextManager[Reading]:
        """A view of this moment: what is written later does not show in it."""
        return self._reading()

    @contextmanager
    def _reading(self) -> Iterator[Reading]:
        with self._state.lock:
            reading = MemoryReading(self._state)
        yield reading


class MemoryReading(Reading):
    """A copy of the figures, and of what is pending."""

    def __init__(self, state: MemoryState) -> None:
        self._as_of_us = state.clock()
        self._ledgers = dict(state.ledgers)
        self._figures = dict(state.figures)
        self._marks = tuple(state.marks)
        self._periods = dict(state.periods)
        self._period_marks = tuple(state.period_marks)
        self._systems = dict(state.systems)
        untaken = state.records[state.positions[EMBEDDED_LOG] - 1 :]
        self._schools_pending = {record.frame.school_id for record in untaken}
        self._schools_pending |= {span.school_id for span in state.spans.values()}

    def settled(self, schools: Collection[str], units: Collection[str]) -> Settled:
        """Whether no record, span or mark up to today waits for these schools and units."""
        today = china_day(self._as_of_us)
        marked = {mark.unit_id for mark in self._marks if mark.day <= today}
        pending = not self._schools_pending.isdisjoint(schools)
        pending = pending or not marked.isdisjoint({*schools, *units})
        unsummed = {
            mark.unit_id for mark in self._period_marks if mark.day is None or mark.day <= today
        }
        pending = pending or not unsummed.isdisjoint({*schools, *units})
        return Settled(self._as_of_us, not pending)

    def rows(self, query: TallyQuery, after: TallyRow | None, limit: int) -> Sequence[TallyRow]:
        """The next rows in order."""
        rows = tally_rows(self._figures, query)
        if after is not None:
            rows = [row for row in rows if in_order(row) > in_order(after)]
        return rows[:limit]

    def period_rows(self, query: PeriodQuery) -> Sequence[TallyRow]:
        """Sums over periods, in order."""
        return period_rows(self._periods, query)

    def class_tallies(
        self, school_id: str, managements: Collection[str], from_day: date, to_day: date
    ) -> Mapping[Mark, Mapping[str, Sequence[MetricTally]]]:
        """The tallies of the classes that have a ledger; a day without any is left out."""
        return {
            mark: {class_id: stored.measured.tallies for class_id, stored in classes.items()}
            for mark, classes in self._ledgers.items()
            if mark.unit_id == school_id
            and mark.management in managements
            and from_day <= mark.day <= to_day
        }

    def systems(self, school_id: str, from_day: date, to_day: date) -> Sequence[SystemRow]:
        """How many classes each system reported, in order of day, management, system."""
        return [
            SystemRow(mark.day, mark.management, system, classes)
            for mark, of_day in sorted(self._systems.items())
            if mark.unit_id == school_id and from_day <= mark.day <= to_day
            for system, classes in sorted(of_day.items())
        ]

    def findings(
        self, school_id: str, from_day: date, to_day: date, after: FindingRow | None, limit: int
    ) -> Sequence[FindingRow]:
        """The next findings in order."""
        rows = (row for row in self._findings_of(school_id) if from_day <= row.day <= to_day)
        following = [row for row in rows if after is None or _place(row) > _place(after)]
        return sorted(following, key=_place)[:limit]

    def _findings_of(self, school_id: str) -> Iterator[FindingRow]:
        for mark, classes in self._ledgers.items():
            if mark.unit_id == school_id:
                for class_id, stored in classes.items():
                    for kind in stored.measured.findings:
                        yield FindingRow(mark.day, class_id, mark.management, kind)


def _place(row: FindingRow) -> tuple[date, str, str, str]:
    return (row.day, row.class_id, row.management, row.kind)

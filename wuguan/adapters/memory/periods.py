"""Figures of units over periods in memory: marks are claimed, sums overwritten."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import date

from wuguan.adapters.memory.state import MemoryState, Period, StoredLedger
from wuguan.domain.measuring import MetricTally
from wuguan.domain.periods import PeriodKey, PeriodMark, PeriodSpan
from wuguan.domain.rollup import Figures, Mark, add_up
from wuguan.domain.systems import count_systems, kept_since
from wuguan.ports import Periods, PeriodWriting


class MemoryPeriods(Periods):
    """Marks and the sums made from them."""

    def __init__(self, state: MemoryState) -> None:
        self._state = state

    def mark(self, marks: Collection[PeriodMark]) -> None:
        """Asks for periods to be summed again."""
        with self._state.lock:
            self._state.add_period_marks(marks)

    def writing(self, limit: int, today: date) -> AbstractContextManager[PeriodWriting]:
        """Claims managements of units; those marked first come first."""
        return self._writing(limit, today)

    @contextmanager
    def _writing(self, limit: int, today: date) -> Iterator[PeriodWriting]:
        state = self._state
        with state.lock:
            marks = self._claim(limit, today)
            keys = {mark.key for mark in marks}
            state.periods_claimed |= keys
            try:
                writing = MemoryPeriodWriting(state, marks, today)
                yield writing
                writing.commit()
            finally:
                state.periods_claimed -= keys

    def _claim(self, limit: int, today: date) -> dict[PeriodMark, int]:
        marks = self._state.period_marks
        due = [mark.key for mark in marks if mark.day is None or mark.day <= today]
        free = [key for key in dict.fromkeys(due) if key not in self._state.periods_claimed]
        keys = set(free[:limit])
        return {mark: number for mark, number in marks.items() if mark.key in keys}


class MemoryPeriodWriting(PeriodWriting):
    """What one transaction writes, kept apart until it is committed."""

    def __init__(self, state: MemoryState, marks: Mapping[PeriodMark, int], today: date) -> None:
        self._state = state
        self._marks = marks
        self._today = today
        self._written: dict[Period, Figures] = {}
        self._systems: dict[Mark, Mapping[str, int]] = {}

    @property
    def context_version(self) -> int:
        """The version in force; the lock keeps it until this transaction ends."""
        return self._state.context.version

    @property
    def claimed(self) -> Mapping[PeriodKey, Collection[date] | None]:
        """The days that moved; None where all is to be summed."""
        days: dict[PeriodKey, set[date]] = {}
        for mark in self._marks:
            days.setdefault(mark.key, set()).update({mark.day} - {None})  # type: ignore[arg-type]  # None is taken out
        whole = {mark.key for mark in self._marks if mark.day is None}
        return {key: None if key in whole else of for key, of in days.items()}

    def days_with_figures(
        self, keys: Collection[PeriodKey]
    ) -> Mapping[PeriodKey, tuple[date, date]]:
        """The first and the last day with figures, up to today."""
        days = {key: sorted(self._days(key)) for key in keys}
        return {key: (of[0], of[-1]) for key, of in days.items() if of}

    def overwrite(self, spans: Mapping[PeriodKey, Sequence[PeriodSpan]]) -> None:
        """Makes the rows of these periods the sums of the unit's days up to today."""
        for key, days in self.claimed.items():
            if days is None:
                self._forget(key)
        for key, of_key in spans.items():
            for span in of_key:
                self._clear(Period(key, span.grain, span.first_day), span)
            for span in of_key:
                self._add(Period(key, span.grain, span.first_day), span)

    def count_systems(self, days: Mapping[PeriodKey, Collection[date]]) -> None:
        """Makes the counts of systems on these days those of the schools' ledgers."""
        ledgers, counted = self._state.ledgers, self._state.systems
        first = kept_since(self._today)
        for mark in counted:
            if mark.day < first and (mark.unit_id, mark.management) in days:
                self._systems[mark] = {}
        for key, of_key in days.items():
            for day in of_key:
                mark = Mark(key.unit_id, day, key.management)
                class_days = map(_class_day, ledgers.get(mark, {}).values())
                self._systems[mark] = count_systems(key.management, class_days)

    def commit(self) -> None:
        """Puts everything written into the store. Cannot fail half-way."""
        state = self._state
        state.mark_moved(
            day for day, of in self._systems.items() if of != state.systems.get(day, {})
        )
        for day, systems in self._systems.items():
            if systems:
                state.systems[day] = systems
            else:
                state.systems.pop(day, None)
        for period, rows in self._written.items():
            if rows:
                state.periods[period] = rows
            else:
                state.periods.pop(period, None)
        for mark, number in self._marks.items():
            # Marked again meanwhile: a day moved that was not read.
            if state.period_marks[mark] == number:
                del state.period_marks[mark]
        state.add_period_marks(self._to_come())

    def _to_come(self) -> list[PeriodMark]:
        """Marks of the days that were left out: another's clock may be further."""
        keys = {mark.key for mark in self._marks}
        return [
            PeriodMark(mark.unit_id, mark.management, mark.day)
            for mark in self._state.figures
            if (mark.unit_id, mark.management) in keys and mark.day > self._today
        ]

    def _forget(self, key: PeriodKey) -> None:
        for period in self._state.periods:
            if period.key == key:
                self._written[period] = {}

    def _clear(self, period: Period, span: PeriodSpan) -> None:
        """Takes away the rows that the span speaks of."""
        rows = self._written.get(period, self._state.periods.get(period, {}))
        self._written[period] = {
            cell: figure for cell, figure in rows.items() if span.stage not in (None, cell.stage)
        }

    def _add(self, period: Period, span: PeriodSpan) -> None:
        """Adds the days of a span: a period may have several."""
        self._written[period] = add_up(
            [
                *self._written[period].items(),
                *(
                    row
                    for day, rows in self._days(period.key).items()
                    if span.since <= day <= span.until
                    for row in rows.items()
                    if span.stage in (None, row[0].stage)
                ),
            ]
        )

    def _days(self, key: PeriodKey) -> Mapping[date, Figures]:
        return {
            mark.day: rows
            for mark, rows in self._state.figures.items()
            if (mark.unit_id, mark.management) == key and mark.day <= self._today
        }


def _class_day(stored: StoredLedger) -> tuple[Sequence[MetricTally], set[str]]:
    """The tallies of a ledger, and the systems that its facts came from."""
    systems = {one.source.rpartition("/")[2] for one in stored.ledger.values()}
    return stored.measured.tallies, systems

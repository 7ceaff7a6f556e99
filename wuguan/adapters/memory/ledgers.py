"""Ledgers in memory, and the spans of them that are to be measured again."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import date

from msgspec.structs import replace

from wuguan.adapters.memory.state import MemoryState, StoredLedger
from wuguan.domain.known_class import day_after
from wuguan.domain.ledger import Ledger, LedgerKey
from wuguan.domain.measure import Measured
from wuguan.domain.rollup import Mark
from wuguan.ports import (
    Ledgers,
    LedgerWriting,
    Place,
    RejectedRow,
    Remeasuring,
    SpanToMeasure,
)


class MemoryLedgers(Ledgers):
    """One writer at a time, whatever schools it locks: the whole store is its own."""

    def __init__(self, state: MemoryState) -> None:
        self._state = state

    def writing(
        self, school_ids: Collection[str], *, places: Collection[Place] = ()
    ) -> AbstractContextManager[LedgerWriting]:
        """Locks the store. What is written is kept when left plainly, forgotten on an error."""
        return self._writing(frozenset(school_ids), places)

    def known(self, keys: Collection[LedgerKey]) -> Mapping[LedgerKey, Ledger]:
        """The ledgers as they stand now: here nothing is nearer than the store itself."""
        with self._state.lock:
            return MemoryLedgerWriting(self._state, frozenset(), ()).load(keys)

    def positions(self, places: Collection[Place]) -> Mapping[Place, int]:
        """The next offset to take in each place."""
        with self._state.lock:
            return {place: self._state.positions.get(place, 0) for place in places}

    def begin_again(self, places: Collection[Place]) -> None:
        """Puts these places back to their beginning."""
        with self._state.lock:
            self._state.positions.update(dict.fromkeys(places, 0))
            self._state.begun_again |= set(places)

    def begun_again(self, places: Collection[Place]) -> Collection[Place]:
        """Those of the places that were ever put back."""
        with self._state.lock:
            return self._state.begun_again & set(places)

    def schools(self) -> Collection[str]:
        """The schools that have ledgers."""
        with self._state.lock:
            return {mark.unit_id for mark in self._state.ledgers}

    @contextmanager
    def _writing(
        self, school_ids: frozenset[str], places: Collection[Place]
    ) -> Iterator[LedgerWriting]:
        with self._state.lock:
            writing = MemoryLedgerWriting(self._state, school_ids, places)
            yield writing
            writing.commit()


class MemoryLedgerWriting(LedgerWriting):
    """What one transaction writes, kept apart until it is committed."""

    def __init__(
        self, state: MemoryState, school_ids: frozenset[str], places: Collection[Place]
    ) -> None:
        self._state = state
        self._school_ids = school_ids
        self._positions = {place: state.positions.get(place, 0) for place in places}
        self._rejects: list[RejectedRow] = []
        self._removed: set[LedgerKey] = set()
        self._written: dict[LedgerKey, StoredLedger] = {}
        self._marks: list[Mark] = []
        self._spans: dict[int, SpanToMeasure | None] = {}

    @property
    def context_version(self) -> int:
        """The version in force; the lock keeps it until this transaction ends."""
        return self._state.context.version

    @property
    def positions(self) -> Mapping[Place, int]:
        """The next offset to take in each place."""
        return self._positions

    def load(self, keys: Collection[LedgerKey]) -> Mapping[LedgerKey, Ledger]:
        """The ledgers as they stand now; those without a row are left out."""
        found = ((key, self._stored(key)) for key in keys)
        return {key: stored.ledger for key, stored in found if stored is not None}

    def keys_of(self, school_id: str, from_day: date, to_day: date) -> Sequence[LedgerKey]:
        """The ledgers that a school has on these days, in key order."""
        stored = {
            LedgerKey(school_id, mark.management, class_id, mark.day)
            for mark, classes in self._state.ledgers.items()
            if mark.unit_id == school_id
            for class_id in classes
        }
        mine = (key for key in self._written if key.school_id == school_id)
        found = {*stored - self._removed, *mine}
        return sorted(key for key in found if from_day <= key.day <= to_day)

    def put(self, measured: Mapping[LedgerKey, tuple[Ledger, Measured]]) -> Collection[Mark]:
        """Overwrites the rows that differ. The marks of new ones and of moved tallies."""
        moved: set[Mark] = set()
        for key, row in sorted(measured.items(), key=lambda item: item[0]):
            self._refuse_unlocked(key.school_id)
            before, after = self._stored(key), StoredLedger(*row)
            if after != before:
                self._written[key] = after
            if before is None or not _same_tallies(before.measured, after.measured):
                moved.add(_mark_of(key))
        return moved

    def remove(self, keys: Collection[LedgerKey]) -> Collection[Mark]:
        """Forgets ledgers when this is committed."""
        for key in keys:
            self._refuse_unlocked(key.school_id)
            self._written.pop(key, None)
        self._removed |= set(keys)
        return {_mark_of(key) for key in keys}

    def mark(self, marks: Collection[Mark]) -> None:
        """Asks for these units' figures to be rolled up."""
        self._marks += marks

    def move_to(self, next_offsets: Mapping[Place, int]) -> None:
        """Everything before these offsets is taken."""
        if not next_offsets.keys() <= self._positions.keys():
            raise ValueError("only a place that was locked by this writing may be moved in")
        for place, offset in next_offsets.items():
            self._positions[place] = max(offset, self._positions[place])

    def reject(self, rows: Sequence[RejectedRow]) -> None:
        """Keeps what could not be used."""
        self._rejects += rows

    def move_span(self, span: SpanToMeasure, measured_until: date) -> None:
        """The span begins after this day, or is done."""
        if measured_until >= span.to_day:
            self._spans[span.span_id] = None
        else:
            self._spans[span.span_id] = replace(span, from_day=day_after(measured_until))

    def commit(self) -> None:
        """Puts everything written into the store. Cannot fail half-way."""
        state = self._state
        for key, row in self._written.items():
            mark = _mark_of(key)
            state.ledgers[mark] = {**state.ledgers.get(mark, {}), key.class_id: row}
        for key in self._removed - self._written.keys():
            mark = _mark_of(key)
            others = state.ledgers.pop(mark, {}).items()
            left = {one: row for one, row in others if one != key.class_id}
            if left:
                state.ledgers[mark] = left
        state.add_marks(self._marks)
        state.positions.update(self._positions)
        state.add_rejects(self._rejects)
        for span_id, span in self._spans.items():
            if span is None:
                state.spans.pop(span_id, None)
            elif span_id in state.spans:
                state.spans[span_id] = span

    def _stored(self, key: LedgerKey) -> StoredLedger | None:
        written = self._written.get(key)
        if written is not None or key in self._removed:
            return written
        return self._state.ledgers.get(_mark_of(key), {}).get(key.class_id)

    def _refuse_unlocked(self, school_id: str) -> None:
        if school_id not in self._school_ids:
            raise ValueError(f"school {school_id} was not locked by this writing")


class MemoryRemeasuring(Remeasuring):
    """Spans to be measured again, oldest first."""

    def __init__(self, state: MemoryState) -> None:
        self._state = state

    def next_span(self) -> SpanToMeasure | None:
        """The oldest span, if any."""
        with self._state.lock:
            return next(iter(self._state.spans.values()), None)

    def done_until(self, writing: LedgerWriting, span: SpanToMeasure, day: date) -> None:
        """Moves or ends the span when `writing` is committed."""
        if not isinstance(writing, MemoryLedgerWriting):
            raise TypeError("the writing belongs to another store")
        writing.move_span(span, day)

    def days_with_figures(self, school_id: str, from_day: date, to_day: date) -> Collection[date]:
        """The days on which the school has ledgers or rolled-up figures."""
        with self._state.lock:
            marks = [*self._state.ledgers, *self._state.figures]
        days = {mark.day for mark in marks if mark.unit_id == school_id}
        return {day for day in days if from_day <= day <= to_day}


def _mark_of(key: LedgerKey) -> Mark:
    return Mark(key.school_id, key.day, key.management)


def _same_tallies(one: Measured, other: Measured) -> bool:
    # A sequence may be a list or a tuple: only what is in it counts.
    return tuple(one.tallies) == tuple(other.tallies)

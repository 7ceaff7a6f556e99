"""Roll-up in memory: marks are claimed, figures overwritten."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager

from wuguan.adapters.memory.state import SCHOOL_HEIGHT, MemoryState, Stamp
from wuguan.domain.measuring import MetricTally
from wuguan.domain.periods import PeriodMark
from wuguan.domain.rollup import Figures, Mark, add_up
from wuguan.ports import Rollups, RollupWriting


class MemoryRollups(Rollups):
    """Marks and the figures made from them."""

    def __init__(self, state: MemoryState) -> None:
        self._state = state

    def writing(self, limit: int, school_level: bool) -> AbstractContextManager[RollupWriting]:
        """Claims marks of schools, or of the lowest units above them; the newest days first."""
        return self._writing(limit, school_level)

    @contextmanager
    def _writing(self, limit: int, school_level: bool) -> Iterator[RollupWriting]:
        with self._state.lock:
            claimed = self._claim(limit, school_level)
            self._state.claimed |= claimed.keys()
            try:
                writing = MemoryRollupWriting(self._state, claimed)
                yield writing
                writing.commit()
            finally:
                self._state.claimed -= claimed.keys()

    def _claim(self, limit: int, school_level: bool) -> dict[Mark, Stamp]:
        heights = {s.height for s in self._state.marks.values()}
        above = [height for height in heights if height != SCHOOL_HEIGHT]
        wanted = SCHOOL_HEIGHT if school_level else min(above, default=SCHOOL_HEIGHT + 1)
        free = [
            (mark, stamp)
            for mark, stamp in self._state.marks.items()
            if stamp.height == wanted and mark not in self._state.claimed
        ]
        return dict(sorted(free, key=_newest_day_first)[:limit])


class MemoryRollupWriting(RollupWriting):
    """What one roll-up writes, kept apart until it is committed."""

    def __init__(self, state: MemoryState, claimed: Mapping[Mark, Stamp]) -> None:
        self._state = state
        self._claimed = claimed
        self._figures: dict[Mark, Figures] = {}
        self._marks: list[Mark] = []

    @property
    def context_version(self) -> int:
        """The version in force; the lock keeps it until this transaction ends."""
        return self._state.context.version

    @property
    def claimed(self) -> Sequence[Mark]:
        """The marks that are this transaction's alone, newest days first."""
        return tuple(self._claimed)

    def heard(self, marks: Collection[Mark]) -> Mapping[Mark, Mapping[str, Sequence[MetricTally]]]:
        """The tallies of the classes that have a ledger, for every mark asked about."""
        ledgers = self._state.ledgers
        return {
            mark: {
                class_id: stored.measured.tallies
                for class_id, stored in ledgers.get(mark, {}).items()
            }
            for mark in marks
        }

    def sums(self, children: Mapping[Mark, Collection[str]]) -> Mapping[Mark, Figures]:
        """The sums over the figures of the children, for every mark asked about."""
        return {
            mark: add_up(
                row
                for unit_id in unit_ids
                for row in self._figures_of(mark._replace(unit_id=unit_id)).items()
            )
            for mark, unit_ids in children.items()
        }

    def overwrite(self, figures: Mapping[Mark, Figures]) -> Collection[Mark]:
        """Makes the units' rows equal to these figures. The marks whose rows moved."""
        moved = {mark for mark, rows in figures.items() if rows != self._figures_of(mark)}
        self._figures.update({mark: dict(figures[mark]) for mark in moved})
        return moved

    def mark(self, marks: Collection[Mark]) -> None:
        """Asks for these units' figures to be rolled up."""
        self._marks += marks

    def commit(self) -> None:
        """Puts everything written into the store. Cannot fail half-way."""
        state = self._state
        for mark, rows in self._figures.items():
            if rows:
                state.figures[mark] = rows
            else:
                state.figures.pop(mark, None)
        for mark, stamp in self._claimed.items():
            # Marked again meanwhile: somebody wrote what this roll-up has not read.
            if state.marks[mark] == stamp:
                del state.marks[mark]
        state.add_marks(self._marks)
        state.add_period_marks(
            [PeriodMark(mark.unit_id, mark.management, mark.day) for mark in self._figures]
        )
        state.mark_moved(self._figures)

    def _figures_of(self, mark: Mark) -> Figures:
        if mark in self._figures:
            return self._figures[mark]
        return self._state.figures.get(mark, {})


def _newest_day_first(claim: tuple[Mark, Stamp]) -> tuple[int, Mark]:
    # What people look at is today; the past can wait.
    return (-claim[0].day.toordinal(), claim[0])

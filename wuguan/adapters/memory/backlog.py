"""What waits in memory."""

from collections.abc import Collection
from datetime import date

from wuguan.adapters.memory.state import MemoryState
from wuguan.domain.periods import PeriodMark
from wuguan.domain.rollup import Mark
from wuguan.ports import EMBEDDED_LOG, AlertMark, Backlogs, FigureBacklog, Waiting


class MemoryBacklogs(Backlogs):
    """Counts what stands in the state."""

    def __init__(self, state: MemoryState) -> None:
        self._state = state

    def of_log(self) -> Waiting:
        """Frames that nobody has folded yet."""
        state = self._state
        with state.lock:
            untaken = state.records[state.positions[EMBEDDED_LOG] - 1 :]
            since = untaken[0].frame.received_us if untaken else state.clock()
            return Waiting(len(untaken), since)

    def of_figures(self, today: date) -> FigureBacklog:
        """What is to be measured again, added up and summed."""
        state = self._state
        with state.lock:
            due = [mark for mark in state.period_marks if mark.day is None or mark.day <= today]
            return FigureBacklog(len(state.spans), self._of(state.marks), self._of(due))

    def of_alerts(self) -> Waiting:
        """Marks of units whose alerts are to be evaluated."""
        with self._state.lock:
            return self._of(self._state.alert_marks)

    def stored_bytes(self) -> int:
        """Nothing is on disk."""
        return 0

    def _of(self, marks: Collection[Mark | PeriodMark | AlertMark]) -> Waiting:
        since = min((self._state.marked_us[mark] for mark in marks), default=self._state.clock())
        return Waiting(len(marks), since)

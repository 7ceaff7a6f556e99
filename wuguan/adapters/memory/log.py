"""The event log in memory."""

from collections.abc import Sequence

from wuguan.adapters.memory.state import MemoryState
from wuguan.ports import EventLog, Frame, LogRecord


class MemoryEventLog(EventLog):
    """Frames in a list; a frame's position is its place, from 1."""

    def __init__(self, state: MemoryState) -> None:
        self._state = state

    def append(self, frames: Sequence[Frame]) -> None:
        """Adds all frames or none."""
        with self._state.lock:
            first = len(self._state.records) + 1
            # The list is whole before anything is added: reading `frames` may fail half-way.
            self._state.records += [
                LogRecord(position, frame) for position, frame in enumerate(frames, first)
            ]

    def end(self) -> int:
        """The position after the last record."""
        with self._state.lock:
            return len(self._state.records) + 1

    def read(self, after: int, limit: int) -> Sequence[LogRecord]:
        """The next records after a position, oldest first."""
        with self._state.lock:
            return self._state.records[after : after + limit]

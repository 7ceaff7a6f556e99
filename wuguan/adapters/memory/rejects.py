"""Refused events in memory."""

from collections.abc import Sequence
from datetime import date

from wuguan.adapters.memory.state import MemoryState
from wuguan.domain.instants import china_day
from wuguan.ports import RejectedRow, Rejects


class MemoryRejects(Rejects):
    """Rows in a list; a row's id is its place, from 1."""

    def __init__(self, state: MemoryState) -> None:
        self._state = state

    def add(self, rows: Sequence[RejectedRow]) -> None:
        """Keeps rows, each with the next id."""
        with self._state.lock:
            self._state.add_rejects(rows)

    def list(
        self, school_id: str, from_day: date, to_day: date, after: int | None, limit: int
    ) -> Sequence[RejectedRow]:
        """The school's rows received on these days, newest first, below the id `after`."""
        with self._state.lock:
            newest_first = self._state.rejects[::-1]
        found = [
            row
            for row in newest_first
            if row.school_id == school_id
            and (after is None or row.reject_id < after)
            and from_day <= china_day(row.received_us) <= to_day
        ]
        return found[:limit]

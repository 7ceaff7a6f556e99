"""Replies of schools in memory."""

from collections.abc import Collection, Sequence
from datetime import date

from wuguan.adapters.memory.state import MemoryState
from wuguan.domain.reply import FindingKey, Reply
from wuguan.ports import Replies


class MemoryReplies(Replies):
    """Replies by what they answer."""

    def __init__(self, state: MemoryState) -> None:
        self._lock = state.lock
        self._by_finding: dict[FindingKey, Reply] = {}

    def put(self, reply: Reply) -> None:
        """Takes the place of the reply to the same finding; an empty text takes it back."""
        with self._lock:
            if reply.text:
                self._by_finding[reply.finding] = reply
            else:
                self._by_finding.pop(reply.finding, None)

    def list(
        self,
        schools: Collection[str],
        from_day: date,
        to_day: date,
        after: FindingKey | None,
        limit: int,
    ) -> Sequence[Reply]:
        """The next replies in order."""
        with self._lock:
            replies = sorted(self._by_finding.values(), key=lambda reply: reply.finding)
        found = [
            reply
            for reply in replies
            if reply.finding.school_id in schools
            and from_day <= reply.finding.day <= to_day
            and (after is None or reply.finding > after)
        ]
        return found[:limit]

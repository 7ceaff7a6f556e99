"""Keeping what was refused, for its sender to read; an answer neither waits long nor fails."""

import asyncio
import time
from collections.abc import Sequence

import structlog
from anyio import to_thread

from wuguan.domain.validation import Rejection
from wuguan.metric_names import Telemetry
from wuguan.ports import RejectedRow, Rejects
from wuguan.refused import row_of

WAIT_SECONDS = 0.25
MOST_UNDER_WAY = 200
AWAY_SECONDS = 3.0

_log = structlog.get_logger("api")


class RejectKeeper:
    """Writes rejects beside the requests that caused them."""

    def __init__(self, rejects: Rejects, telemetry: Telemetry) -> None:
        self._rejects = rejects
        self._telemetry = telemetry
        self._away_until = 0.0
        self._under_way: set[asyncio.Task[None]] = set()

    async def keep(self, school_id: str, rejected: Sequence[Rejection], received_us: int) -> None:
        """Starts the write and waits a moment for it. What fails is counted and logged."""
        rows = [row_of(one, school_id, received_us) for one in rejected]
        if time.monotonic() < self._away_until:
            self._lost(len(rows), "the store is away")
            return
        if len(self._under_way) >= MOST_UNDER_WAY:
            self._lost(len(rows), "too many writes under way")
            return
        task = asyncio.create_task(self._write(rows))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        await asyncio.wait([task], timeout=WAIT_SECONDS)

    async def drain(self) -> None:
        """Returns when all that was begun has ended."""
        if self._under_way:
            await asyncio.wait(self._under_way)

    async def _write(self, rows: Sequence[RejectedRow]) -> None:
        try:
            await to_thread.run_sync(self._rejects.add, rows)
        # The events were answered; nothing that happens here may change that.
        except Exception as error:
            # Each try holds a thread for seconds, which others need for better things.
            self._away_until = time.monotonic() + AWAY_SECONDS
            self._lost(len(rows), type(error).__name__)

    def _lost(self, count: int, reason: str) -> None:
        self._telemetry.count("wuguan_rejects_lost_total", count)
        _log.warning("rejects_not_kept", count=count, reason=reason)

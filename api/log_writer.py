"""Group commit: requests that arrive while the log is being written go into its next write.

One thread takes all that wait and appends it at once. The more requests wait, the larger the
group; on an idle machine a request waits for nobody.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from threading import Condition, Thread
from typing import NamedTuple

from anyio import to_thread

from wuguan.domain.errors import TemporarilyUnavailable
from wuguan.metric_names import Telemetry
from wuguan.ports import EventLog, Frame, FrameWriter

MOST_WAITING_REQUESTS = 2_000
MOST_WAITING_BYTES = 64 * 1024 * 1024
MOST_BYTES_AT_ONCE = 16 * 1024 * 1024


class _Waiting(NamedTuple):
    frames: Sequence[Frame]
    size: int
    loop: asyncio.AbstractEventLoop
    done: "asyncio.Future[None]"


class LogWriter(FrameWriter):
    """FrameWriter on a log that is a table. Its thread begins with the first request."""

    def __init__(self, log: EventLog, telemetry: Telemetry, seconds: Callable[[], float]) -> None:
        self._log = log
        self._telemetry = telemetry
        self._seconds = seconds
        self._waiting: deque[_Waiting] = deque()
        self._waiting_bytes = 0
        self._changed = Condition()
        self._thread: Thread | None = None
        self._stopping = False

    async def append(self, frames: Sequence[Frame]) -> None:
        """Returns when the frames are durable; TemporarilyUnavailable when that is not known."""
        loop = asyncio.get_running_loop()
        size = sum(len(frame.body) for frame in frames)
        one = _Waiting(frames, size, loop, loop.create_future())
        with self._changed:
            self._refuse_if_full(size)
            self._waiting.append(one)
            self._waiting_bytes += size
            if self._thread is None:
                self._thread = Thread(target=self._work, name="log-writer", daemon=True)
                self._thread.start()
            self._changed.notify()
        await one.done

    async def open(self) -> None:
        """Takes frames again after a stop."""
        with self._changed:
            self._stopping, self._thread = False, None

    async def close(self) -> None:
        """Takes nothing more, writes all that waits, and ends the thread."""
        await to_thread.run_sync(self._stop)

    def _stop(self) -> None:
        with self._changed:
            self._stopping = True
            self._changed.notify()
            thread = self._thread
        if thread is not None:
            thread.join()

    def _refuse_if_full(self, size: int) -> None:
        if self._stopping:
            raise TemporarilyUnavailable("the server is stopping")
        full = len(self._waiting) >= MOST_WAITING_REQUESTS
        if full or self._waiting_bytes + size > MOST_WAITING_BYTES:
            raise TemporarilyUnavailable("too many requests wait for the log")

    def _work(self) -> None:
        while group := self._next_group():
            error = self._write(group)
            for loop, members in _by_loop(group).items():
                loop.call_soon_threadsafe(_resolve, members, error)

    def _next_group(self) -> list[_Waiting]:
        """All that waits, up to a size; empty when it is time to end."""
        with self._changed:
            while not self._waiting and not self._stopping:
                self._changed.wait()
            group: list[_Waiting] = []
            size = 0
            while self._waiting and (not group or size < MOST_BYTES_AT_ONCE):
                group.append(self._waiting.popleft())
                size += group[-1].size
            self._waiting_bytes -= size
            self._telemetry.set("wuguan_log_waiting_requests", len(self._waiting))
            return group

    def _write(self, group: Sequence[_Waiting]) -> Exception | None:
        begun = self._seconds()
        try:
            self._log.append([frame for one in group for frame in one.frames])
        # Whatever it is, all who wait must hear of it, and the thread goes on.
        except Exception as error:
            return error
        self._telemetry.observe("wuguan_log_group_requests", len(group))
        self._telemetry.observe("wuguan_log_append_seconds", self._seconds() - begun)
        return None


def _by_loop(
    group: Sequence[_Waiting],
) -> dict[asyncio.AbstractEventLoop, list["asyncio.Future[None]"]]:
    members: dict[asyncio.AbstractEventLoop, list[asyncio.Future[None]]] = {}
    for one in group:
        # A loop that has ended has nobody left to tell.
        if not one.loop.is_closed():
            members.setdefault(one.loop, []).append(one.done)
    return members


def _resolve(members: Sequence["asyncio.Future[None]"], error: Exception | None) -> None:
    for done in members:
        if done.done():
            continue
        if error is None:
            done.set_result(None)
        else:
            done.set_exception(error)

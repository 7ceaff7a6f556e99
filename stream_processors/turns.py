"""A turn taken again and again in a thread, through every absence of the database."""

import threading
from collections.abc import Callable

import structlog

from wuguan.domain.errors import TemporarilyUnavailable
from wuguan.metric_names import Telemetry

_log = structlog.get_logger(__name__)
_LONGEST_WAIT_SECONDS = 5.0


class Turning:
    """Takes turns until it is stopped; rests when a turn found nothing to do, unless woken."""

    def __init__(
        self, part: str, turn: Callable[[], bool], idle_seconds: float, telemetry: Telemetry
    ) -> None:
        self._part = part
        self._turn = turn
        self._idle_seconds = idle_seconds
        self._telemetry = telemetry
        self._failing = False
        self._stopping = threading.Event()
        self._awake = threading.Event()
        self._thread = threading.Thread(target=self._run, name=part, daemon=True)

    def start(self) -> None:
        """Begins to take turns."""
        self._thread.start()

    def wake(self) -> None:
        """There is something to do: do not rest."""
        self._awake.set()

    def end(self) -> None:
        """Takes no further turn; the one under way goes on."""
        self._stopping.set()
        self._awake.set()

    def join(self) -> None:
        """Returns when the last turn is over."""
        self._thread.join()

    @property
    def stopping(self) -> threading.Event:
        """Set when no further turn is wanted: a long turn looks at it."""
        return self._stopping

    @property
    def healthy(self) -> bool:
        """Whether the thread lives and its last turn succeeded."""
        return not self._failing and self._thread.is_alive()

    def _run(self) -> None:
        failures = 0
        while not self._stopping.is_set():
            self._awake.clear()
            try:
                busy = self._turn()
            except Exception as error:
                failures += 1
                self._failed(error, failures)
                # Doubling, so that a database that recovers is not met by a storm.
                self._stopping.wait(min(0.1 * 2**failures, _LONGEST_WAIT_SECONDS))
                continue
            failures = 0
            if self._failing:
                self._failing = False
                self._telemetry.set("wuguan_runtime_healthy", 1)
            if not busy:
                self._awake.wait(self._idle_seconds)

    def _failed(self, error: Exception, failures: int) -> None:
        self._telemetry.count("wuguan_runtime_retries_total", part=self._part)
        self._failing = True
        self._telemetry.set("wuguan_runtime_healthy", 0)
        # The database's absence is an everyday matter; anything else is a fault of ours. Both are
        # tried again: nothing was committed, and stopping would help nobody.
        if isinstance(error, TemporarilyUnavailable):
            _log.warning("runtime_waits", part=self._part, failures=failures, reason=str(error))
        else:
            _log.exception("runtime_failed", part=self._part, failures=failures)

"""The embedded runtime: the whole topology in one process, on the table of the event log.

Two threads: one folds, one opens days, measures again and rolls up. Neither holds anything that
would be missed: killed at any point, they go on where the last transaction ended.
"""

import threading
import time
from collections.abc import Callable
from datetime import date

import structlog

from stream_processors.contexts import Contexts
from stream_processors.folding import Folding
from stream_processors.measuring_again import MeasuringAgain
from stream_processors.rolling_up import RollingUp
from wuguan.domain.errors import TemporarilyUnavailable
from wuguan.domain.instants import china_day
from wuguan.metric_names import Telemetry
from wuguan.ports import Store
from wuguan.settings import Settings

_log = structlog.get_logger(__name__)
_IDLE_SECONDS = 1.0
_LONGEST_WAIT_SECONDS = 5.0
_LONGEST_PAUSE_SECONDS = 0.5
_MEASURING_SECONDS = 0.5
# So many in one turn are no longer what came in lately, but a backlog to be worked off.
_BACKLOG_MARKS = 200


class EmbeddedRuntime:
    """Folds and rolls up until it is stopped; waits out a database that does not answer."""

    def __init__(
        self,
        store: Store,
        *,
        clock: Callable[[], int],
        settings: Settings,
        telemetry: Telemetry,
    ) -> None:
        self._store = store
        self._clock = clock
        self._telemetry = telemetry
        self._pause_seconds = settings.rollup_interval_seconds
        self._folding = Folding(
            store.log, store.ledgers, Contexts(store.roster), settings.fold_batch_frames
        )
        contexts = Contexts(store.roster)
        self._rolling_up = RollingUp(store.rollups, contexts)
        self._measuring_again = MeasuringAgain(store.remeasuring, store.ledgers, contexts)
        self._opened_day: date | None = None
        self._stopping = threading.Event()
        self._new_records = threading.Event()
        self._new_marks = threading.Event()
        self._failing: set[str] = set()
        self._threads = [
            threading.Thread(target=self._run, args=(part, turn, wake), name=part, daemon=True)
            for part, turn, wake in (
                ("fold", self._fold, self._new_records),
                ("rollup", self._roll_up, self._new_marks),
            )
        ]

    def start(self) -> None:
        """Begins to work."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Ends after the transactions in work. What is not done yet is done at the next start."""
        self._stopping.set()
        self._new_records.set()
        self._new_marks.set()
        for thread in self._threads:
            thread.join()

    def wake(self) -> None:
        """There are new records, or a new context: do not wait for the next look."""
        self._new_records.set()
        self._new_marks.set()

    @property
    def healthy(self) -> bool:
        """Whether both threads live and their last turns succeeded."""
        return not self._failing and all(thread.is_alive() for thread in self._threads)

    def _run(self, part: str, turn: Callable[[], bool], wake: threading.Event) -> None:
        failures = 0
        while not self._stopping.is_set():
            wake.clear()
            try:
                busy = turn()
            except Exception as error:
                failures += 1
                self._failed(part, error, failures)
                # Doubling, so that a database that recovers is not met by a storm.
                self._stopping.wait(min(0.1 * 2**failures, _LONGEST_WAIT_SECONDS))
                continue
            failures = 0
            self._failing.discard(part)
            self._telemetry.set("wuguan_runtime_healthy", int(self.healthy))
            if not busy:
                wake.wait(_IDLE_SECONDS)

    def _failed(self, part: str, error: Exception, failures: int) -> None:
        self._telemetry.count("wuguan_runtime_retries_total", part=part)
        self._failing.add(part)
        self._telemetry.set("wuguan_runtime_healthy", 0)
        # The database's absence is an everyday matter; anything else is a fault of ours. Both are
        # tried again: nothing was committed, and stopping would help nobody.
        if isinstance(error, TemporarilyUnavailable):
            _log.warning("runtime_waits", part=part, failures=failures, reason=str(error))
        else:
            _log.exception("runtime_failed", part=part, failures=failures)

    def _fold(self) -> bool:
        begun = time.monotonic()
        frames = self._folding.turn()
        if not frames:
            return False
        self._telemetry.observe("wuguan_fold_seconds", time.monotonic() - begun)
        self._telemetry.count("wuguan_frames_folded_total", frames)
        self._new_marks.set()
        return True

    def _roll_up(self) -> bool:
        begun = time.monotonic()
        self._open_day()
        remeasured = self._measure_again(begun + _MEASURING_SECONDS)
        rolled_up = schools = self._add_up(schools=True)
        # Level by level; each turn takes the lowest level that has marks.
        while not self._stopping.is_set() and (above := self._add_up(schools=False)):
            rolled_up += above
        if rolled_up and not remeasured and schools < _BACKLOG_MARKS:
            # Under load marks gather meanwhile, and one turn serves many commits. At least two
            # thirds of the time are left to those who fold and answer.
            took = time.monotonic() - begun
            self._stopping.wait(min(max(self._pause_seconds, 2 * took), _LONGEST_PAUSE_SECONDS))
        return bool(rolled_up) or remeasured

    def _measure_again(self, until: float) -> bool:
        """Measures for a moment before anything is added up; whether there was anything."""
        busy = False
        while not self._stopping.is_set() and time.monotonic() < until:
            ledgers = self._measuring_again.turn()
            if ledgers is None:
                break
            busy = True
            self._telemetry.count("wuguan_class_days_remeasured_total", ledgers)
        return busy

    def _add_up(self, *, schools: bool) -> int:
        begun = time.monotonic()
        done = self._rolling_up.turn(schools=schools)
        if done:
            self._telemetry.observe("wuguan_rollup_seconds", time.monotonic() - begun)
            self._telemetry.count("wuguan_marks_rolled_up_total", done)
        return done

    def _open_day(self) -> None:
        today = china_day(self._clock())
        if today != self._opened_day:
            opened = self._store.roster.open_days(today)
            self._opened_day = today
            if opened:
                _log.info("days_opened", today=today.isoformat(), days=opened)

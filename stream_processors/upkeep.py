"""What keeps figures up to date beside the fold: days are opened, measured again, summed."""

import time
from collections.abc import Callable
from datetime import date
from threading import Event

import structlog

from stream_processors.contexts import Contexts
from stream_processors.measuring_again import MeasuringAgain
from stream_processors.rolling_up import RollingUp
from stream_processors.summing_periods import SummingPeriods
from stream_processors.telling_backlog import telling_figures
from wuguan.domain.instants import china_day
from wuguan.metric_names import Telemetry
from wuguan.ports import Store

_log = structlog.get_logger(__name__)
_LONGEST_PAUSE_SECONDS = 0.5
_MEASURING_SECONDS = 0.5
# Periods are summed for a moment when nothing else is to do; and where there is always something
# else, again and again, so that they get on: many days that moved are then summed as one.
_SUMMING_SECONDS = 0.1
_BETWEEN_SUMS_SECONDS = 1.5
# So many in one turn are no longer what came in lately, but a backlog to be worked off.
_BACKLOG_MARKS = 200


class Upkeep:
    """One worker of all four; any number may run, in any process."""

    def __init__(
        self,
        store: Store,
        *,
        clock: Callable[[], int],
        pause_seconds: float,
        telemetry: Telemetry,
    ) -> None:
        self._store = store
        self._clock = clock
        self._pause_seconds = pause_seconds
        self._telemetry = telemetry
        contexts = Contexts(store.roster)
        self._rolling_up = RollingUp(store.rollups, contexts)
        self._measuring_again = MeasuringAgain(store.remeasuring, store.ledgers, contexts)
        self._summing_periods = SummingPeriods(store.periods, contexts)
        self._telling = telling_figures(store.backlogs, lambda: china_day(clock()), telemetry)
        self._summed_at = float("-inf")
        self._opened_day: date | None = None

    def turn(self, stopping: Event) -> bool:
        """Does what is to be done now; whether there was anything."""
        self._telling.turn()
        begun = time.monotonic()
        self._open_day()
        remeasured = self._measure_again(begun + _MEASURING_SECONDS, stopping)
        rolled_up = schools = self._add_up(schools=True)
        # Level by level; each turn takes the lowest level that has marks.
        while not stopping.is_set() and (above := self._add_up(schools=False)):
            rolled_up += above
        took = time.monotonic() - begun
        busy = bool(rolled_up) or remeasured
        summed = self._sum_periods(stopping, busy=busy)
        if rolled_up and not remeasured and schools < _BACKLOG_MARKS:
            # Under load marks gather meanwhile, and one turn serves many commits. At least two
            # thirds of the time are left to those who fold and answer, but for some sums.
            pause = min(max(self._pause_seconds, 2 * took), _LONGEST_PAUSE_SECONDS)
            stopping.wait(max(0.0, begun + took + pause - time.monotonic()))
        return busy or summed

    def _measure_again(self, until: float, stopping: Event) -> bool:
        """Measures for a moment before anything is added up; whether there was anything."""
        busy = False
        while not stopping.is_set() and time.monotonic() < until:
            ledgers = self._measuring_again.turn()
            if ledgers is None:
                break
            busy = True
            self._telemetry.count("wuguan_class_days_remeasured_total", ledgers)
        return busy

    def _sum_periods(self, stopping: Event, *, busy: bool) -> bool:
        """Sums periods for a moment, seldom where days keep moving; whether any was."""
        begun = time.monotonic()
        if busy and begun - self._summed_at < _BETWEEN_SUMS_SECONDS:
            return False
        summed = 0
        today = china_day(self._clock())
        while not stopping.is_set() and time.monotonic() < begun + _SUMMING_SECONDS:
            done = self._summing_periods.turn(today)
            if not done:
                break
            summed += done
        self._summed_at = time.monotonic()
        self._telemetry.count("wuguan_periods_summed_total", summed)
        return bool(summed)

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

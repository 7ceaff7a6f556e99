"""What goes on beside the fold: days are opened, measured again, summed, and judged by alerts."""

import time
from collections.abc import Callable
from datetime import date
from threading import Event

import structlog

from stream_processors.contexts import Contexts
from stream_processors.evaluating_alerts import NO_ALERTS, Alerting, EvaluatingAlerts
from stream_processors.measuring_again import MeasuringAgain
from stream_processors.rolling_up import RollingUp
from stream_processors.summing_periods import SummingPeriods
from stream_processors.telling_backlog import telling_alerts, telling_figures
from wuguan.domain.alerting.due import last_due_day
from wuguan.domain.instants import china_day
from wuguan.metric_names import Telemetry
from wuguan.ports import Store

_log = structlog.get_logger(__name__)
_LONGEST_PAUSE_SECONDS = 0.5
_MEASURING_SECONDS = 0.5
# What gives way is done for a moment when nothing else is to do; and where there is always
# something else, again and again, so that it gets on: many days that moved are then taken as one.
_MOMENT_SECONDS = 0.1
_BETWEEN_MOMENTS_SECONDS = 1.5
# So many in one turn are no longer what came in lately, but a backlog to be worked off.
_BACKLOG_MARKS = 200


class _GivingWay:
    """Work that gives way to the days: seldom where these keep moving, but never starved."""

    def __init__(self, turn: Callable[[], int]) -> None:
        self._turn = turn
        self._ended = float("-inf")

    def turn(self, stopping: Event, *, busy: bool) -> int:
        """Works for a moment; how much was done."""
        begun = time.monotonic()
        if busy and begun - self._ended < _BETWEEN_MOMENTS_SECONDS:
            return 0
        done = 0
        while not stopping.is_set() and time.monotonic() < begun + _MOMENT_SECONDS:
            some = self._turn()
            if not some:
                break
            done += some
        self._ended = time.monotonic()
        return done


class Upkeep:
    """One worker of all five; any number may run, in any process."""

    def __init__(
        self,
        store: Store,
        *,
        clock: Callable[[], int],
        pause_seconds: float,
        telemetry: Telemetry,
        alerting: Alerting = NO_ALERTS,
    ) -> None:
        self._store = store
        self._clock = clock
        self._pause_seconds = pause_seconds
        self._telemetry = telemetry
        contexts = Contexts(store.roster)
        self._rolling_up = RollingUp(store.rollups, contexts)
        self._measuring_again = MeasuringAgain(store.remeasuring, store.ledgers, contexts)
        summing_periods = SummingPeriods(store.periods, contexts)
        self._sums = _GivingWay(lambda: summing_periods.turn(china_day(clock())))
        evaluating_alerts = EvaluatingAlerts(store.alerts, contexts, alerting)
        self._alerts = _GivingWay(lambda: evaluating_alerts.turn(clock()))
        self._telling = telling_figures(store.backlogs, lambda: china_day(clock()), telemetry)
        self._telling_alerts = telling_alerts(store.alerts, alerting.rules, telemetry)
        self._opened_day: date | None = None
        self._due_day: date | None = None

    def turn(self, stopping: Event) -> bool:
        """Does what is to be done now; whether there was anything."""
        self._telling.turn()
        self._telling_alerts.turn()
        begun = time.monotonic()
        self._open_day()
        remeasured = self._measure_again(begun + _MEASURING_SECONDS, stopping)
        rolled_up = schools = self._add_up(schools=True)
        # Level by level; each turn takes the lowest level that has marks.
        while not stopping.is_set() and (above := self._add_up(schools=False)):
            rolled_up += above
        took = time.monotonic() - begun
        busy = bool(rolled_up) or remeasured
        given_way = self._give_way(stopping, busy=busy)
        if rolled_up and not remeasured and schools < _BACKLOG_MARKS:
            # Under load marks gather meanwhile, and one turn serves many commits. At least two
            # thirds of the time are left to those who fold and answer, but for some sums.
            pause = min(max(self._pause_seconds, 2 * took), _LONGEST_PAUSE_SECONDS)
            stopping.wait(max(0.0, begun + took + pause - time.monotonic()))
        return busy or given_way

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

    def _give_way(self, stopping: Event, *, busy: bool) -> bool:
        """Sums periods, then evaluates alerts, each for a moment; whether there was anything."""
        summed = self._sums.turn(stopping, busy=busy)
        self._telemetry.count("wuguan_periods_summed_total", summed)
        evaluated = self._alerts.turn(stopping, busy=busy or bool(summed))
        self._telemetry.count("wuguan_alerts_evaluated_total", evaluated)
        return bool(summed or evaluated)

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
        due = last_due_day(self._clock())
        if due != self._due_day:
            self._store.alerts.open_day(due)
            self._due_day = due

"""The turns of the runtime, taken one by one in the thread of a test."""

from collections.abc import Callable
from datetime import date

from stream_processors.contexts import Contexts
from stream_processors.evaluating_alerts import NO_ALERTS, Alerting, EvaluatingAlerts
from stream_processors.folding import Folding
from stream_processors.measuring_again import MeasuringAgain
from stream_processors.rolling_up import RollingUp
from stream_processors.summing_periods import SummingPeriods
from tests.builders import TODAY
from wuguan.domain.instants import MINUTE_US, midnight_us
from wuguan.ports import Store

MOST_TURNS = 10_000
EVENING_US = 18 * 60 * MINUTE_US
"""When the returns of a day are due."""


class Turns:
    """One consumer, one measurer and one roll-up worker of a store."""

    def __init__(
        self,
        store: Store,
        *,
        frames: int = 500,
        marks: int = 400,
        today: date = TODAY,
        alerting: Alerting = NO_ALERTS,
        clock: Callable[[], int] | None = None,
    ) -> None:
        self._today = today
        self._clock = clock or (lambda: midnight_us(today) + EVENING_US)
        self._folding = Folding(store.log, store.ledgers, Contexts(store.roster), frames)
        contexts = Contexts(store.roster)
        self._measuring_again = MeasuringAgain(store.remeasuring, store.ledgers, contexts)
        self._rolling_up = RollingUp(store.rollups, contexts, marks)
        self._summing_periods = SummingPeriods(store.periods, contexts)
        self._evaluating_alerts = EvaluatingAlerts(store.alerts, contexts, alerting)

    def fold(self) -> bool:
        """Takes the next frames; whether there were any."""
        return bool(self._folding.turn())

    def measure_again(self) -> bool:
        """Measures a part of what a change has queued; whether anything was."""
        return self._measuring_again.turn() is not None

    def roll_up_schools(self) -> bool:
        """Adds up schools; whether any was marked."""
        return bool(self._rolling_up.turn(schools=True))

    def roll_up_units(self) -> bool:
        """Adds up the lowest units above the schools; whether any was marked."""
        return bool(self._rolling_up.turn(schools=False))

    def sum_periods(self) -> bool:
        """Sums periods; whether any was marked."""
        return bool(self._summing_periods.turn(self._today))

    def evaluate_alerts(self) -> bool:
        """Evaluates alerts, without a clock in the evening; whether any unit was marked."""
        return bool(self._evaluating_alerts.turn(self._clock()))

    def until_quiet(self) -> None:
        """Takes turns until nothing is left to do."""
        for _ in range(MOST_TURNS):
            # No `or`: a list takes every turn.
            if not any(
                [
                    self.fold(),
                    self.measure_again(),
                    self.roll_up_schools(),
                    self.roll_up_units(),
                    self.sum_periods(),
                    self.evaluate_alerts(),
                ]
            ):
                return
        raise AssertionError("the turns never come to an end")

"""Any number of evaluators, beside folds and roll-ups that go on, end at the alerts of one."""

from collections.abc import Callable
from datetime import timedelta
from threading import Event

import pytest

from stream_processors.contexts import Contexts
from stream_processors.evaluating_alerts import Alerting, EvaluatingAlerts
from stream_processors.rolling_up import RollingUp
from tests.alert_world import RULES, TellingAll, check_histories, firing, firing_by_the_figures
from tests.builders import CLASS, OTHER_CLASS, TODAY, Clock, event, frame
from tests.contract.steps import started
from tests.integration.conftest import OpenStore
from tests.integration.steps import WAIT_SECONDS
from tests.integration.test_two_rollup_workers import fold_slowly
from tests.turns import EVENING_US, Turns
from tests.worlds import settle_in
from wuguan.domain.instants import midnight_us
from wuguan.ports import Frame, Store

DAYS = [TODAY + timedelta(days=ahead) for ahead in range(4)]
EVENING = midnight_us(DAYS[-1]) + EVENING_US


def corrected_returns(rounds: int) -> list[Frame]:
    """Both classes of a school correct every day again and again: over the cap, and below it."""
    return [
        frame(
            event(
                "homework.day_reported",
                class_id=class_id,
                day=day,
                event_id=f"r-{number}",
                time=f"{day}T17:{number:02d}:00+08:00",
                written_minutes=90 if (number + place) % 3 else 30,
                basis="timed",
                written_tasks=1,
                phone_tasks=0,
                parent_tasks=0,
            )
        )
        for number in range(rounds)
        for place, day in enumerate(DAYS)
        for class_id in (CLASS, OTHER_CLASS)
    ]


def roll_up_until(store: Store, ended: Event) -> Callable[[], None]:
    """Adds up until all folds have ended and nothing is marked."""

    def task() -> None:
        worker = RollingUp(store.rollups, Contexts(store.roster), limit=3)
        while True:
            last = ended.is_set()
            if not worker.turn(schools=True) + worker.turn(schools=False) and last:
                return

    return task


def evaluate_until(store: Store, telling: TellingAll, ended: Event) -> Callable[[], int]:
    """An evaluator that works until all has ended; how much it did."""

    def task() -> int:
        alerting = Alerting(RULES, telling)
        worker = EvaluatingAlerts(store.alerts, Contexts(store.roster), alerting, limit=2)
        done = 0
        while True:
            last = ended.is_set()
            turn = worker.turn(EVENING)
            done += turn
            if not turn and last:
                return done

    return task


@pytest.mark.parametrize("evaluators", [2, 3])
def test_evaluators_beside_all_that_moves_end_at_the_alerts_of_the_figures(
    open_another: OpenStore, clock: Clock, evaluators: int
) -> None:
    clock.now_us = EVENING
    store, folded, ended = settle_in(open_another(), DAYS[-1]), Event(), Event()
    store.alerts.open_day(DAYS[-1])
    store.log.append(corrected_returns(8))
    tellings = [TellingAll() for _ in range(evaluators)]
    tasks = [evaluate_until(open_another(), one, ended) for one in tellings]

    with started(
        fold_slowly(open_another(), folded), roll_up_until(open_another(), folded), *tasks
    ) as running:
        try:
            running[1].result(WAIT_SECONDS)
        finally:
            ended.set()
        done = [one.result(WAIT_SECONDS) for one in running[2:]]
    Turns(store, today=DAYS[-1], alerting=Alerting(RULES, tellings[0])).until_quiet()

    assert sum(done) > 0
    expected = firing_by_the_figures(store, RULES, DAYS[-1])
    assert expected
    assert firing(store) == expected
    check_histories(store, [key for one in tellings for key in one.told])

"""Any number of roll-up workers of one district end at the figures of one."""

from collections.abc import Callable
from threading import Event

import pytest

from stream_processors.contexts import Contexts
from stream_processors.folding import Folding
from stream_processors.rolling_up import RollingUp
from stream_processors.summing_periods import SummingPeriods
from tests.builders import TODAY
from tests.contract.steps import started
from tests.integration.conftest import OpenStore
from tests.integration.steps import WAIT_SECONDS, is_settled, some_frames, wrong_figures
from tests.turns import Turns
from tests.worlds import settle_in
from wuguan.ports import Store


def roll_up_until(store: Store, ended: Event) -> Callable[[], int]:
    """A worker that adds up until all folds have ended and nothing is marked; its unit-days."""

    def task() -> int:
        worker, done = RollingUp(store.rollups, Contexts(store.roster), limit=3), 0
        summing = SummingPeriods(store.periods, Contexts(store.roster), limit=2)
        while True:
            last = ended.is_set()
            turn = worker.turn(schools=True) + worker.turn(schools=False)
            done += turn
            if not summing.turn(TODAY) and last and not turn and is_settled(store):
                return done

    return task


def fold_slowly(store: Store, ended: Event) -> Callable[[], None]:
    """The consumer: a frame a transaction, so that marks come all the time."""

    def task() -> None:
        try:
            consumer = Folding(store.log, store.ledgers, Contexts(store.roster), 1)
            while consumer.turn():
                pass
        finally:
            ended.set()

    return task


@pytest.mark.parametrize("workers", [2, 3])
def test_workers_of_one_district_leave_no_mark_and_no_wrong_figure(
    open_another: OpenStore, workers: int
) -> None:
    store, ended = settle_in(open_another()), Event()
    measure_all(store)
    store.log.append(some_frames(15))
    tasks = [roll_up_until(open_another(), ended) for _ in range(workers)]

    with started(fold_slowly(open_another(), ended), *tasks) as running:
        done = [one.result(WAIT_SECONDS) for one in running[1:]]

    assert sum(done) > 0
    assert wrong_figures(store) == []
    for school_level in (True, False):
        with store.rollups.writing(1000, school_level) as writing:
            assert list(writing.claimed) == []


def measure_all(store: Store) -> None:
    """Measures what settling in has queued; the marks stay for the workers."""
    turns = Turns(store)
    while turns.measure_again():
        pass

"""Two writers of one school at once leave what one would have left."""

from collections.abc import Callable, Sequence
from typing import cast

import pytest

from stream_processors.contexts import Contexts
from stream_processors.folding import Folding, events_by_ledger, fold_all
from tests.builders import SCHOOL, class_check, frame
from tests.contract.steps import started
from tests.integration.conftest import OpenStore
from tests.integration.steps import (
    DAYS,
    WAIT_SECONDS,
    Interrupted,
    InterruptedWriting,
    is_settled,
    some_frames,
    wrong_figures,
)
from tests.turns import Turns
from tests.worlds import settle_in
from wuguan.ports import EMBEDDED_LOG, EventLog, Frame, Store


def folding(store: Store, frames: int = 3) -> Folding:
    """A consumer of the log."""
    return Folding(store.log, store.ledgers, Contexts(store.roster), frames)


def fold_all_of(store: Store) -> Callable[[], int]:
    """A task that folds until nothing is left; how many frames it looked at."""

    def task() -> int:
        consumer, taken = folding(store), 0
        while frames := consumer.turn():
            taken += frames
        return taken

    return task


def write_directly(store: Store, frames: Sequence[Frame]) -> Callable[[], None]:
    """A task that writes the frames of SCHOOL into its ledgers without being the consumer."""

    def task() -> None:
        contexts = Contexts(store.roster)
        for one in frames:
            events = events_by_ledger([one])
            with store.ledgers.writing([SCHOOL]) as writing:
                context = contexts.at_least(writing.context_version)
                folded = fold_all(writing.load(events.keys()), events, context)
                writing.mark(writing.put(folded))

    return task


def test_two_consumers_and_a_direct_writer_of_one_school_lose_nothing(
    open_another: OpenStore,
) -> None:
    one, other, third = settle_in(open_another()), open_another(), open_another()
    frames = some_frames(20)
    one.log.append(frames)
    of_school = [frame for frame in reversed(frames) if frame.school_id == SCHOOL]

    with started(fold_all_of(one), fold_all_of(other), write_directly(third, of_school)) as tasks:
        for task in tasks:
            task.result(WAIT_SECONDS)
    Turns(other).until_quiet()

    assert wrong_figures(one) == []
    assert is_settled(one)


def test_a_consumer_that_fell_behind_takes_nothing_twice_and_goes_on(
    open_another: OpenStore,
) -> None:
    one, other = settle_in(open_another()), open_another()
    one.log.append(some_frames(4))
    # The other takes the frames between this one's reading of them and its transaction.
    overtaken = Interrupted(one.log, {"read": lambda: Turns(other).fold()})
    stale = Folding(cast(EventLog, overtaken), one.ledgers, Contexts(one.roster), 1000)

    stale.turn()
    taken = one.ledgers.positions([EMBEDDED_LOG])[EMBEDDED_LOG] - 1
    assert taken == len(one.log.read(0, 1000))
    one.log.append([frame(class_check("late", 1))])
    stale.turn()
    stale.turn()
    Turns(one).until_quiet()

    assert wrong_figures(one) == []


@pytest.mark.parametrize("moment", ["load", "put", "move_to"])
def test_a_fold_that_fails_leaves_nothing_behind(store: Store, moment: str) -> None:
    settle_in(store)
    store.log.append(some_frames(3))

    def fail() -> None:
        raise ZeroDivisionError

    broken = InterruptedWriting(store.ledgers, moment, fail)
    consumer = Folding(store.log, broken, Contexts(store.roster), 1000)
    with pytest.raises(ZeroDivisionError):
        consumer.turn()
    with store.figures.reading() as reading:
        assert not reading.findings(SCHOOL, min(DAYS), max(DAYS), None, 10)
        assert not reading.class_tallies(SCHOOL, ["phone", "fitness"], min(DAYS), max(DAYS))

    # The very same consumer takes them at its next turn.
    consumer.turn()
    Turns(store).until_quiet()
    assert wrong_figures(store) == []

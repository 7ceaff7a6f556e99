"""Upkeep: sums over periods give way to the days, and are never starved."""

from collections.abc import Callable
from threading import Event

import pytest

from stream_processors import upkeep
from stream_processors.contexts import Contexts
from stream_processors.folding import Folding
from stream_processors.upkeep import Upkeep
from tests.builders import SCHOOL, Clock, class_check, frame
from tests.worlds import settle_in
from wuguan.adapters.memory.store import MemoryStore
from wuguan.metric_names import Silence
from wuguan.ports import Store

Turn = Callable[[], bool]


@pytest.fixture
def store() -> Store:
    return settle_in(MemoryStore(Clock()))


@pytest.fixture
def turn(store: Store) -> Turn:
    """A turn of a worker that was idle until now."""
    worker = Upkeep(store, clock=Clock(), pause_seconds=0, telemetry=Silence())
    while worker.turn(Event()):
        pass
    return lambda: worker.turn(Event())


def something_comes(store: Store, number: int) -> None:
    store.log.append([frame(class_check(f"c-{number}"))])
    Folding(store.log, store.ledgers, Contexts(store.roster), 10).turn()


def unsettled(store: Store) -> list[str]:
    """The schools of which something waits."""
    schools = store.roster.context().organisation.school_ids()
    with store.figures.reading() as reading:
        return [school for school in schools if not reading.settled([school], []).settled]


def test_an_idle_turn_sums_what_the_days_left(store: Store, turn: Turn) -> None:
    something_comes(store, 1)

    assert turn()
    assert unsettled(store) == [SCHOOL]
    assert turn()
    assert unsettled(store) == []
    assert not turn()


def test_where_days_keep_moving_sums_get_their_turn_all_the_same(
    store: Store, turn: Turn, monkeypatch: pytest.MonkeyPatch
) -> None:
    something_comes(store, 1)
    turn()
    assert unsettled(store)

    monkeypatch.setattr(upkeep, "_BETWEEN_MOMENTS_SECONDS", 0.0)
    something_comes(store, 2)
    turn()

    assert unsettled(store) == []

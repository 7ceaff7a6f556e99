"""A roster that changes in the middle of a batch leaves no old figure behind."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import timedelta
from typing import Any, cast

import pytest

from stream_processors.contexts import Contexts
from stream_processors.folding import Folding
from stream_processors.measuring_again import MeasuringAgain
from stream_processors.rolling_up import RollingUp
from tests.builders import TODAY, TOMORROW, calendar_document
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
from tests.worlds import CALENDARS, ROSTER_CHANGES, settle_in
from wuguan.ports import EventLog, Store

GROWN, MOVED, MOVED_FOR_EVER = ROSTER_CHANGES[0], ROSTER_CHANGES[6], ROSTER_CHANGES[7]
SOON_SECONDS = 0.5


def put(store: Store, document: Mapping[str, Any]) -> Callable[[], object]:
    """What puts a roster, from a process of its own."""
    return lambda: store.roster.put_roster(document, TODAY)


class Beside:
    """Another process that changes the context and does all that follows, at its own pace."""

    def __init__(self, store: Store, change: Callable[[], object]) -> None:
        self._store = store
        self._change = change
        self._threads = ThreadPoolExecutor(1)

    def __call__(self) -> None:
        self._ended = self._threads.submit(self._run)
        # It may be done by now, or have to wait for who called.
        wait([self._ended], SOON_SECONDS)

    def join(self) -> None:
        """Returns when it has done everything."""
        self._ended.result(WAIT_SECONDS)
        self._threads.shutdown()

    def _run(self) -> None:
        self._change()
        Turns(self._store).until_quiet()


@pytest.mark.parametrize("document", [GROWN, MOVED], ids=["a class grows", "a school moves"])
@pytest.mark.parametrize("moment", ["read", "opened", "load", "put", "mark", "move_to"])
def test_a_roster_put_while_events_are_folded(
    open_another: OpenStore, moment: str, document: Mapping[str, Any]
) -> None:
    store, other = settle_in(open_another()), open_another()
    Turns(store).until_quiet()
    store.log.append(some_frames(3))
    change = put(other, document)
    log = Interrupted(store.log, {moment: change})
    ledgers = InterruptedWriting(store.ledgers, moment, change)
    contexts = Contexts(store.roster)
    contexts.at_least(0)

    Folding(cast(EventLog, log), ledgers, contexts, 1000).turn()
    assert other.roster.version() > contexts.at_least(0).version or moment in ("read", "opened")
    Turns(store).until_quiet()

    assert wrong_figures(store) == []
    assert is_settled(store)


@pytest.mark.parametrize("moment", ["opened", "load", "put", "mark"])
def test_a_roster_put_while_another_change_is_measured(
    open_another: OpenStore, moment: str
) -> None:
    store, other = settle_in(open_another()), open_another()
    store.log.append(some_frames(3))
    Turns(store).until_quiet()
    store.roster.put_calendar(CALENDARS[0], TODAY)
    ledgers = InterruptedWriting(store.ledgers, moment, put(other, MOVED))
    measuring = MeasuringAgain(_Unwrapping(store.remeasuring), ledgers, Contexts(store.roster))

    while measuring.turn() is not None:
        pass
    Turns(store).until_quiet()

    assert wrong_figures(store) == []


@pytest.mark.parametrize(
    ("level", "moment"),
    [
        *[("schools", moment) for moment in ("opened", "heard", "overwrite", "mark")],
        *[("units", moment) for moment in ("opened", "sums", "overwrite", "mark")],
    ],
)
def test_a_school_that_moves_while_units_are_rolled_up(
    open_another: OpenStore, level: str, moment: str
) -> None:
    store, other = settle_in(open_another()), open_another()
    store.log.append(some_frames(3))
    turns = Turns(store)
    while turns.fold() or turns.measure_again() or (level == "units" and turns.roll_up_schools()):
        pass
    contexts = Contexts(store.roster)
    contexts.at_least(0)
    beside = Beside(other, put(other, MOVED_FOR_EVER))

    rollups = InterruptedWriting(store.rollups, moment, beside)
    RollingUp(rollups, contexts).turn(schools=level == "schools")
    beside.join()
    Turns(store).until_quiet()

    assert wrong_figures(store) == []
    assert is_settled(store)


def test_a_day_struck_from_the_calendar_while_its_first_figures_are_written(
    open_another: OpenStore,
) -> None:
    # Wednesday has no figures yet: its marks are claimed, and nothing of it is committed.
    store, other = settle_in(open_another()), open_another()
    Turns(store).until_quiet()
    wednesday = TOMORROW + timedelta(days=1)
    store.roster.open_days(wednesday)
    holiday = {
        "from": TOMORROW.isoformat(),
        "to": (wednesday + timedelta(days=1)).isoformat(),
        "school_day": False,
        "reason": "停课",
    }
    document = calendar_document(exceptions=[holiday])
    beside = Beside(other, lambda: other.roster.put_calendar(document, wednesday))
    contexts = Contexts(store.roster)
    contexts.at_least(0)

    RollingUp(InterruptedWriting(store.rollups, "heard", beside), contexts).turn(schools=True)
    beside.join()
    Turns(store).until_quiet()

    assert wrong_figures(store, [*DAYS, TOMORROW, wednesday]) == []


class _Unwrapping:
    """Remeasuring that takes an interrupted writing for the one inside it."""

    def __init__(self, inner: Any) -> None:
        self.next_span = inner.next_span
        self.days_with_figures = inner.days_with_figures
        self._inner = inner

    def done_until(self, writing: Any, span: Any, day: Any) -> None:
        self._inner.done_until(writing._inner, span, day)

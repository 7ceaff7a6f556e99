"""Any order, batching and redelivery gives the pure fold's figures, class to province."""

from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import timedelta
from functools import partial
from typing import NamedTuple

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.builders import TODAY, Clock
from tests.contract.databases import Databases
from tests.period_sums import wrong_periods
from tests.replay import differences, findings_of, replay, replay_findings, rows_of
from tests.strategies import events, frames
from tests.turns import Turns
from tests.worlds import BOOKS, CALENDARS, ROSTER_CHANGES, settle_in
from wuguan.adapters.memory.store import MemoryStore
from wuguan.adapters.postgres.store import open_store
from wuguan.ports import Frame, Store

DAYS = [TODAY - timedelta(days=behind) for behind in range(4)]


class Happening(NamedTuple):
    """Something that comes to pass between two turns."""

    what: str
    number: int = 0


TURNS = st.sampled_from([Happening(turn) for turn in ("fold", "measure", "schools", "units")])
CHANGES = st.one_of(
    st.integers(0, len(ROSTER_CHANGES) - 1).map(partial(Happening, "roster")),
    st.integers(0, len(CALENDARS) - 1).map(partial(Happening, "calendar")),
    st.integers(0, len(BOOKS) - 1).map(partial(Happening, "rules")),
)


class World(NamedTuple):
    """What is sent, and what happens: first the one list, then the world is known, then more."""

    sent: Sequence[Frame]
    before: Sequence[Happening]
    after: Sequence[Happening]
    frames_a_turn: int
    marks_a_turn: int


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Few schools and days, many collisions, changes at random moments."""
    sent = draw(frames(draw(st.lists(events(), max_size=30))))
    early = draw(st.integers(0, len(sent)))
    appends = [Happening("append", number) for number in range(len(sent))]
    changes = draw(st.lists(CHANGES, max_size=4))
    return World(
        sent,
        _mixed(draw, appends[:early]),
        _mixed(draw, draw(st.permutations([*appends[early:], *changes]))),
        draw(st.integers(1, 5)),
        draw(st.sampled_from((7, 400))),
    )


def _mixed(draw: st.DrawFn, steps: Sequence[Happening]) -> list[Happening]:
    mixed: list[Happening] = []
    for step in steps:
        mixed += [step, *draw(st.lists(TURNS, max_size=3))]
    return mixed


def figures_equal_the_pure_fold(store: Store, world: World) -> None:
    """Lets everything happen, waits until it is quiet, and compares row for row."""
    turns = Turns(store, frames=world.frames_a_turn, marks=world.marks_a_turn)
    _happen(store, turns, world, world.before)
    settle_in(store)
    _happen(store, turns, world, world.after)
    turns.until_quiet()

    context = store.roster.context()
    assert differences(replay(world.sent, context, DAYS), rows_of(store, DAYS)) == []
    assert findings_of(store, DAYS) == {
        found
        for found in replay_findings(world.sent, context, DAYS)
        if found[0] in context.organisation.school_ids()
    }
    assert wrong_periods(store) == []
    with store.figures.reading() as reading:
        schools, units = context.organisation.school_ids(), context.organisation.unit_ids()
        assert reading.settled(schools, units).settled


def _happen(store: Store, turns: Turns, world: World, happenings: Sequence[Happening]) -> None:
    deeds: dict[str, Callable[[int], object]] = {
        "append": lambda number: store.log.append([world.sent[number]]),
        "fold": lambda _: turns.fold(),
        "measure": lambda _: turns.measure_again(),
        "schools": lambda _: turns.roll_up_schools(),
        "units": lambda _: turns.roll_up_units(),
        "roster": lambda number: store.roster.put_roster(ROSTER_CHANGES[number], TODAY),
        "calendar": lambda number: store.roster.put_calendar(CALENDARS[number], TODAY),
        "rules": lambda number: store.roster.put_rules(*BOOKS[number], TODAY),
    }
    for happening in happenings:
        deeds[happening.what](happening.number)


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(worlds())
def test_any_order_gives_the_pure_figures_in_memory(world: World) -> None:
    figures_equal_the_pure_fold(MemoryStore(Clock()), world)


@settings(
    max_examples=10,
    deadline=None,
    # Shrinking on a database would take minutes; the test in memory shrinks what is ours.
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
        HealthCheck.function_scoped_fixture,
    ],
)
@given(world=worlds())
def test_any_order_gives_the_pure_figures_on_postgresql(databases: Databases, world: World) -> None:
    with databases.fresh() as dsn, closing(open_store(dsn, clock=Clock())) as store:
        figures_equal_the_pure_fold(store, world)

"""A rebuild at any moment leaves what the pure fold leaves."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from functools import partial
from typing import NamedTuple

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stream_processors.logs_to_rebuild import EmbeddedTable
from stream_processors.rebuilding import Compared, Rebuild, Scope
from tests.builders import (
    OTHER_SCHOOL,
    SCHOOL,
    TODAY,
    Clock,
    cell,
    class_check,
    figure,
    ledger_key,
    ledger_of,
    mark,
)
from tests.replay import differences, findings_of, ledgers_of, replay, replay_findings, rows_of
from tests.strategies import events, frames
from tests.turns import Turns
from tests.worlds import BOOKS, CALENDARS, ROSTER_CHANGES, settle_in
from wuguan.adapters.memory.store import MemoryStore
from wuguan.domain.ledger import EMPTY
from wuguan.domain.measure import Measured
from wuguan.ports import Frame, Store

DAYS = [TODAY - timedelta(days=behind) for behind in range(4)]


class Happening(NamedTuple):
    """Something that comes to pass."""

    what: str
    number: int = 0


TURNS = st.sampled_from([Happening(turn) for turn in ("fold", "measure", "schools", "units")])
REBUILDS = st.sampled_from([Happening("rebuild"), Happening("compare")])
CHANGES = st.one_of(
    st.integers(0, len(ROSTER_CHANGES) - 1).map(partial(Happening, "roster")),
    st.integers(0, len(CALENDARS) - 1).map(partial(Happening, "calendar")),
    st.integers(0, len(BOOKS) - 1).map(partial(Happening, "rules")),
)


class World(NamedTuple):
    """What is sent, and all that happens."""

    sent: Sequence[Frame]
    happenings: Sequence[Happening]


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Appends and changes in any order; turns and rebuilds between them."""
    sent = draw(frames(draw(st.lists(events(), max_size=25))))
    appends = [Happening("append", number) for number in range(len(sent))]
    happenings: list[Happening] = []
    for one in draw(st.permutations([*appends, *draw(st.lists(CHANGES, max_size=3))])):
        happenings += [one, *draw(st.lists(TURNS | REBUILDS, max_size=3))]
    return World(sent, happenings)


class Played:
    """A world that is played on a store, and what its rebuilds found."""

    def __init__(self, world: World) -> None:
        self.store = settle_in(MemoryStore(Clock()))
        self.turns = Turns(self.store, frames=2, marks=7)
        self.found: list[Compared] = []
        deeds: dict[str, Callable[[int], object]] = {
            "append": lambda number: self.store.log.append([world.sent[number]]),
            "fold": lambda _: self.turns.fold(),
            "measure": lambda _: self.turns.measure_again(),
            "schools": lambda _: self.turns.roll_up_schools(),
            "units": lambda _: self.turns.roll_up_units(),
            "rebuild": lambda _: self.found.append(self.rebuild()),
            "compare": lambda _: self.found.append(self.rebuild(swap=False)),
            "roster": lambda number: self.store.roster.put_roster(ROSTER_CHANGES[number], TODAY),
            "calendar": lambda number: self.store.roster.put_calendar(CALENDARS[number], TODAY),
            "rules": lambda number: self.store.roster.put_rules(*BOOKS[number], TODAY),
        }
        for happening in world.happenings:
            deeds[happening.what](happening.number)

    def rebuild(self, *, swap: bool = True) -> Compared:
        """A rebuild of everything."""
        log = EmbeddedTable(self.store.log)
        return Rebuild(self.store, log, Scope(), swap=swap, progress=lambda *_: None).run()


def equals_the_pure_fold(store: Store, sent: Sequence[Frame]) -> None:
    context = store.roster.context()
    assert differences(replay(sent, context, DAYS), rows_of(store, DAYS)) == []
    assert findings_of(store, DAYS) == {
        found
        for found in replay_findings(sent, context, DAYS)
        if found[0] in context.organisation.school_ids()
    }
    with store.figures.reading() as reading:
        schools, units = context.organisation.school_ids(), context.organisation.unit_ids()
        assert reading.settled(schools, units).settled


_USUAL = settings(
    max_examples=80,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@_USUAL
@given(worlds())
def test_a_rebuild_at_any_moment_changes_nothing_that_is_right(world: World) -> None:
    played = Played(world)
    played.turns.until_quiet()

    equals_the_pure_fold(played.store, world.sent)
    assert {(one.mended, one.added, one.removed) for one in played.found} <= {(0, 0, 0)}


DAMAGES = st.lists(
    st.tuples(
        st.sampled_from(("lost", "other facts", "unfounded", "other figures")),
        st.sampled_from((SCHOOL, OTHER_SCHOOL)),
        st.sampled_from(DAYS),
    ),
    min_size=1,
    max_size=4,
)


def damage(store: Store, what: str, school: str, day: date) -> None:
    """Spoils what a store holds of a school and day."""
    unfounded = ledger_key(school, class_id="P2023-98", day=day)
    with store.ledgers.writing([school]) as writing:
        keys = writing.keys_of(school, day, day)
        if what == "lost":
            writing.remove(keys)
        elif what == "other facts":
            writing.put({key: (EMPTY, Measured()) for key in keys})
        elif what == "unfounded":
            writing.put({unfounded: (ledger_of(class_check("c-1")), Measured())})
    if what == "other figures":
        wrong = {cell("phone.classroom", "junior", 9): figure("phone.classroom", 1, 2, 3)}
        # A unit above no school on that day has no figures that anybody would add up.
        units = store.roster.context().organisation.path(school, day) or (school,)
        with store.rollups.writing(0, True) as rolling_up:
            rolling_up.overwrite({mark(unit, day, "phone"): wrong for unit in units})


@_USUAL
@given(worlds(), DAMAGES)
def test_whatever_was_damaged_is_mended(
    world: World, damages: Sequence[tuple[str, str, date]]
) -> None:
    played = Played(world)
    for one in damages:
        damage(played.store, *one)

    played.rebuild()

    played.turns.until_quiet()
    equals_the_pure_fold(played.store, world.sent)
    assert played.rebuild() == Compared(same=len(ledgers_of(world.sent)))

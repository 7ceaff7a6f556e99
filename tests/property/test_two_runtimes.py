"""Whichever runtime takes them, and however badly they are delivered: the same figures."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from datetime import timedelta
from itertools import chain
from typing import Any, NamedTuple

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.builders import TODAY, Clock
from tests.contract.databases import Databases
from tests.property.consumers import PLACES, Consumer, Topics
from tests.replay import Rows, differences, findings_of, replay, replay_findings, rows_of
from tests.strategies import PLACES as CLASSES
from tests.strategies import events, frames
from tests.turns import Turns
from tests.worlds import BOOKS, CALENDARS, ROSTER_CHANGES, settle_in
from wuguan.adapters.memory.store import MemoryStore
from wuguan.adapters.postgres.store import open_store
from wuguan.ports import Frame, Store

DAYS = [TODAY - timedelta(days=behind) for behind in range(4)]
CONSUMERS = 2


class Step(NamedTuple):
    """Something that comes to pass."""

    what: str
    arguments: Sequence[Any] = ()


class World(NamedTuple):
    """What is sent, and all that happens."""

    sent: Sequence[Frame]
    steps: Sequence[Step]


def step(what: str, *arguments: st.SearchStrategy[Any]) -> st.SearchStrategy[Step]:
    """A step with arguments."""
    return st.builds(Step, st.just(what), st.tuples(*arguments))


_who, _back = st.integers(0, CONSUMERS - 1), st.integers(0, 5)
# A place may be in nobody's hands, and in the hands of both: one of them has not heard of it yet.
_places = st.lists(st.sampled_from(PLACES), unique=True) | st.just(PLACES)
_take = step("take", _who, st.integers(1, 6))
DELIVERY = st.one_of(
    _take,
    _take,
    step("write", _who),
    step("assign", _who, _places, _back),
    step("go back", _who, _back),
    step("die", _who),
)
CHANGES = st.one_of(
    step("roster", st.integers(0, len(ROSTER_CHANGES) - 1)),
    step("calendar", st.integers(0, len(CALENDARS) - 1)),
    step("rules", st.integers(0, len(BOOKS) - 1)),
)
UPKEEP = st.sampled_from([Step("measure"), Step("schools"), Step("units"), Step("settle")])


@st.composite
def behind_its_back(draw: st.DrawFn) -> list[Step]:
    """One has prepared a batch; before it is written another writes, or the world changes."""
    who = draw(_who)
    other = CONSUMERS - 1 - who
    overtaken = [Step("take", (other, 6)), Step("write", (other,))]
    changed = [draw(CHANGES), Step("settle")]
    prepared = Step("take", (who, draw(st.integers(1, 3))))
    return [Step("write", (who,)), prepared, *draw(st.sampled_from((overtaken, changed))),
            Step("write", (who,))]  # fmt: skip


HAPPENINGS = (DELIVERY | UPKEEP).map(lambda one: [one]) | behind_its_back()


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Few schools and days, many collisions; both consumers begin with all places."""
    one = draw(st.sampled_from((events("phone", CLASSES[:1], DAYS[:1]), events(days=DAYS))))
    sent = draw(frames(draw(st.lists(one, max_size=20))))
    appends = [Step("append", (n, draw(st.sampled_from((0, 0, 0, 3))))) for n in range(len(sent))]
    changes = draw(st.lists(CHANGES, max_size=3))
    steps = [Step("assign", (who, PLACES, 0)) for who in range(CONSUMERS)]
    for one in draw(st.permutations([*appends, *changes])):
        steps.append(one)
        # Without a pause between them records gather, and there is something to overtake.
        if draw(st.booleans()):
            steps += chain.from_iterable(draw(st.lists(HAPPENINGS, max_size=4)))
    return World(sent, steps)


class Kafka:
    """The runtime on topics: consumers on stores of their own, of one and the same data."""

    def __init__(self, stores: Sequence[Store], world: World) -> None:
        self._topics, self._store = Topics(), stores[0]
        self._consumers = [Consumer(store, self._topics) for store in stores]
        self._turns = Turns(self._store)
        self._deeds: Mapping[str, Callable[..., object]] = {
            **deeds(self._store, self._turns),
            "append": lambda n, gap: self._topics.append(world.sent[n], gap),
            "take": lambda who, most: self._consumers[who].take(most),
            "write": lambda who: self._consumers[who].write(),
            "assign": lambda who, places, back: self._consumers[who].assign(places, back),
            "go back": lambda who, back: self._consumers[who].go_back(back),
            "die": lambda who: self._consumers[who].start(),
        }

    def run(self, steps: Sequence[Step]) -> None:
        """Lets everything happen; then one consumer has all places and the other is late."""
        for one in steps:
            self._deeds[one.what](*one.arguments)
        heir, *late = self._consumers
        heir.assign(PLACES)
        heir.take_all()
        for consumer in late:
            consumer.take_all()
        ends = {place: self._topics.end(place) for place in PLACES}
        assert self._store.ledgers.positions(PLACES) == ends
        self._turns.until_quiet()


def run_embedded(store: Store, world: World) -> None:
    """The same on the table of the log; what is about delivery has no meaning there."""
    turns = Turns(store, frames=3)
    known: Mapping[str, Callable[..., object]] = {
        **deeds(store, turns),
        "append": lambda n, _: store.log.append([world.sent[n]]),
        "take": lambda *_: turns.fold(),
    }
    for one in world.steps:
        if one.what in known:
            known[one.what](*one.arguments)
    turns.until_quiet()


def deeds(store: Store, turns: Turns) -> Mapping[str, Callable[..., object]]:
    """What both runtimes do alike."""
    return {
        "measure": turns.measure_again,
        "schools": turns.roll_up_schools,
        "units": turns.roll_up_units,
        "settle": turns.until_quiet,
        "roster": lambda n: store.roster.put_roster(ROSTER_CHANGES[n], TODAY),
        "calendar": lambda n: store.roster.put_calendar(CALENDARS[n], TODAY),
        "rules": lambda n: store.roster.put_rules(*BOOKS[n], TODAY),
    }


def right_rows(store: Store, world: World) -> Rows:
    """The rows of a store, which are those of the pure fold; so are the findings."""
    context, rows = store.roster.context(), rows_of(store, DAYS)
    assert differences(replay(world.sent, context, DAYS), rows) == []
    assert findings_of(store, DAYS) == {
        found
        for found in replay_findings(world.sent, context, DAYS)
        if found[0] in context.organisation.school_ids()
    }
    return rows


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(worlds())
def test_both_runtimes_come_to_the_pure_figures_in_memory(world: World) -> None:
    embedded, kafka = settle_in(MemoryStore(Clock())), settle_in(MemoryStore(Clock()))

    run_embedded(embedded, world)
    Kafka([kafka] * CONSUMERS, world).run(world.steps)

    assert differences(right_rows(embedded, world), right_rows(kafka, world)) == []


@settings(
    max_examples=10,
    deadline=None,
    # As in test_any_order: the test in memory shrinks what is ours.
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
        HealthCheck.function_scoped_fixture,
    ],
)
@given(world=worlds())
def test_records_of_topics_come_to_the_pure_figures_on_postgresql(
    databases: Databases, world: World
) -> None:
    with (
        databases.fresh() as dsn,
        closing(open_store(dsn, clock=Clock(), size=4)) as one,
        closing(open_store(dsn, clock=Clock(), size=4)) as other,
    ):
        settle_in(one)
        Kafka([one, other], world).run(world.steps)
        right_rows(one, world)

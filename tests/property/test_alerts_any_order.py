"""Any order and redelivery, any number of evaluators: the alerts that the final figures say."""

from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import date, timedelta
from functools import partial
from typing import Any, NamedTuple

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from stream_processors.contexts import Contexts
from stream_processors.evaluating_alerts import Alerting, EvaluatingAlerts
from tests.alert_world import (
    RULES,
    TellingAll,
    check_histories,
    every_alert,
    firing,
    firing_by_the_figures,
)
from tests.builders import TODAY, Clock, class_check, event, frame
from tests.contract.databases import Databases
from tests.strategies import PLACES
from tests.turns import EVENING_US, Turns
from tests.worlds import CALENDARS, ROSTER_CHANGES, settle_in
from wuguan.adapters.memory.store import MemoryStore
from wuguan.adapters.postgres.store import open_store
from wuguan.domain.alerting.life import act
from wuguan.domain.instants import midnight_us
from wuguan.ports import Frame, Store

# Of a Monday to the Tuesday of the week after.
DAYS = [TODAY + timedelta(days=ahead) for ahead in (0, 1, 2, 3, 4, 7, 8)]
EVALUATORS = 2
_TIMES = ("T17:00:00+08:00", "T18:00:00+08:00", "T19:00:00+08:00")


class Happening(NamedTuple):
    """Something that comes to pass."""

    what: str
    number: int = 0


class World(NamedTuple):
    """What is sent, and all that happens, in order."""

    sent: Sequence[Frame]
    happenings: Sequence[Happening]
    marks_a_turn: int


@st.composite
def returns(draw: st.DrawFn) -> Frame:
    """A return or a look by one of two systems; a later one of the same day corrects it."""
    (school, class_id), day = draw(st.sampled_from(PLACES)), draw(st.sampled_from(DAYS))
    stated: dict[str, Any] = {
        "school": school, "class_id": class_id, "day": day,
        "time": f"{day}{draw(st.sampled_from(_TIMES))}",
        "system": draw(st.sampled_from(("board", "office"))),
    }  # fmt: skip
    if draw(st.integers(0, 3)) == 0:
        return frame(class_check(f"c-{day}", draw(st.integers(0, 1)), **stated))
    minutes = draw(st.sampled_from((30, 90, 180)))
    counts: dict[str, Any] = {"written_tasks": 1, "phone_tasks": 0, "parent_tasks": 0}
    return frame(
        event("homework.day_reported", written_minutes=minutes, basis="timed", **counts, **stated)
    )


_TURNS = [Happening(what) for what in ("fold", "schools", "units", "periods", "act")]
TURNS = st.sampled_from([*_TURNS, *(Happening("evaluate", who) for who in range(EVALUATORS))])
CHANGES = st.one_of(
    st.integers(0, len(ROSTER_CHANGES) - 1).map(partial(Happening, "roster")),
    st.integers(0, len(CALENDARS) - 1).map(partial(Happening, "calendar")),
)


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Returns come in any order, some twice, while days pass and turns are taken."""
    sent = draw(st.lists(returns(), min_size=5, max_size=40))
    again = draw(st.lists(st.sampled_from(range(len(sent))), max_size=5))
    arrivals = draw(st.permutations([*range(len(sent)), *again]))
    changes = draw(st.lists(CHANGES, max_size=2))
    steps = [Happening("append", number) for number in arrivals]
    for one in changes:
        steps.insert(draw(st.integers(0, len(steps))), one)
    evenings = sorted(draw(st.integers(0, len(steps))) for _ in DAYS)
    for number in reversed(range(len(DAYS))):
        steps.insert(evenings[number], Happening("evening", number))
    mixed = [one for step in steps for one in (step, *draw(st.lists(TURNS, max_size=3)))]
    return World(sent, mixed, draw(st.sampled_from((1, 50))))


class Play:
    """A world that is played on a store."""

    def __init__(self, store: Store, clock: Clock, world: World) -> None:
        self._store, self._clock, self._world = store, clock, world
        self.telling = TellingAll()
        alerting = Alerting(RULES, self.telling)
        self._turns = Turns(store, today=DAYS[-1], alerting=alerting)
        self._evaluators = [
            EvaluatingAlerts(store.alerts, Contexts(store.roster), alerting, world.marks_a_turn)
            for _ in range(EVALUATORS)
        ]

    def happen(self) -> None:
        """Lets everything happen, and waits until it is quiet on the last evening."""
        deeds: dict[str, Callable[[int], object]] = {
            "append": lambda number: self._store.log.append([self._world.sent[number]]),
            "fold": lambda _: self._turns.fold(),
            "schools": lambda _: self._turns.roll_up_schools(),
            "units": lambda _: self._turns.roll_up_units(),
            "periods": lambda _: self._turns.sum_periods(),
            "evaluate": lambda who: self._evaluators[who].turn(self._clock()),
            "evening": lambda number: self._evening(DAYS[number]),
            "act": lambda _: self._acknowledge(),
            "roster": lambda n: self._store.roster.put_roster(ROSTER_CHANGES[n], self._today),
            "calendar": lambda n: self._store.roster.put_calendar(CALENDARS[n], self._today),
        }
        for what, number in self._world.happenings:
            deeds[what](number)
        self._turns.until_quiet()

    @property
    def _today(self) -> date:
        return DAYS[-1]

    def _evening(self, day: date) -> None:
        self._clock.now_us = midnight_us(day) + EVENING_US
        self._store.roster.open_days(day)
        self._store.alerts.open_day(day)

    def _acknowledge(self) -> None:
        for alert in every_alert(self._store):
            if alert.state == "firing":
                with self._store.alerts.changing(alert.alert_id) as change:
                    assert change is not None
                    change.write(act(change.alert, "acknowledged", self._clock(), by="督学"))
                return


def alerts_are_those_of_the_figures(store: Store, clock: Clock, world: World) -> None:
    """Plays the world, and compares what is firing, and how gravely, with the pure fold."""
    play = Play(settle_in(store, DAYS[0]), clock, world)
    play.happen()

    assert firing(store) == firing_by_the_figures(store, RULES, DAYS[-1])
    check_histories(store, play.telling.told)


@settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(worlds())
def test_any_order_leads_to_the_same_alerts_in_memory(world: World) -> None:
    clock = Clock()
    alerts_are_those_of_the_figures(MemoryStore(clock), clock, world)


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
def test_any_order_leads_to_the_same_alerts_on_postgresql(
    databases: Databases, world: World
) -> None:
    clock = Clock()
    with databases.fresh() as dsn, closing(open_store(dsn, clock=clock)) as store:
        alerts_are_those_of_the_figures(store, clock, world)

"""What the demonstration has pushed is everything that was sent by then, wherever it stopped."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from producers import demo_delivery
from producers.couriers import Couriers
from producers.demo_delivery import DemoDelivery
from producers.demo_state import DemoState, fresh_state
from producers.district.profiles import simulated_district
from producers.stretch import history
from wuguan.client.answers import Answer
from wuguan.domain.instants import CHINA

DISTRICT = simulated_district(seed=7, schools=2)
TERM_FIRST = date(2026, 9, 1)
START = datetime(2026, 9, 16, 16, tzinfo=CHINA)


class Server:
    """Takes what clients push, and breaks off when told to."""

    def __init__(self) -> None:
        self.taken: list[str] = []
        self.days: list[str] = []
        self.breaks_after: int | None = None

    def push(self, events: Sequence[dict[str, Any]]) -> Answer:
        """Takes a request, or is not there."""
        if self.breaks_after is not None:
            if self.breaks_after == 0:
                raise ConnectionError
            self.breaks_after -= 1
        self.taken += [f"{event['source']} {event['id']}" for event in events]
        self.days += [event["data"]["day"] for event in events]
        return Answer(accepted=len(events))


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Server:
    monkeypatch.setattr(demo_delivery, "PUSH_EVERY_SECONDS", -1.0)
    return Server()


@pytest.fixture
def couriers(server: Server) -> Iterator[Couriers]:
    with Couriers(DISTRICT.schools, lambda _: server) as couriers:  # type: ignore[arg-type, return-value]  # as a client
        yield couriers


class Demo:
    """A demonstration that may be stopped and started again."""

    def __init__(self, couriers: Couriers) -> None:
        self.state = fresh_state(7)
        self._couriers = couriers

    def start(self, now: datetime) -> DemoDelivery:
        """Goes on from what was kept."""
        self._keep(self.state.begun(now, TERM_FIRST))
        return DemoDelivery(DISTRICT, self._couriers, self.state, self._keep)

    def _keep(self, state: DemoState) -> None:
        self.state = state


def load_all(delivery: DemoDelivery) -> None:
    while delivery.days_to_load:
        delivery.load_a_day()


def sent_by(now: datetime) -> list[str]:
    """Everything that the schools send of the term up to an instant."""
    stretch = history(date(2026, 8, 31), now)
    return sorted(
        f"{one.event['source']} {one.event['id']}"
        for school in DISTRICT.schools
        for day in stretch.newest_first()
        for one in stretch.about(DISTRICT.seed, school, day)
    )


def test_the_newest_day_comes_first(server: Server, couriers: Couriers) -> None:
    # when
    load_all(Demo(couriers).start(START))

    # then
    assert server.days == sorted(server.days, reverse=True)
    assert server.days[0] == "2026-09-16"
    assert sorted(server.taken) == sent_by(START)


def test_what_falls_due_meanwhile_is_pushed_and_nothing_twice(
    server: Server, couriers: Couriers
) -> None:
    # given
    delivery = Demo(couriers).start(START)

    # when it loads, pushing live now and then, past a midnight
    now = START
    while delivery.days_to_load:
        delivery.load_a_day()
        now += timedelta(hours=1)
        delivery.push_live(now)
    delivery.push_live(now + timedelta(days=2))

    # then
    assert sorted(server.taken) == sent_by(now + timedelta(days=2))


@pytest.mark.parametrize("requests", [0, 1, 3, 8])
def test_a_start_after_an_interruption_leaves_nothing_out(
    server: Server, couriers: Couriers, requests: int
) -> None:
    # given a demonstration that broke off while it loaded
    demo = Demo(couriers)
    server.breaks_after = requests
    with pytest.raises(ConnectionError):
        load_all(demo.start(START))

    # when it is started a day later, broken off again, and started once more
    later = START + timedelta(days=1)
    server.breaks_after = 3
    with pytest.raises(ConnectionError):
        load_all(demo.start(later))
    server.breaks_after = None
    last = later + timedelta(hours=5)
    load_all(demo.start(last))

    # then all is there; what was under way at an interruption may have come twice
    assert sorted(set(server.taken)) == sent_by(last)


def test_a_second_start_pushes_only_what_is_new(server: Server, couriers: Couriers) -> None:
    # given
    demo = Demo(couriers)
    load_all(demo.start(START))
    before = len(server.taken)

    # when
    load_all(demo.start(START))
    load_all(demo.start(START - timedelta(days=3)))
    unchanged = len(server.taken)
    load_all(demo.start(START + timedelta(hours=3)))

    # then
    assert unchanged == before
    assert sorted(server.taken) == sent_by(START + timedelta(hours=3))


def test_a_start_in_the_next_term_does_not_look_back_over_the_vacation(couriers: Couriers) -> None:
    # given
    demo = Demo(couriers)
    load_all(demo.start(START))

    # when
    begun = demo.state.begun(datetime(2027, 3, 1, 8, tzinfo=CHINA), date(2027, 2, 24))

    # then
    assert begun.stretches[0].after == datetime(2027, 2, 24, tzinfo=CHINA)

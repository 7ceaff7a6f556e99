"""How the demonstration's events reach its server: what is missing, newest day first, and live."""

import time
from collections.abc import Callable
from datetime import date, datetime

from producers.couriers import Couriers
from producers.demo_state import DemoState
from producers.district.days import Sending
from producers.district.organisation import District, SchoolProfile
from producers.district.outbox import Outbox
from producers.stretch import Stretch

PUSH_EVERY_SECONDS = 3.0
Keep = Callable[[DemoState], None]


class DemoDelivery:
    """Pushes days of the past and what falls due meanwhile, and keeps what was answered."""

    def __init__(
        self, district: District, couriers: Couriers, state: DemoState, keep: Keep
    ) -> None:
        assert state.live_until is not None, "the state says what has happened"
        self._district = district
        self._couriers = couriers
        self._state = state
        self._keep = keep
        self._pushed_at = time.monotonic()
        # Made from the start on: what falls due while older days are loaded is not missed.
        self._outboxes = {
            school.school_id: Outbox(district.seed, school, state.live_until)
            for school in district.schools
        }

    @property
    def days_to_load(self) -> int:
        """How many days of the past are still to load."""
        return sum(len(stretch.newest_first()) for stretch in self._state.stretches)

    def load_a_day(self) -> int:
        """Loads the newest day that is missing; says how many events."""
        stretch = self._state.stretches[0]
        day = stretch.newest_first()[0]
        deliveries = self._couriers.deliver(self._about(stretch, day))
        self._known(self._state.loaded(day, deliveries))
        return sum(one.events for one in deliveries)

    def push_live(self, now: datetime) -> None:
        """Pushes what has fallen due, if it is time; nothing on a day of the past."""
        assert self._state.live_until is not None, "the state says what has happened"
        if now <= self._state.live_until or self._is_early():
            return
        self._pushed_at = time.monotonic()
        deliveries = self._couriers.deliver(lambda one: self._outboxes[one.school_id].due(now))
        self._known(self._state.sent(now, deliveries))

    def _about(self, stretch: Stretch, day: date) -> Callable[[SchoolProfile], list[Sending]]:
        return lambda school: stretch.about(self._district.seed, school, day)

    def _is_early(self) -> bool:
        return time.monotonic() - self._pushed_at < PUSH_EVERY_SECONDS

    def _known(self, state: DemoState) -> None:
        self._state = state
        self._keep(state)

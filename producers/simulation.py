"""The simulated district, pushed to a server over HTTP or written to files."""

from collections.abc import Callable
from contextlib import ExitStack
from datetime import date, datetime
from typing import IO

import msgspec

from producers.couriers import Couriers
from producers.district.days import Sending
from producers.district.organisation import District, SchoolProfile
from producers.district.outbox import Outbox
from producers.district.truth import truths_about
from producers.setting_up import ingest_keys, introduce
from producers.stretch import Stretch
from wuguan.client.client import Client

LABEL = "simulate"
Advance = Callable[[int], None]


class Simulation:
    """A district that pushes with keys of its own: what has happened, then what falls due."""

    def __init__(self, url: str, admin_key: str, district: District) -> None:
        self._url = url
        self._district = district
        self._admin_key = admin_key
        self._open = ExitStack()
        self._clients: dict[str, Client] = {}
        self._couriers = Couriers(district.schools, self._clients.__getitem__)

    def __enter__(self) -> "Simulation":
        """The simulation; leaving ends its couriers, then closes its connections."""
        return self

    def __exit__(self, *_: object) -> None:
        """Ends what is under way."""
        self._open.close()

    def set_up(self, stretch: Stretch) -> None:
        """Sends roster and calendars, and makes an ingest key for every school."""
        with Client(self._url, self._admin_key) as admin:
            introduce(admin, self._district, (stretch.first_day, stretch.last_day))
            school_ids = [school.school_id for school in self._district.schools]
            keys = ingest_keys(admin, school_ids, {}, LABEL)
        for school_id, key in keys.items():
            client = Client(self._url, key, sleep=self._couriers.wait)
            self._clients[school_id] = self._open.enter_context(client)
        self._open.enter_context(self._couriers)

    def load(self, stretch: Stretch, advance: Advance) -> int:
        """Pushes the newest day first; says how many events."""
        events = 0
        for day in stretch.newest_first():

            def about(school: SchoolProfile, day: date = day) -> list[Sending]:
                return stretch.about(self._district.seed, school, day)

            events += sum(one.events for one in self._couriers.deliver(about))
            advance(1)
        return events

    def live(self, since: datetime) -> Callable[[datetime], int]:
        """What to call every few seconds: pushes what has fallen due, says how many events."""
        outboxes = {
            school.school_id: Outbox(self._district.seed, school, since)
            for school in self._district.schools
        }

        def push(now: datetime) -> int:
            done = self._couriers.deliver(lambda school: outboxes[school.school_id].due(now))
            return sum(one.events for one in done)

        return push


def write_events(district: District, stretch: Stretch, file: IO[bytes], advance: Advance) -> int:
    """Writes the events as NDJSON, the oldest day first; says how many."""
    encoder, events = msgspec.json.Encoder(), 0
    for day in reversed(stretch.newest_first()):
        for school in district.schools:
            sendings = stretch.about(district.seed, school, day)
            file.write(encoder.encode_lines([one.event for one in sendings]))
            events += len(sendings)
        advance(1)
    return events


def write_truth(district: District, stretch: Stretch, file: IO[bytes], advance: Advance) -> None:
    """Writes what the events were drawn from: one class on one day a line, the oldest first."""
    encoder = msgspec.json.Encoder()
    for day in reversed(stretch.newest_first()):
        for school in district.schools:
            truths = truths_about(district.seed, school, day)
            file.write(encoder.encode_lines(list(truths)))
        advance(1)

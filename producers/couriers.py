"""Several schools push at once, each with its own key."""

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Self

from msgspec import Struct

from producers.district.days import Sending
from producers.district.organisation import SchoolProfile
from wuguan.client.answers import Answer
from wuguan.client.client import Client

AT_ONCE = 4
"""While one waits for an answer others make their next events; more only wait for each other."""


class Ended(Exception):
    """The couriers were told to end while one of them waited to try again."""


class Delivery(Struct, frozen=True):
    """What a school has pushed: how many events of each management were taken, how many not."""

    accepted: dict[str, int]
    rejected: int

    @property
    def events(self) -> int:
        """How many events were answered."""
        return sum(self.accepted.values()) + self.rejected


class Couriers:
    """Makes and pushes the events of schools, several at a time; no school's events overtake."""

    def __init__(
        self, schools: Sequence[SchoolProfile], client_of: Callable[[str], Client]
    ) -> None:
        # The largest first: the last ones to end are then short.
        self._schools = sorted(schools, key=_size, reverse=True)
        self._client_of = client_of
        self._pool = ThreadPoolExecutor(AT_ONCE)
        self._ending = Event()

    def __enter__(self) -> Self:
        """The couriers; leaving ends them."""
        return self

    def __exit__(self, *_: object) -> None:
        """Ends them."""
        self.end()

    def end(self) -> None:
        """Waits for the requests that are under way, and begins no other."""
        self._ending.set()
        self._pool.shutdown(cancel_futures=True)

    def wait(self, seconds: float) -> None:
        """For clients: pauses before they try again, and not longer than couriers are wanted."""
        if self._ending.wait(seconds):
            raise Ended

    def deliver(self, sendings_of: Callable[[SchoolProfile], list[Sending]]) -> list[Delivery]:
        """Pushes what each school has to send; returns when all of it is answered."""

        def push(school: SchoolProfile) -> Delivery:
            sendings = sendings_of(school)
            if not sendings:
                return Delivery({}, 0)
            client = self._client_of(school.school_id)
            return _delivery(sendings, client.push([one.event for one in sendings]))

        return list(self._pool.map(push, self._schools))


def _size(school: SchoolProfile) -> int:
    return sum(
        part.classes * part.pupils_a_class * (4 if school.detail else 1) for part in school.parts
    )


def _delivery(sendings: list[Sending], answer: Answer) -> Delivery:
    refused = {item.index for item in answer.rejects}
    accepted = Counter(
        one.event["type"].split(".")[1]
        for index, one in enumerate(sendings)
        if index not in refused
    )
    return Delivery(dict(accepted), answer.rejected)

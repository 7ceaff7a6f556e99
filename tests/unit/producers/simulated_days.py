"""What the tests ask of simulated days: the events of schools, and of one kind."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any, NamedTuple

from producers.district.days import Sending, sent_about
from producers.district.organisation import SchoolProfile
from producers.district.school_year import ONE_DAY

Data = dict[str, Any]


class Told(NamedTuple):
    """An event of a type: its school, its data, when it was sent."""

    school_id: str
    data: Data
    at: datetime

    @property
    def day(self) -> date:
        """The day that it is about."""
        return date.fromisoformat(self.data["day"])


def days_between(first: date, last: date) -> list[date]:
    return [first + n * ONE_DAY for n in range((last - first).days + 1)]


def sent_on(
    seed: int, schools: Iterable[SchoolProfile], first: date, last: date
) -> list[tuple[str, Sending]]:
    """All that schools ever send about some days."""
    return [
        (school.school_id, sending)
        for school in schools
        for day in days_between(first, last)
        for sending in sent_about(seed, school, day)
    ]


def told(sendings: Iterable[tuple[str, Sending]], *short_types: str) -> Iterator[Told]:
    """The sound events of some types."""
    names = {f"wuguan.{short_type}.v1" for short_type in short_types}
    for school_id, sending in sendings:
        if sending.event["type"] in names and not sending.spoiled:
            yield Told(school_id, sending.event["data"], sending.at)


def latest(events: Iterable[Told]) -> list[Told]:
    """What stands of returns of which a class sends one a day."""
    standing: dict[tuple[str, str, date], Told] = {}
    for event in sorted(events, key=lambda one: one.at):
        standing[event.school_id, event.data["class_id"], event.day] = event
    return list(standing.values())

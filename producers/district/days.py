"""Everything that the district's schools send, day by day."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from msgspec import Struct

from producers.district import fitness, homework, phone, reading, sleep
from producers.district.class_day import ClassDay, Fact
from producers.district.mishaps import LONGEST_DELAY, Sent, sent, silent_about
from producers.district.organisation import SchoolProfile, classes_of
from producers.district.school_year import ONE_DAY, is_school_day, school_year_of
from wuguan.domain.instants import CHINA

MANAGEMENTS: dict[str, Any] = {
    "homework": homework,
    "sleep": sleep,
    "phone": phone,
    "reading": reading,
    "fitness": fitness,
}


class Sending(Struct, frozen=True):
    """One CloudEvent, and the instant at which its school sends it."""

    at: datetime
    event: dict[str, Any]
    spoiled: bool


def sent_about(seed: int, school: SchoolProfile, day: date) -> list[Sending]:
    """All that a school ever sends about a day, in the order of sending."""
    sendings = [one for here in class_days(seed, school, day) for one in _of_class(here)]
    return sorted(sendings, key=_order)


def sent_between(
    seed: int, school: SchoolProfile, after: datetime, until: datetime
) -> list[Sending]:
    """What a school sends after one instant and up to another, whatever day it is about."""
    first, last = (after - LONGEST_DELAY).astimezone(CHINA).date(), until.astimezone(CHINA).date()
    days = (first + n * ONE_DAY for n in range((last - first).days + 1))
    sendings = (one for day in days for one in sent_about(seed, school, day))
    return sorted((one for one in sendings if after < one.at <= until), key=_order)


def class_days(seed: int, school: SchoolProfile, day: date) -> Iterator[ClassDay]:
    """The classes of a school that have school on a day, or on the day after it."""
    for room in classes_of(school, school_year_of(day), seed):
        if is_school_day(day, room.stage) or is_school_day(day + ONE_DAY, room.stage):
            yield ClassDay(seed, school, room, day)


def _of_class(here: ClassDay) -> Iterator[Sending]:
    silent = silent_about(here, MANAGEMENTS)
    for name, management in MANAGEMENTS.items():
        random = here.random(name)
        drawn = management.draw(here, random)
        if drawn is not None and name not in silent:
            facts = management.facts(here, drawn, random)
            yield from _sendings(here, name, sent(here, facts, random))


def _sendings(here: ClassDay, management: str, told: Iterator[Sent]) -> Iterator[Sending]:
    """The events; an id says which of a class-day it is, so that a repeat is the same."""
    begin = f"{here.seed}-{here.room.class_id}-{here.day:%Y%m%d}-{management}"
    for number, one in enumerate(told):
        yield Sending(one.fact.at, _event(here, one.fact, f"{begin}-{number}"), one.spoiled)


def _event(here: ClassDay, fact: Fact, event_id: str) -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "id": event_id,
        "source": f"/schools/{here.school.school_id}/{fact.system}",
        "type": f"wuguan.{fact.type}.v1",
        "time": fact.at.isoformat(),
        "sourcekind": fact.sourcekind,
        "data": {"class_id": here.room.class_id, "day": here.day.isoformat(), **fact.fields},
    }


def _order(sending: Sending) -> tuple[datetime, str]:
    return sending.at, sending.event["id"]

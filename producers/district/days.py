"""Everything that the district's schools send, day by day."""

import hashlib
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import msgspec
from msgspec import Struct

from producers.district import fitness, homework, phone, reading, sleep
from producers.district.class_day import ClassDay, Fact
from producers.district.mishaps import LONGEST_DELAY, Sent, is_silent, sent
from producers.district.organisation import District, SchoolProfile, classes_of
from producers.district.school_year import ONE_DAY, school_year_of
from wuguan.domain.instants import CHINA

MANAGEMENTS = {
    "homework": homework.facts,
    "sleep": sleep.facts,
    "phone": phone.facts,
    "reading": reading.facts,
    "fitness": fitness.facts,
}


class Sending(Struct, frozen=True):
    """One CloudEvent, and the instant at which its school sends it."""

    at: datetime
    event: dict[str, Any]
    spoiled: bool


def events_of(district: District, day: date, now: datetime) -> dict[str, list[Sending]]:
    """What each school sends about `day` up to `now`, in the order of sending."""
    return {school.school_id: _about(district, school, day, now) for school in district.schools}


def sent_between(
    district: District, school: SchoolProfile, after: datetime, until: datetime
) -> list[Sending]:
    """What a school sends after one instant and up to another, whatever day it is about."""
    first, last = (after - LONGEST_DELAY).astimezone(CHINA).date(), until.astimezone(CHINA).date()
    days = (first + n * ONE_DAY for n in range((last - first).days + 1))
    sendings = (one for day in days for one in _about(district, school, day, until))
    return sorted((one for one in sendings if one.at > after), key=_order)


def _about(district: District, school: SchoolProfile, day: date, now: datetime) -> list[Sending]:
    sendings = [
        _sending(district, here, one)
        for room in classes_of(school, school_year_of(day), district.seed)
        for here in [ClassDay(district.seed, school, room, day)]
        for one in _of_class(here)
        if one.fact.at <= now
    ]
    return sorted(sendings, key=_order)


def _of_class(here: ClassDay) -> Iterator[Sent]:
    for management, facts in MANAGEMENTS.items():
        if not is_silent(here, management):
            yield from sent(here, facts(here), management)


def _order(sending: Sending) -> tuple[datetime, str]:
    return sending.at, sending.event["id"]


def _sending(district: District, here: ClassDay, one: Sent) -> Sending:
    return Sending(one.fact.at, _event(district.seed, here, one.fact), one.spoiled)


def _event(seed: int, here: ClassDay, fact: Fact) -> dict[str, Any]:
    """The CloudEvent; its id follows from seed and content, so that a repeat is one."""
    event = {
        "specversion": "1.0",
        "source": f"/schools/{here.school.school_id}/{fact.system}",
        "type": f"wuguan.{fact.type}.v1",
        "time": fact.at.isoformat(),
        "datacontenttype": "application/json",
        "sourcekind": fact.sourcekind,
        "data": {"class_id": here.room.class_id, "day": here.day.isoformat(), **fact.fields},
    }
    content = msgspec.json.encode([seed, event], order="sorted")
    return {**event, "id": hashlib.sha256(content).hexdigest()[:32]}

"""What goes wrong between a fact and the server: silence, delay, mistakes and their correction."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from functools import cache
from random import Random
from typing import Any

from msgspec import Struct, structs

from producers.district.class_day import ClassDay, Fact, clock
from producers.district.school_year import ONE_DAY, term_of

REPORTING_SHARE = 0.96
REPORTING_SHARE_ON_FRIDAYS = 0.87
REPORTING_SHARE_AFTER_A_BREAK = 0.88
REPORTING_SHARE_OF_SYSTEMS = 0.99
WHOLE_CLASS_SHARE = 0.6
"""Of what is missing: the teacher of a class reported nothing at all."""
SPOILED_SHARE = 0.004
SENT_AGAIN_SHARE = 0.7
MISTAKES = {
    "homework.day_reported": ("written_minutes", -10),
    "phone.day_reported": ("brought", 1),
    "reading.loans_counted": ("loans", 1),
    "fitness.day_reported": ("sport_minutes", 10),
}
"""What is first stated wrongly of a class return, and by how much."""
LONGEST_DELAY = 9 * ONE_DAY
"""No event about a day is sent later than this after it."""


class Sent(Struct, frozen=True):
    """A fact as it leaves the school. A spoiled one breaks the contract and will be refused."""

    fact: Fact
    spoiled: bool = False


def silent_about(here: ClassDay, managements: Iterable[str]) -> set[str]:
    """The managements of a class-day of which nobody ever reports anything."""
    if here.school.too_perfect:
        return set()
    # Nights are asked about by forms of their own.
    of_office = [one for one in managements if one != "sleep"]
    random = here.random("silence")
    if _school_is_silent(here) or random.random() < _missing(here, "") * WHOLE_CLASS_SHARE:
        return set(of_office)
    return {
        one for one in of_office if random.random() < _missing(here, one) * (1 - WHOLE_CLASS_SHARE)
    }


def sent(here: ClassDay, facts: list[Fact], random: Random) -> Iterator[Sent]:
    """The facts on their way, with their mistakes, delays and corrections."""
    for told in facts:
        fact = _connected(here, told)
        if random.random() < SPOILED_SHARE:
            yield Sent(_spoiled(fact, random), spoiled=True)
            if random.random() < SENT_AGAIN_SHARE:
                yield Sent(structs.replace(fact, at=fact.at + timedelta(hours=2)))
        elif fact.type in MISTAKES and random.random() < here.school.corrected_share:
            yield Sent(_mistaken(fact))
            yield Sent(structs.replace(fact, at=_later(fact.at, random)))
        else:
            yield Sent(fact)


def _school_is_silent(here: ClassDay) -> bool:
    share = here.school.silent_friday_share if here.day.isoweekday() == 5 else 0.0
    return share > 0 and _silent_day(here.seed, here.school.school_id, here.day, share)


@cache
def _silent_day(seed: int, school_id: str, day: date, share: float) -> bool:
    return Random(f"{seed}/{school_id}/{day}/silent").random() < share


def _missing(here: ClassDay, management: str) -> float:
    """Which share of the returns never comes; systems that send by themselves forget less."""
    if management in here.school.detail or (here.school.detail and not management):
        return 1 - REPORTING_SHARE_OF_SYSTEMS
    if here.day.isoweekday() == 5:
        return 1 - REPORTING_SHARE_ON_FRIDAYS
    return 1 - (REPORTING_SHARE_AFTER_A_BREAK if here.after_a_break else REPORTING_SHARE)


def _connected(here: ClassDay, fact: Fact) -> Fact:
    """The fact when a dead connector lives again: Monday to Thursday's goes on Friday."""
    alive = _alive_again(here.school.dead_weeks, fact.at) if here.school.dead_weeks else None
    return structs.replace(fact, at=alive) if alive else fact


def _alive_again(dead_weeks: tuple[int, ...], at: datetime) -> datetime | None:
    term = term_of(at.date())
    if term is None:
        return None
    monday = term.first - (term.first.isoweekday() - 1) * ONE_DAY
    for week in dead_weeks:
        dead_from = monday + week * 7 * ONE_DAY
        alive = clock(dead_from + 4 * ONE_DAY, 8, 10)
        if clock(dead_from, 0) <= at < alive:
            return alive
    return None


def _spoiled(fact: Fact, random: Random) -> Fact:
    """The fact with one fault that a real system makes; never with anything about a person."""
    fields: dict[str, Any] = dict(fact.fields)
    numbers = [name for name, value in fields.items() if type(value) is int]
    kind = random.choice(("too_large", "text", "extra")) if numbers else "extra"
    if kind == "extra":
        fields["app_version"] = "3.2"
    elif kind == "text":
        fields[numbers[0]] = str(fields[numbers[0]])
    else:
        fields[numbers[0]] = 9_999_999
    return structs.replace(fact, fields=fields)


def _mistaken(fact: Fact) -> Fact:
    """The return with a slip in it, as it is first stated."""
    field, by = MISTAKES[fact.type]
    return structs.replace(fact, fields={**fact.fields, field: max(0, fact.fields[field] + by)})


def _later(at: datetime, random: Random) -> datetime:
    """When the slip is noticed: within hours, or the next morning."""
    later = at + timedelta(minutes=round(random.uniform(20, 300)))
    return later if later.hour < 22 else later + timedelta(hours=11)

"""What goes wrong between a fact and the server: silence, delay, mistakes and their correction."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Any

from msgspec import Struct, structs

from producers.district.class_day import ClassDay, Fact, clock
from producers.district.school_year import ONE_DAY, term_of

CORRECTED_SHARE = 0.015
SPOILED_SHARE = 0.004
RETURNS = (
    "homework.day_reported",
    "phone.day_reported",
    "reading.loans_counted",
    "fitness.day_reported",
)
LONGEST_DELAY = 9 * ONE_DAY
"""No event about a day is sent later than this after it."""


class Sent(Struct, frozen=True):
    """A fact as it leaves the school. A spoiled one breaks the contract and will be refused."""

    fact: Fact
    spoiled: bool = False


def is_silent(here: ClassDay, management: str) -> bool:
    """Whether nobody reports the management of this class-day, ever."""
    if here.day.isoweekday() == 5:
        whole_school = Random(f"{here.seed}/{here.school.school_id}/{here.day}/silent")
        if whole_school.random() < here.school.silent_friday_share:
            return True
    if here.sends_detail(management):
        return False
    return here.random(f"{management}/silent").random() > _reporting_share(here)


def sent(here: ClassDay, facts: list[Fact], management: str) -> Iterator[Sent]:
    """The facts on their way, with their mistakes, delays and corrections."""
    random = here.random(f"{management}/mishaps")
    for fact in facts:
        fact = structs.replace(fact, at=_connected(here, fact.at))
        if random.random() < SPOILED_SHARE:
            yield Sent(_spoiled(fact, random), spoiled=True)
            if random.random() < 0.7:
                yield Sent(structs.replace(fact, at=fact.at + timedelta(hours=2)))
            continue
        yield Sent(fact)
        if fact.type in RETURNS and random.random() < CORRECTED_SHARE:
            yield Sent(_corrected(fact, random))


def _reporting_share(here: ClassDay) -> float:
    if here.day.isoweekday() == 5:
        return 0.90
    return 0.88 if here.after_a_break else 0.96


def _connected(here: ClassDay, at: datetime) -> datetime:
    """When a dead connector lives again: what was said from Monday to Thursday goes on Friday."""
    term = term_of(here.day)
    if term is None or not here.school.silent_weeks:
        return at
    monday = term.first - (term.first.isoweekday() - 1) * ONE_DAY
    for week in here.school.silent_weeks:
        dead_from = monday + week * 7 * ONE_DAY
        alive = clock(dead_from + 4 * ONE_DAY, 8, 10)
        if clock(dead_from, 0) <= at < alive:
            return alive
    return at


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


def _corrected(fact: Fact, random: Random) -> Fact:
    """The same return stated again, a little different, within a day."""
    fields: dict[str, Any] = dict(fact.fields)
    if fact.type == "homework.day_reported":
        fields["written_minutes"] = max(0, fields["written_minutes"] - 5)
    elif fact.type == "fitness.day_reported":
        fields["sport_minutes"] += 5
    elif fact.type == "reading.loans_counted":
        fields["loans"] += 1
    else:
        fields["returned"] = fields["stored"]
    later = timedelta(minutes=random.uniform(20, 1200))
    at = (fact.at + later).replace(microsecond=0)
    return structs.replace(fact, fields=fields, at=at)

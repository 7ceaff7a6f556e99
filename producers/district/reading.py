"""Reading matter of a class: loans a day, and one sweep of the class shelf a term."""

from datetime import date, datetime, timedelta
from functools import cache
from random import Random

from msgspec import Struct

from producers.district.arrival import handed_in
from producers.district.class_day import ClassDay, Fact, chance_count, clock
from producers.district.school_year import ONE_DAY, is_school_day, term_of

LOANS_A_PUPIL_AND_WEEK = {"primary": 0.6, "junior": 0.25, "senior": 0.1}
KEPT_FOR = timedelta(days=7)
UNFIT_SHARE = 0.0002
LEFT_STANDING_SHARE = 0.3
"""Of the sweeps that found an unfit book; most of those say later that it is gone."""
SWEEPS_FROM_DAY, SWEEPS_DAYS = 7, 84


class Reading(Struct, frozen=True):
    """What a class borrowed on a day, and what a sweep of its shelf found."""

    loans: int
    checked: int = 0
    unfit: int = 0
    removed: int = 0


def draw(here: ClassDay, random: Random) -> Reading | None:
    """The loans of a school day, and the sweep if it is its day."""
    if not here.is_school_day:
        return None
    if here.day != _sweep_day(here.seed, here.room.school_id, here.room.class_id, *_when(here)):
        return Reading(_loans(here))
    checked = here.room.pupils * random.randint(20, 40)
    unfit = chance_count(random, checked, UNFIT_SHARE)
    left = int(unfit > 0 and random.random() < LEFT_STANDING_SHARE)
    return Reading(_loans(here), checked, unfit, unfit - left)


def facts(here: ClassDay, drawn: Reading, random: Random) -> list[Fact]:
    """What is said of it."""
    if here.sends_detail("reading"):
        told = _detail(here, drawn, random)
    else:
        told = [_counted(here, drawn, random)]
    return told + (_swept(here, drawn, random) if drawn.checked else [])


def _counted(here: ClassDay, drawn: Reading, random: Random) -> Fact:
    at = handed_in(here, random)
    if drawn.loans == 0:
        return Fact("reading.nil_reported", at, {})
    return Fact("reading.loans_counted", at, {"loans": drawn.loans}, "library")


def _loans(here: ClassDay) -> int:
    """How many books the class takes home; none while examinations are near."""
    if here.exams or not here.is_school_day:
        return 0
    a_day = LOANS_A_PUPIL_AND_WEEK[here.room.stage] / 5
    return chance_count(here.random("loans"), here.room.pupils, a_day)


def _detail(here: ClassDay, drawn: Reading, random: Random) -> list[Fact]:
    """Today's loans, and the return of last week's."""
    told = [_loaned(here, number, random) for number in range(drawn.loans)]
    told += _brought_back(here, random)
    return told or [Fact("reading.nil_reported", clock(here.day, 17), {}, "library")]


def _loaned(here: ClassDay, number: int, random: Random) -> Fact:
    fields = {
        "loan_id": _loan_id(here, number),
        "pid": random.choice(here.pids()),
        "item": f"978756{random.randrange(10**7):07}",
    }
    at = clock(here.day, 12, random.uniform(10, 200))
    return Fact("reading.loaned", at, fields, "library", "device")


def _brought_back(here: ClassDay, random: Random) -> list[Fact]:
    before = ClassDay(here.seed, here.school, here.room, here.day - KEPT_FOR)
    told = []
    for number in range(_loans(before)):
        at = clock(here.day, 12, random.uniform(10, 200))
        fields = {"loan_id": _loan_id(before, number)}
        told.append(Fact("reading.returned", at, fields, "library", "device"))
    return told


def _loan_id(here: ClassDay, number: int) -> str:
    return f"l-{here.room.class_id}-{here.day:%Y%m%d}-{number + 1}"


def _when(here: ClassDay) -> tuple[str, date | None]:
    term = term_of(here.day)
    return here.room.stage, term.first if term else None


@cache
def _sweep_day(
    seed: int, school_id: str, class_id: str, stage: str, term_first: date | None
) -> date | None:
    """A school day of the term, from its second week on."""
    term = term_of(term_first) if term_first else None
    if term is None:
        return None
    chance = Random(f"{seed}/{school_id}/{class_id}/{term.first}/sweep")
    day = term.first + timedelta(days=SWEEPS_FROM_DAY + chance.randrange(SWEEPS_DAYS))
    while day <= term.last and not is_school_day(day, stage):
        day += ONE_DAY
    return day


def _swept(here: ClassDay, drawn: Reading, random: Random) -> list[Fact]:
    """The sweep; where a book was left standing, often a second statement that it is gone."""
    at = clock(here.day, 15, random.uniform(0, 120))
    told = [_sweep(here, drawn, drawn.removed, at)]
    if drawn.removed < drawn.unfit and random.random() < 0.6:
        told.append(_sweep(here, drawn, drawn.unfit, at + timedelta(days=2)))
    return told


def _sweep(here: ClassDay, drawn: Reading, removed: int, at: datetime) -> Fact:
    fields = {
        "sweep_id": f"s-{here.room.class_id}-{here.day:%Y%m%d}",
        "checked": drawn.checked,
        "unfit": drawn.unfit,
        "removed": removed,
    }
    return Fact("reading.swept", at, fields, "library", "teacher_form")

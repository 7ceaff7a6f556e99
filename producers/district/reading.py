"""Reading matter of a class: loans a day, and one sweep of the class shelf a term."""

from datetime import date, datetime, timedelta
from random import Random

from producers.district.class_day import ClassDay, Fact, chance_count, clock, handed_in
from producers.district.school_year import ONE_DAY, is_school_day, term_of

LOANS_A_PUPIL_AND_WEEK = {"primary": 0.6, "junior": 0.25, "senior": 0.1}
KEPT_FOR = timedelta(days=7)
UNFIT_SHARE = 0.0002


def facts(here: ClassDay) -> list[Fact]:
    """What is said of reading matter on a school day."""
    if not here.is_school_day:
        return []
    random = here.random("reading")
    told = _detail(here, random) if here.sends_detail("reading") else [_counted(here, random)]
    if here.day == _sweep_day(here):
        told += _swept(here, random)
    return told


def _counted(here: ClassDay, random: Random) -> Fact:
    at, loans = handed_in(here.day, random), _loans(here)
    if loans == 0:
        return Fact("reading.nil_reported", at, {})
    return Fact("reading.loans_counted", at, {"loans": loans}, "library")


def _loans(here: ClassDay) -> int:
    """How many books the class takes home; none while examinations are near."""
    if here.exams or not here.is_school_day:
        return 0
    a_day = LOANS_A_PUPIL_AND_WEEK[here.room.stage] / 5
    return chance_count(here.random("loans"), here.room.pupils, a_day)


def _detail(here: ClassDay, random: Random) -> list[Fact]:
    """Today's loans, and the return of last week's."""
    pids = here.pids()
    told = []
    for number in range(_loans(here)):
        fields = {
            "loan_id": _loan_id(here, number),
            "pid": random.choice(pids),
            "item": f"978756{random.randrange(10**7):07}",
        }
        at = clock(here.day, 12, random.uniform(10, 200))
        told.append(Fact("reading.loaned", at, fields, "library", "device"))
    told += _brought_back(here, random)
    if told:
        return told
    return [Fact("reading.nil_reported", clock(here.day, 17), {}, "library")]


def _brought_back(here: ClassDay, random: Random) -> list[Fact]:
    before = ClassDay(here.seed, here.school, here.room, here.day - KEPT_FOR)
    loans = _loans(before) if before.sends_detail("reading") else 0
    told = []
    for number in range(loans):
        at = clock(here.day, 12, random.uniform(10, 200))
        fields = {"loan_id": _loan_id(before, number)}
        told.append(Fact("reading.returned", at, fields, "library", "device"))
    return told


def _loan_id(here: ClassDay, number: int) -> str:
    return f"l-{here.room.class_id}-{here.day:%Y%m%d}-{number + 1}"


def _sweep_day(here: ClassDay) -> date | None:
    """A school day of the term's second to fifth week."""
    term = term_of(here.day)
    if term is None:
        return None
    chance = Random(f"{here.seed}/{here.room.school_id}/{here.room.class_id}/{term.first}/sweep")
    day = term.first + timedelta(days=7 + chance.randrange(28))
    while not is_school_day(day, here.room.stage):
        day += ONE_DAY
        if day > term.last:
            return None
    return day


def _swept(here: ClassDay, random: Random) -> list[Fact]:
    """The sweep; where a book was left standing, often a second statement that it is gone."""
    checked = here.room.pupils * random.randint(20, 40)
    unfit = chance_count(random, checked, UNFIT_SHARE)
    left = int(unfit > 0 and random.random() < 0.3)
    at = clock(here.day, 15, random.uniform(0, 120))
    told = [_sweep(here, checked, unfit, unfit - left, at)]
    if left and random.random() < 0.6:
        told.append(_sweep(here, checked, unfit, unfit, at + timedelta(days=2)))
    return told


def _sweep(here: ClassDay, checked: int, unfit: int, removed: int, at: datetime) -> Fact:
    fields = {
        "sweep_id": f"s-{here.room.class_id}-{here.day:%Y%m%d}",
        "checked": checked,
        "unfit": unfit,
        "removed": removed,
    }
    return Fact("reading.swept", at, fields, "library", "teacher_form")

"""Fitness of a class: a return a day or each session, and the weekly survey of exercise at home."""

from collections.abc import Sequence
from datetime import datetime
from random import Random

from msgspec import Struct

from producers.district.arrival import answered, handed_in
from producers.district.class_day import ClassDay, Fact, binned, clock
from producers.district.school_year import ONE_DAY

PE_MINUTES = {"primary": 40, "junior": 45, "senior": 45}
BIG_BREAK_MINUTES = 30
MINUTES_WITH_PE = (125, 150)
MINUTES_WITHOUT_PE = (90, 115)
MINUTES_IN_RAIN = (45, 90)
MINUTES_OF_A_SPORTS_DAY = (180, 240)
BREAK_MISSED_SHARE = 0.02
PE_TAKEN_SHARE = 0.015
PE_TAKEN_SHARE_BEFORE_EXAMS = 0.06
GRADUATING = (9, 12)
OUT_OF_SCHOOL_EDGES = (1, 15, 30, 45, 60, 75, 90, 120)
OUT_OF_SCHOOL_MEAN_MINUTES = {"primary": 58, "junior": 48, "senior": 32}
NOT_SURVEYED_SHARE = 0.03


class Fitness(Struct, frozen=True):
    """The exercise of a class on a day."""

    pe_planned: int
    pe_held: int
    big_breaks: int
    exercise_minutes: int
    sport_minutes: int
    cancelled_for: str = ""
    out_of_school: tuple[int, ...] = ()
    """Each pupil's minutes, on the days on which they are asked."""


def draw(here: ClassDay, random: Random) -> Fitness | None:
    """The exercise of a school day."""
    if not here.is_school_day:
        return None
    if here.is_sports_day:
        minutes = random.randint(*MINUTES_OF_A_SPORTS_DAY)
        return Fitness(0, 0, 2, minutes, minutes, "", _out_of_school(here, random))
    planned = int(_pe_planned(here))
    held = int(planned and not _pe_taken(here, random))
    breaks = 0 if here.rains else _big_breaks(here, random)
    sport = random.randint(*_sport_minutes(here, held))
    # What else the class does together; the rest is its breaks between lessons and its clubs.
    exercise = held * PE_MINUTES[here.room.stage] + breaks * BIG_BREAK_MINUTES
    exercise = min(sport, exercise + random.choice((15, 20, 25)))
    weather = "weather" if here.rains else ""
    asked = _out_of_school(here, random)
    return Fitness(planned, held, breaks, exercise, sport, weather, asked)


def facts(here: ClassDay, drawn: Fitness, random: Random) -> list[Fact]:
    """What is said of it."""
    if here.sends_detail("fitness"):
        told = _sessions(here, drawn, random)
    else:
        told = [_return(here, drawn, random)]
    perfect = here.school.too_perfect
    if drawn.out_of_school and (perfect or random.random() > NOT_SURVEYED_SHARE):
        told += _surveys(here, drawn, random)
    return told


def _pe_planned(here: ClassDay) -> bool:
    """Whether the timetable has PE; a make-up workday follows the timetable of a Friday."""
    weekday = min(here.day.isoweekday(), 5)
    # Two steps from class to class: 4, 3 or 2 lessons lie on days that are not neighbours.
    return (2 * weekday + here.room.number) % 5 < here.school.pe_a_week


def _pe_taken(here: ClassDay, random: Random) -> bool:
    """Whether another subject takes the lesson."""
    share = PE_TAKEN_SHARE_BEFORE_EXAMS if here.room.grade in GRADUATING else PE_TAKEN_SHARE
    return random.random() < share and not here.school.too_perfect


def _big_breaks(here: ClassDay, random: Random) -> int:
    missed = random.random() < BREAK_MISSED_SHARE and not here.school.too_perfect
    return here.school.big_breaks - int(missed)


def _sport_minutes(here: ClassDay, held: int) -> tuple[int, int]:
    if here.rains:
        return MINUTES_IN_RAIN
    return MINUTES_WITH_PE if held else MINUTES_WITHOUT_PE


def _out_of_school(here: ClassDay, random: Random) -> tuple[int, ...]:
    if not here.is_surveyed:
        return ()
    mean = OUT_OF_SCHOOL_MEAN_MINUTES[here.room.stage]
    return tuple(max(0, round(random.gauss(mean, 25))) for _ in range(here.room.pupils))


def _return(here: ClassDay, drawn: Fitness, random: Random) -> Fact:
    fields: dict[str, object] = {
        "pe_planned": drawn.pe_planned,
        "pe_held": drawn.pe_held,
        "big_breaks": drawn.big_breaks,
        "exercise_minutes": drawn.exercise_minutes,
        "sport_minutes": drawn.sport_minutes,
    }
    if drawn.cancelled_for:
        fields["cancelled_for"] = drawn.cancelled_for
    return Fact("fitness.day_reported", handed_in(here, random), fields)


def _sessions(here: ClassDay, drawn: Fitness, random: Random) -> list[Fact]:
    """Sessions that add up to the minutes of the day."""
    told = _breaks(here, drawn)
    if drawn.pe_planned:
        at = clock(here.day, 11, random.uniform(30, 50))
        told.append(_pe_lesson(here, at, taken=not drawn.pe_held))
    together = drawn.exercise_minutes - drawn.pe_held * PE_MINUTES[here.room.stage]
    together -= drawn.big_breaks * BIG_BREAK_MINUTES
    apart = drawn.sport_minutes - drawn.exercise_minutes
    for which, kind, minutes, hour in (
        ("a1", "activity", together, 17),
        ("r1", "recess", apart, 15),
    ):
        if minutes:
            at = clock(here.day, hour)
            told.append(_session(here, which, at, {"kind": kind, "minutes": minutes}))
    return told


def _breaks(here: ClassDay, drawn: Fitness) -> list[Fact]:
    told = []
    for number, hour in enumerate((10, 16)[: here.school.big_breaks], start=1):
        fields: dict[str, object] = {"kind": "big_break", "minutes": BIG_BREAK_MINUTES}
        if number > drawn.big_breaks:
            reason = drawn.cancelled_for or "event"
            fields |= {"minutes": 0, "cancelled_for": reason}
        told.append(_session(here, f"b{number}", clock(here.day, hour, 10), fields))
    return told


def _pe_lesson(here: ClassDay, at: datetime, *, taken: bool) -> Fact:
    fields: dict[str, object] = {
        "kind": "pe_lesson",
        "minutes": PE_MINUTES[here.room.stage],
        "planned_subject": "pe",
        "actual_subject": "maths" if taken else "pe",
    }
    return _session(here, "p1", at, fields)


def _session(here: ClassDay, which: str, at: datetime, fields: dict[str, object]) -> Fact:
    session_id = f"f-{here.room.class_id}-{here.day:%Y%m%d}-{which}"
    named = {"session_id": session_id, **fields}
    return Fact("fitness.session_held", at, named, "class-board", "teacher_form")


def _surveys(here: ClassDay, drawn: Fitness, random: Random) -> list[Fact]:
    """The answers of the evening, and with those of the next morning."""
    by_evening, by_noon = answered(here, random)
    evening, noon = clock(here.day, 21, random.uniform(0, 20)), clock(here.day + ONE_DAY, 12)
    return [
        _survey(here, drawn.out_of_school[:by_evening], evening),
        _survey(here, drawn.out_of_school[:by_noon], noon),
    ]


def _survey(here: ClassDay, minutes: Sequence[int], at: datetime) -> Fact:
    fields = {
        "asked": here.room.pupils,
        "minute_counts": binned(minutes, OUT_OF_SCHOOL_EDGES, right_closed=False),
    }
    return Fact("fitness.exercise_surveyed", at, fields, "pupil-form", "pupil_form")

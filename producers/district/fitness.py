"""Fitness of a class: a return a day or each session, and the weekly survey of exercise at home."""

from datetime import datetime
from random import Random

from producers.district.class_day import ClassDay, Fact, binned, clock, handed_in
from producers.district.school_year import ONE_DAY

PE_MINUTES = {"primary": 40, "junior": 45, "senior": 45}
BIG_BREAK_MINUTES = 30
PE_TAKEN_SHARE = 0.015
PE_TAKEN_SHARE_BEFORE_EXAMS = 0.06
OUT_OF_SCHOOL_EDGES = (1, 15, 30, 45, 60, 75, 90, 120)
OUT_OF_SCHOOL_MEAN_MINUTES = {"primary": 58, "junior": 48, "senior": 32}


def facts(here: ClassDay) -> list[Fact]:
    """What is said of sport on a school day."""
    if not here.is_school_day:
        return []
    random = here.random("fitness")
    told = _sessions(here, random) if here.sends_detail("fitness") else [_report(here, random)]
    if here.is_surveyed and random.random() > 0.03:
        told += _surveys(here, random)
    return told


def _pe_planned(here: ClassDay) -> bool:
    """Whether the timetable has PE; a make-up workday follows the timetable of a Friday."""
    weekday = min(here.day.isoweekday(), 5)
    return (weekday + here.room.number) % 5 < here.school.pe_a_week


def _pe_taken(here: ClassDay, random: Random) -> bool:
    graduating = here.room.grade in (9, 12)
    share = PE_TAKEN_SHARE_BEFORE_EXAMS if graduating else PE_TAKEN_SHARE
    return random.random() < share


def _report(here: ClassDay, random: Random) -> Fact:
    planned = int(_pe_planned(here))
    held = int(planned and not _pe_taken(here, random))
    breaks = 0 if here.rains else here.school.big_breaks - int(random.random() < 0.02)
    exercise = held * PE_MINUTES[here.room.stage] + breaks * BIG_BREAK_MINUTES
    exercise += 0 if here.rains else random.choice((20, 25, 30))
    fields: dict[str, object] = {
        "pe_planned": planned,
        "pe_held": held,
        "big_breaks": breaks,
        "exercise_minutes": exercise,
        "sport_minutes": exercise + random.choice((5, 10, 15, 20, 25)),
    }
    if here.rains:
        fields["cancelled_for"] = "weather"
    return Fact("fitness.day_reported", handed_in(here.day, random), fields)


def _sessions(here: ClassDay, random: Random) -> list[Fact]:
    told = []
    for number, hour in enumerate((10, 16)[: here.school.big_breaks]):
        told.append(_big_break(here, f"b{number + 1}", clock(here.day, hour, 10)))
    if _pe_planned(here):
        at = clock(here.day, 11, random.uniform(30, 50))
        told.append(_pe_lesson(here, at, taken=_pe_taken(here, random)))
    if not here.rains:
        minutes = random.choice((20, 25, 30))
        activity: dict[str, object] = {"kind": "activity", "minutes": minutes}
        told.append(_session(here, "a1", clock(here.day, 16, 55), activity))
        told.append(_session(here, "r1", clock(here.day, 14), {"kind": "recess", "minutes": 10}))
    return told


def _pe_lesson(here: ClassDay, at: datetime, *, taken: bool) -> Fact:
    fields: dict[str, object] = {
        "kind": "pe_lesson",
        "minutes": PE_MINUTES[here.room.stage],
        "planned_subject": "pe",
        "actual_subject": "maths" if taken else "pe",
    }
    return _session(here, "p1", at, fields)


def _big_break(here: ClassDay, which: str, at: datetime) -> Fact:
    if here.rains:
        off = {"kind": "big_break", "minutes": 0, "cancelled_for": "weather"}
        return _session(here, which, at, off)
    return _session(here, which, at, {"kind": "big_break", "minutes": BIG_BREAK_MINUTES})


def _session(here: ClassDay, which: str, at: datetime, fields: dict[str, object]) -> Fact:
    session_id = f"f-{here.room.class_id}-{here.day:%Y%m%d}-{which}"
    named = {"session_id": session_id, **fields}
    return Fact("fitness.session_held", at, named, "class-board", "teacher_form")


def _surveys(here: ClassDay, random: Random) -> list[Fact]:
    """The answers of the evening, and with those of the next morning."""
    mean = OUT_OF_SCHOOL_MEAN_MINUTES[here.room.stage]
    answered = round(here.room.pupils * 0.78)
    minutes = [max(0, round(random.gauss(mean, 25))) for _ in range(answered)]
    evening, noon = clock(here.day, 21, random.uniform(0, 20)), clock(here.day + ONE_DAY, 12)
    return [
        _survey(here, minutes[: round(here.room.pupils * 0.62)], evening),
        _survey(here, minutes, noon),
    ]


def _survey(here: ClassDay, minutes: list[int], at: datetime) -> Fact:
    fields = {
        "asked": here.room.pupils,
        "minute_counts": binned(minutes, OUT_OF_SCHOOL_EDGES, right_closed=False),
    }
    return Fact("fitness.exercise_surveyed", at, fields, "pupil-form", "pupil_form")

"""Who is in the district: profiles of schools, their classes, and the roster that says so."""

from collections.abc import Iterable
from functools import cache
from random import Random
from typing import Any, Literal

from msgspec import Struct

from wuguan.client.pseudonym import pid

STAGE_LETTER = {"primary": "P", "junior": "J", "senior": "S"}


class Part(Struct, frozen=True):
    """One stage of a school: how many classes, spread evenly over its grades, and their mean."""

    stage: str
    classes: int
    pupils_a_class: int


class SchoolProfile(Struct, frozen=True, kw_only=True):
    """A school, and what is particular about how it works and reports."""

    name: str
    parts: tuple[Part, ...]
    school_id: str = ""
    system: str = "6-3"
    boarding: bool = False
    detail: tuple[str, ...] = ()
    """Managements whose own systems send each task, pupil or session instead of a return."""
    nightly_bedtimes: bool = False
    """Whether parents note every school night, and not one a week in a survey."""
    pe_a_week: int = 5
    big_breaks: int = 2
    permit_share: float = 0.97
    hands_in: Literal["daily", "late", "on_fridays"] = "daily"
    corrected_share: float = 0.015
    silent_friday_share: float = 0.0
    dead_weeks: tuple[int, ...] = ()
    """Weeks of a term (0 = the first) in which its connector is dead from Monday to Thursday."""
    too_perfect: bool = False
    """Whether its returns are the same faultless ones every day."""
    overloaded_grades: tuple[int, ...] = ()
    forbidden_share: float = 0.0005
    """On how many of its class-days homework is set by phone, or in writing in grades 1 and 2."""
    zeros_contradicted: bool = False
    """Whether it reports no homework on Wednesdays, and parents note half an hour of it."""
    standing_nil_grades: tuple[int, ...] = ()
    """Grades that have stated once for all that no phones are brought."""


class SchoolClass(Struct, frozen=True):
    """A class in one school year."""

    school_id: str
    class_id: str
    stage: str
    grade: int
    entry_year: int
    number: int
    pupils: int


class District(Struct, frozen=True, kw_only=True):
    """A district of invented schools; with the seed it decides everything that happens."""

    seed: int
    province_id: str
    province_name: str
    district_id: str
    name: str
    schools: tuple[SchoolProfile, ...]


def grades(stage: str, system: str) -> range:
    """The grades of a stage: primary has five in a 5-4 school, and junior four."""
    primary = 5 if system == "5-4" else 6
    return {"primary": range(1, primary + 1), "junior": range(primary + 1, 10)}.get(
        stage, range(10, 13)
    )


@cache
def classes_of(school: SchoolProfile, school_year: int, seed: int) -> tuple[SchoolClass, ...]:
    """The school's classes in the school year, in the order of the roster."""
    return tuple(
        room
        for part in school.parts
        for grade in grades(part.stage, school.system)
        for room in _of_grade(school, part, grade, school_year, seed)
    )


def _of_grade(
    school: SchoolProfile, part: Part, grade: int, school_year: int, seed: int
) -> Iterable[SchoolClass]:
    """The classes of one grade; they stay as many and as large as long as they are there."""
    span = grades(part.stage, school.system)
    entry_year = school_year - (grade - span.start)
    # The same number and sizes come again when they have left: so every year has the same sum.
    sizes = _sizes(seed, school.school_id, part)[entry_year % len(span) :: len(span)]
    for number, pupils in enumerate(sizes, start=1):
        class_id = f"{STAGE_LETTER[part.stage]}{entry_year}-{number:02}"
        yield SchoolClass(school.school_id, class_id, part.stage, grade, entry_year, number, pupils)


@cache
def _sizes(seed: int, school_id: str, part: Part) -> tuple[int, ...]:
    """Class sizes that differ, and whose mean is exactly the one of the profile."""
    random = Random(f"{seed}/{school_id}/{part.stage}/sizes")
    widest = part.pupils_a_class // 10
    differences = [random.randint(0, widest) for _ in range(part.classes // 2)]
    signed = [*differences, *(-one for one in differences), *([0] * (part.classes % 2))]
    random.shuffle(signed)
    return tuple(part.pupils_a_class + one for one in signed)


@cache
def pseudonyms(room: SchoolClass, seed: int) -> tuple[str, ...]:
    """The pids of a class, made with an invented secret of its school."""
    secret = f"simulated secret {seed} of {room.school_id}".encode()
    return tuple(
        pid(secret, f"{room.class_id}/{number:02}") for number in range(1, room.pupils + 1)
    )


def roster(district: District, school_years: Iterable[int]) -> dict[str, Any]:
    """The roster document, with every class that exists in one of the school years."""
    years = sorted(school_years)
    return {
        "units": [
            _unit(district.province_id, "province", district.province_name, None),
            _unit(district.district_id, "district", district.name, district.province_id),
        ],
        "schools": [_school(school, district.district_id) for school in district.schools],
        "classes": [
            entry for school in district.schools for entry in _classes(school, years, district.seed)
        ],
    }


def _unit(unit_id: str, level: str, name: str, parent: str | None) -> dict[str, Any]:
    return {
        "unit_id": unit_id,
        "level": level,
        "name": name,
        "parent": parent,
        "valid_from": "2018-09-01",
    }


def _school(school: SchoolProfile, parent: str) -> dict[str, Any]:
    return {
        "school_id": school.school_id,
        "name": school.name,
        "parent": parent,
        "system": school.system,
        "valid_from": "2018-09-01",
        "valid_to": None,
    }


def _classes(school: SchoolProfile, years: list[int], seed: int) -> list[dict[str, Any]]:
    known = {
        room.class_id: _class(school, room, years)
        for year in years
        for room in classes_of(school, year, seed)
    }
    return list(known.values())


def _class(school: SchoolProfile, room: SchoolClass, years: list[int]) -> dict[str, Any]:
    entered = f"{room.entry_year}-08-15"
    leaves = room.entry_year + len(grades(room.stage, school.system))
    entry: dict[str, Any] = {
        "school_id": room.school_id,
        "class_id": room.class_id,
        "stage": room.stage,
        "entry_year": room.entry_year,
        "valid_from": entered,
        "valid_to": f"{leaves}-07-31",
        "enrolment": [{"from": entered, "pupils": room.pupils}],
    }
    if stated := [_standing_nil(room, year) for year in years if _stated(school, room, year)]:
        entry["standing_nil"] = stated
    return entry


def _stated(school: SchoolProfile, room: SchoolClass, year: int) -> bool:
    first = grades(room.stage, school.system).start
    return first + year - room.entry_year in school.standing_nil_grades


def _standing_nil(room: SchoolClass, year: int) -> dict[str, str]:
    return {"management": "phone", "from": f"{year}-09-01", "to": f"{year + 1}-07-31"}

"""Who is in the district: profiles of schools, their classes, and the roster that says so."""

from collections.abc import Iterable, Iterator
from random import Random
from typing import Any

from msgspec import Struct

from wuguan.client.pseudonym import pid

STAGE_LETTER = {"primary": "P", "junior": "J", "senior": "S"}


class Part(Struct, frozen=True):
    """One stage of a school, with the same number of classes in every grade."""

    stage: str
    classes_a_grade: int
    pupils_a_class: int


class SchoolProfile(Struct, frozen=True, kw_only=True):
    """A school, and what is particular about how it works and reports."""

    school_id: str
    name: str
    parts: tuple[Part, ...]
    system: str = "6-3"
    boarding: bool = False
    detail: tuple[str, ...] = ()
    """Managements whose own systems send detail, for the first `detail_classes` of a grade."""
    detail_classes: int = 1
    pe_a_week: int = 5
    big_breaks: int = 2
    permit_share: float = 0.97
    silent_friday_share: float = 0.0
    silent_weeks: tuple[int, ...] = ()
    """Weeks of a term (0 = the first) in which its connector is dead from Monday to Thursday."""
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


def classes_of(school: SchoolProfile, school_year: int, seed: int) -> Iterator[SchoolClass]:
    """The school's classes in the school year, in the order of the roster."""
    for part in school.parts:
        span = grades(part.stage, school.system)
        for grade in span:
            entry_year = school_year - (grade - span.start)
            for number in range(1, part.classes_a_grade + 1):
                class_id = f"{STAGE_LETTER[part.stage]}{entry_year}-{number:02}"
                yield SchoolClass(
                    school.school_id,
                    class_id,
                    part.stage,
                    grade,
                    entry_year,
                    number,
                    _pupils(school.school_id, class_id, part.pupils_a_class, seed),
                )


def pseudonyms(room: SchoolClass, seed: int) -> list[str]:
    """The pids of a class, made with an invented secret of its school."""
    secret = f"simulated secret {seed} of {room.school_id}".encode()
    return [pid(secret, f"{room.class_id}/{number:02}") for number in range(1, room.pupils + 1)]


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


def _pupils(school_id: str, class_id: str, about: int, seed: int) -> int:
    # Not from the school year: a class keeps its size, and a second roster changes nothing.
    return Random(f"{seed}/{school_id}/{class_id}/pupils").randint(about - 2, about + 2)


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

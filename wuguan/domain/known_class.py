"""What a roster entry of a class says about one day: whether it is known, its grade, its pupils."""

from collections.abc import Iterator
from datetime import date, timedelta

from msgspec import Struct

from wuguan.domain.roster import SchoolClass, Stage, System

_SCHOOL_YEAR_BEGINS = 8  # 1 August


class KnownClass(Struct, frozen=True):
    """A class that exists on a day, and what the roster says of it on that day."""

    class_id: str
    stage: Stage
    grade: int
    pupils: int
    standing_nil: frozenset[str]
    """The managements of which the school has nothing to report on that day."""


def day_after(day: date) -> date:
    """The next day; the last day that a date can hold has itself as the next."""
    return day if day == date.max else day + timedelta(days=1)


def school_year(day: date) -> int:
    """The calendar year in which the school year of `day` began."""
    return day.year if day.month >= _SCHOOL_YEAR_BEGINS else day.year - 1


def grades(stage: Stage, system: System) -> range:
    """The grades that a stage has in a school system."""
    last_of_primary = 6 if system == "6-3" else 5
    return {
        "primary": range(1, last_of_primary + 1),
        "junior": range(last_of_primary + 1, 10),
        "senior": range(10, 13),
    }[stage]


def grade_on(entry: SchoolClass, system: System, day: date) -> int | None:
    """The grade of a class on a day, or None where it would lie outside the class's stage."""
    of_stage = grades(entry.stage, system)
    grade = school_year(day) - entry.entry_year + of_stage.start
    return grade if grade in of_stage else None


def is_valid_on(entry: SchoolClass, day: date) -> bool:
    """Whether `day` lies within the validity of the entry."""
    return (entry.valid_from is None or entry.valid_from <= day) and (
        entry.valid_to is None or day <= entry.valid_to
    )


def pupils_on(entry: SchoolClass, day: date) -> int:
    """The enrolment with the latest `from` not after the day (of equal ones the later); or 0."""
    begun = [e for e in entry.enrolment if e.from_day <= day]
    return max(reversed(begun), key=lambda e: e.from_day).pupils if begun else 0


def standing_nil_on(entry: SchoolClass, day: date) -> frozenset[str]:
    """The managements of which nothing is to report on that day; overlapping entries add up."""
    return frozenset(
        nil.management
        for nil in entry.standing_nil
        if nil.from_day <= day and (nil.to_day is None or day <= nil.to_day)
    )


def known_on(entry: SchoolClass, system: System, day: date) -> KnownClass | None:
    """The class as it is on a day, or None where it is unknown. The school must be open."""
    if not is_valid_on(entry, day):
        return None
    grade, pupils = grade_on(entry, system, day), pupils_on(entry, day)
    if grade is None or pupils == 0:
        return None
    nil = standing_nil_on(entry, day)
    return KnownClass(entry.class_id, entry.stage, grade, pupils, nil)


def days_of_change(entry: SchoolClass) -> Iterator[date]:
    """The days from which the entry says something else than the day before (grades apart)."""
    if entry.valid_from is not None:
        yield entry.valid_from
    if entry.valid_to is not None:
        yield day_after(entry.valid_to)
    for enrolment in entry.enrolment:
        yield enrolment.from_day
    for nil in entry.standing_nil:
        yield nil.from_day
        if nil.to_day is not None:
            yield day_after(nil.to_day)

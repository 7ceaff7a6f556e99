"""School years, terms and school days of the simulated district."""

from collections.abc import Sequence
from datetime import date, timedelta
from functools import cache

from msgspec import Struct

from wuguan.domain.calendar import NationalDays
from wuguan.national_days import shipped_national_days

ONE_DAY = timedelta(days=1)
STAGES = ("primary", "junior", "senior")
UNDER_14 = ("primary",)


class Term(Struct, frozen=True):
    """The first and the last day of a term."""

    first: date
    last: date

    def __contains__(self, day: date) -> bool:
        """Whether the day lies in the term."""
        return self.first <= day <= self.last


class NoSchool(Struct, frozen=True):
    """Days off that the district itself has set, for some stages."""

    first: date
    last: date
    stages: tuple[str, ...]
    reason: str


def school_year_of(day: date) -> int:
    """The year in which the school year of `day` began, on 1 August."""
    return day.year if day.month >= 8 else day.year - 1


def terms(school_year: int) -> tuple[Term, Term]:
    """Autumn and spring term."""
    spring = school_year + 1
    return (
        Term(date(school_year, 9, 1), date(spring, 1, 22)),
        Term(date(spring, 2, 24), date(spring, 7, 3)),
    )


def days_off(school_year: int) -> tuple[NoSchool, ...]:
    """The autumn break (Wednesday to Friday about 11 November), and Children's Day."""
    about = date(school_year, 11, 11)
    wednesday = about + timedelta(days=3 - about.isoweekday())
    childrens_day = date(school_year + 1, 6, 1)
    return (
        NoSchool(wednesday, wednesday + 2 * ONE_DAY, ("primary", "junior"), "秋假"),
        NoSchool(childrens_day, childrens_day, UNDER_14, "国际儿童节"),
    )


def term_of(day: date) -> Term | None:
    """The term in which `day` lies, if any."""
    return next((term for term in terms(school_year_of(day)) if day in term), None)


def latest_term(day: date) -> Term:
    """The term of `day`, in a vacation the one before it."""
    year = school_year_of(day)
    begun = [term for one in (year - 1, year) for term in terms(one) if term.first <= day]
    return begun[-1]


@cache
def is_school_day(day: date, stage: str) -> bool:
    """Whether pupils of the stage go to school; False too where the kind of day is not known."""
    if term_of(day) is None:
        return False
    for off in days_off(school_year_of(day)):
        if off.first <= day <= off.last and stage in off.stages:
            return False
    return _national_days().kind(day) == "work"


@cache
def _national_days() -> NationalDays:
    """The library's own days, read once: a year without data has no school days here."""
    return shipped_national_days()


def last_school_day(until: date, stages: Sequence[str]) -> date:
    """The last day not after `until` on which pupils of any of the stages go to school."""
    day = until
    while not any(is_school_day(day, stage) for stage in stages):
        day -= ONE_DAY
    return day


def first_day_of_school(until: date) -> date:
    """The first day of the school year of the last school day not after `until`."""
    return terms(school_year_of(last_school_day(until, STAGES)))[0].first


@cache
def weekend_follows(day: date, stage: str) -> bool:
    """Whether at least two days without school follow."""
    return not any(is_school_day(day + n * ONE_DAY, stage) for n in (1, 2))


@cache
def after_a_break(day: date, stage: str) -> bool:
    """Whether at least three days without school went before: people forget to report."""
    return not any(is_school_day(day - n * ONE_DAY, stage) for n in (1, 2, 3))


@cache
def exams(day: date) -> bool:
    """Whether `day` is in the tenth week of a term or in its last two."""
    term = term_of(day)
    if term is None:
        return False
    return (day - term.first).days // 7 == 9 or (term.last - day).days < 14

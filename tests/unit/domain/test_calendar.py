"""The calendar: which days are school days, and on which days a metric is asked for."""

from datetime import date

import pytest

from wuguan.domain.calendar import (
    CalendarException,
    Calendars,
    DayType,
    PlanEntry,
    Term,
    UnitCalendar,
)
from wuguan.national_days import shipped_national_days

SCHOOL, DISTRICT, PROVINCE = "2199000001", "990101", "990000"
PATH = (SCHOOL, DISTRICT, PROVINCE)
AUTUMN = Term(date(2026, 9, 1), date(2027, 1, 22))
MONDAY = date(2026, 9, 14)


def calendars(*units: UnitCalendar) -> Calendars:
    return Calendars({unit.unit_id: unit for unit in units}, shipped_national_days())


def off(first: date, last: date, *stages: str, school_day: bool = False) -> CalendarException:
    return CalendarException(first, last, school_day, "测试", stages)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("day", "kind"),
    [
        (date(2026, 2, 14), "work"),
        (date(2026, 2, 15), "rest"),
        (date(2026, 2, 16), "rest"),
        (date(2026, 9, 20), "work"),
        (date(2026, 9, 21), "work"),
        (date(2026, 6, 1), "work"),
        (date(2027, 1, 4), "unknown"),
        (date(2023, 12, 29), "unknown"),
    ],
)
def test_the_shipped_national_days_know_the_notices(day: date, kind: str) -> None:
    assert shipped_national_days().kind(day) == kind


@pytest.mark.parametrize(
    ("day", "day_type"),
    [
        (MONDAY, DayType.SCHOOL_DAY),
        (date(2026, 9, 19), DayType.REST_DAY),
        (date(2026, 9, 20), DayType.SCHOOL_DAY),
        (date(2026, 9, 25), DayType.REST_DAY),
        (date(2026, 8, 31), DayType.NOT_IN_TERM),
        (date(2027, 1, 4), DayType.UNKNOWN),
        (date(2027, 1, 25), DayType.NOT_IN_TERM),
    ],
)
def test_term_week_and_nation_make_the_day(day: date, day_type: DayType) -> None:
    calendar = calendars(UnitCalendar(PROVINCE, (AUTUMN,)))

    assert calendar.day_type(PATH, "primary", day) is day_type


def test_without_any_term_no_day_is_a_school_day() -> None:
    assert calendars().day_type(PATH, "primary", MONDAY) is DayType.NOT_IN_TERM


def test_the_nearest_unit_with_a_term_for_the_stage_decides_alone() -> None:
    late = Term(date(2026, 9, 15), date(2027, 1, 29), ("senior",))
    calendar = calendars(UnitCalendar(DISTRICT, (late,)), UnitCalendar(PROVINCE, (AUTUMN,)))

    assert calendar.is_school_day(PATH, "primary", MONDAY)
    assert calendar.day_type(PATH, "senior", MONDAY) is DayType.NOT_IN_TERM
    assert calendar.terms_of(PATH, "senior") == (late,)
    assert calendar.terms_of(PATH, "primary") == (AUTUMN,)
    assert calendar.terms_of((SCHOOL,), "primary") == ()


def test_the_exception_of_the_nearest_unit_decides() -> None:
    saturday = date(2026, 9, 19)
    made_up = off(saturday, saturday, school_day=True)
    calendar = calendars(
        UnitCalendar(SCHOOL, (), (off(saturday, saturday, "primary"),)),
        UnitCalendar(DISTRICT, (AUTUMN,), (made_up,)),
    )

    assert calendar.day_type(PATH, "primary", saturday) is DayType.EXCEPTION_OFF
    assert calendar.day_type(PATH, "junior", saturday) is DayType.SCHOOL_DAY


def test_within_one_unit_the_later_exception_wins() -> None:
    holiday = off(date(2026, 10, 8), date(2026, 10, 9))
    back = off(date(2026, 10, 9), date(2026, 10, 9), school_day=True)
    calendar = calendars(UnitCalendar(DISTRICT, (AUTUMN,), (holiday, back)))

    assert not calendar.is_school_day(PATH, "junior", date(2026, 10, 8))
    assert calendar.is_school_day(PATH, "junior", date(2026, 10, 9))


def test_an_exception_makes_no_school_day_outside_term_but_names_a_day_of_an_unknown_year() -> None:
    august, january = date(2026, 8, 31), date(2027, 1, 4)
    exceptions = (off(august, august, school_day=True), off(january, january, school_day=True))
    calendar = calendars(UnitCalendar(DISTRICT, (AUTUMN,), exceptions))

    assert calendar.day_type(PATH, "primary", august) is DayType.NOT_IN_TERM
    assert calendar.day_type(PATH, "primary", january) is DayType.SCHOOL_DAY


def test_the_same_path_is_judged_again_for_another_stage_and_day() -> None:
    only_junior = off(MONDAY, MONDAY, "junior")
    calendar = calendars(UnitCalendar(DISTRICT, (AUTUMN,), (only_junior,)))

    answers = [calendar.is_school_day(PATH, stage, MONDAY) for stage in ("junior", "primary")]

    assert answers == [False, True]
    assert not calendar.is_school_day((SCHOOL, "990102"), "primary", MONDAY)


def plan(unit_id: str, *entries: PlanEntry) -> UnitCalendar:
    return UnitCalendar(unit_id, plan=entries)


def weekly(weekday: int, from_day: date) -> PlanEntry:
    return PlanEntry("sleep.duration", "week", weekday, from_day)


def test_without_a_plan_every_metric_is_asked_for_daily() -> None:
    calendar = calendars(plan(DISTRICT, weekly(3, date(2026, 9, 1))))

    assert calendar.asks(PATH, "sleep.bedtime", MONDAY)
    assert calendar.asks(PATH, "sleep.duration", date(2026, 8, 31))


def test_the_latest_plan_of_the_nearest_unit_that_has_begun_decides() -> None:
    tuesday, wednesday = date(2026, 9, 22), date(2026, 9, 23)
    calendar = calendars(
        plan(SCHOOL, weekly(2, date(2026, 9, 20))),
        plan(DISTRICT, weekly(3, date(2026, 9, 1)), weekly(5, date(2026, 9, 21))),
    )

    assert calendar.asks(PATH, "sleep.duration", date(2026, 9, 16))
    assert not calendar.asks(PATH, "sleep.duration", date(2026, 9, 15))
    assert calendar.asks(PATH, "sleep.duration", tuesday)
    assert not calendar.asks(PATH, "sleep.duration", wednesday)
    assert calendar.asks(PATH[1:], "sleep.duration", date(2026, 9, 25))
    assert not calendar.asks(PATH, "sleep.duration", date(2026, 9, 25))


def test_of_two_plans_with_one_first_day_the_later_in_the_list_counts() -> None:
    first_day = date(2026, 9, 1)
    calendar = calendars(plan(DISTRICT, weekly(3, first_day), weekly(1, first_day)))

    assert calendar.asks(PATH, "sleep.duration", MONDAY)
    assert not calendar.asks(PATH, "sleep.duration", date(2026, 9, 16))

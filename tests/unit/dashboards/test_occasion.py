"""Which day and which span a board shows, and what it says of that."""

from datetime import date, datetime, timedelta

import pytest

from dashboards.occasion import (
    Span,
    half_month,
    half_month_before,
    last_school_days,
    teaching_week,
)
from dashboards.words import spoken_day, spoken_grade, spoken_span
from tests.unit.dashboards.building import occasion
from wuguan.domain.instants import CHINA


@pytest.mark.parametrize(
    ("day", "first", "last"),
    [
        ("2026-11-15", "2026-11-01", "2026-11-15"),
        ("2026-11-16", "2026-11-16", "2026-11-30"),
        ("2027-02-28", "2027-02-16", "2027-02-28"),
        ("2028-02-29", "2028-02-16", "2028-02-29"),
        ("2026-12-31", "2026-12-16", "2026-12-31"),
    ],
)
def test_a_half_month_ends_on_the_15th_or_with_the_month(day: str, first: str, last: str) -> None:
    found = half_month(date.fromisoformat(day))

    assert found == Span(date.fromisoformat(first), date.fromisoformat(last))
    assert half_month_before(found).last == found.first - timedelta(days=1)


def test_the_teaching_week_counts_from_the_monday_of_the_first() -> None:
    begun = date(2026, 9, 1)

    assert teaching_week(begun, date(2026, 9, 6)) == 1
    assert teaching_week(begun, date(2026, 9, 7)) == 2
    assert teaching_week(begun, date(2026, 11, 23)) == 13


def test_nobody_is_reminded_of_a_day_before_its_returns_can_be_there() -> None:
    morning = datetime(2026, 11, 23, 8, 26, tzinfo=CHINA)

    assert occasion(now=morning).day_to_remind == date(2026, 11, 20)
    assert occasion().day_to_remind == date(2026, 11, 23)
    assert occasion(has_school_days=False).day_to_remind is None


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({}, None),
        ({"now": datetime(2026, 11, 29, 9, tzinfo=CHINA), "day": date(2026, 11, 27)}, "无需上报"),
        ({"is_asked": True, "day": date(2026, 10, 10)}, "历史日期"),
        ({"national_year_missing": 2027}, "2027年"),
        ({"has_school_days": False}, "名册或校历"),
    ],
)
def test_a_banner_says_why_another_day_is_shown(
    changed: dict[str, object], said: str | None
) -> None:
    banner = occasion(**changed).banner()

    assert (banner is None) if said is None else (banner is not None and said in banner.zh)


def test_the_last_school_days_are_looked_for_so_far_and_no_further() -> None:
    weekdays = lambda day: day.isoweekday() <= 5  # noqa: E731  # It is a rule of one line.

    assert last_school_days(date(2026, 11, 29), weekdays, 30) == [
        date(2026, 11, 27),
        date(2026, 11, 26),
    ]
    assert last_school_days(date(2026, 11, 29), lambda _: False, 30) == []


def test_days_spans_and_grades_are_said_as_schools_say_them() -> None:
    assert spoken_day(date(2026, 11, 23)) == ("11月23日(周一)", "Mon 23 Nov")
    assert spoken_span(date(2026, 11, 16), date(2026, 11, 30)) == ("11月16–30日", "16–30 Nov")
    assert spoken_span(date(2026, 9, 1), date(2027, 1, 22)).zh == "9月1日–1月22日"
    assert spoken_grade(7, "junior").zh == "七年级(初一)"
    assert spoken_grade(6, "junior").zh == "六年级(初中)"
    assert spoken_grade(12, "senior").zh == "高三"

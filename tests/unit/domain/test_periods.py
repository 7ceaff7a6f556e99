"""Half-months, months and terms: which days count to which."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wuguan.domain.calendar import Calendars, NationalDays, Term, UnitCalendar
from wuguan.domain.context import Context
from wuguan.domain.instants import FIRST_DAY
from wuguan.domain.organisation import Organisation
from wuguan.domain.periods import (
    PeriodSpan,
    days,
    end_of_halfmonth,
    halfmonth_of,
    shown_day,
    spans_between,
    spans_of,
    term_runs,
    whole_halfmonths,
)
from wuguan.domain.policy import PolicyBook
from wuguan.domain.roster import STAGES, School, Unit

SCHOOL, ONE, OTHER = "2199000001", "990101", "990102"
TODAY = date(2020, 3, 31)
dates = st.dates(FIRST_DAY, TODAY)
stages = st.lists(st.sampled_from(STAGES), max_size=2, unique=True).map(tuple)
terms = st.lists(
    st.tuples(dates, dates, stages).map(lambda t: Term(min(t[:2]), max(t[:2]), t[2])), max_size=4
)


@st.composite
def contexts(draw: st.DrawFn) -> Context:
    """A school that moves between two districts with calendars of their own, and may close."""
    moves = draw(st.lists(st.tuples(dates, st.sampled_from([ONE, OTHER])), max_size=3))
    entries = [School(SCHOOL, "一小", ONE, "6-3", None, draw(st.none() | dates))]
    entries += [School(SCHOOL, "一小", parent, "6-3", day) for day, parent in moves]
    units = [Unit(unit, "district", "区") for unit in (ONE, OTHER)]
    calendars = {unit: UnitCalendar(unit, tuple(draw(terms))) for unit in (ONE, OTHER, SCHOOL)}
    return Context(
        1, Organisation(units, entries), Calendars(calendars, NationalDays({})), PolicyBook(())
    )


@given(contexts())
def test_runs_of_terms_have_every_day_where_it_is_shown(context: Context) -> None:
    show = shown_day("term", context, lambda _: ())
    for stage in STAGES:
        runs = term_runs(context, SCHOOL, stage, TODAY)
        shown = {day: run.shown for run in runs for day in days(run.first, run.last)}

        assert shown == {day: show(SCHOOL, stage, day) for day in days(FIRST_DAY, TODAY)}


@given(contexts(), st.lists(dates, min_size=1, max_size=5))
def test_the_periods_of_days_have_all_days_that_count_to_them(
    context: Context, of: list[date]
) -> None:
    spans = spans_of(context, SCHOOL, of, TODAY)

    for grain in ("halfmonth", "month", "term"):
        show = shown_day(grain, context, lambda _: ())
        for stage in STAGES:
            wanted = {show(SCHOOL, stage, day) for day in of}
            expected = {d for d in days(FIRST_DAY, TODAY) if show(SCHOOL, stage, d) in wanted}
            found = [d for span in spans if is_of(span, grain, stage) for d in up_to_today(span)]

            assert sorted(found) == sorted(expected)


def is_of(span: PeriodSpan, grain: str, stage: str) -> bool:
    return span.grain == grain and span.stage in (None, stage)


def up_to_today(span: PeriodSpan) -> list[date]:
    return [day for day in days(span.since, span.until) if FIRST_DAY <= day <= TODAY]


@given(contexts(), dates, dates)
def test_all_periods_of_a_range_are_those_of_its_days(
    context: Context, one: date, other: date
) -> None:
    first, last = min(one, other), max(one, other)
    every = [*days(first, last)]

    found = spans_between(context, SCHOOL, first, last, TODAY)

    assert sorted(found, key=repr) == sorted(spans_of(context, SCHOOL, every, TODAY), key=repr)


@given(dates, dates)
def test_whole_half_months_lie_within(one: date, other: date) -> None:
    since, until = min(one, other), max(one, other)
    found = whole_halfmonths(since, until)
    starts = sorted({halfmonth_of(day) for day in days(since, until)})
    whole = [day for day in starts if since <= day and end_of_halfmonth(day) <= until]

    assert found == ((whole[0], whole[-1]) if whole else None)


@pytest.mark.parametrize(
    ("day", "first", "last"),
    [
        (date(2026, 2, 15), date(2026, 2, 1), date(2026, 2, 15)),
        (date(2026, 2, 16), date(2026, 2, 16), date(2026, 2, 28)),
        (date(2024, 2, 29), date(2024, 2, 16), date(2024, 2, 29)),
        (date.max, date(9999, 12, 16), date.max),
    ],
)
def test_a_month_has_two_half_months(day: date, first: date, last: date) -> None:
    assert (halfmonth_of(day), end_of_halfmonth(day)) == (first, last)


def test_the_last_days_that_a_date_can_hold_have_a_term() -> None:
    context = Context(0, Organisation(), Calendars({}, NationalDays({})), PolicyBook(()))
    show = shown_day("term", context, lambda _: ())

    assert show(SCHOOL, "primary", date.max) == date(9999, 8, 1)
    assert [run.last + timedelta(days=1) for run in term_runs(context, SCHOOL, "primary", TODAY)][
        -1
    ] == date(2020, 4, 1)

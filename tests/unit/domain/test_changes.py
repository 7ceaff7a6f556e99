"""What must be measured again when the roster or a calendar changes."""

from datetime import date
from typing import Any

import msgspec
import pytest

from wuguan.domain.calendar import CalendarException, PlanEntry, Term, UnitCalendar
from wuguan.domain.changes import (
    Span,
    calendar_spans,
    changed_entries,
    class_days,
    roster_spans,
)
from wuguan.domain.organisation import (
    Enrolment,
    Organisation,
    RosterEntries,
    School,
    SchoolClass,
    StandingNil,
    Unit,
)

ONE, TWO = "2199000001", "2199000002"
CLASS = SchoolClass(
    ONE,
    "P2023-01",
    "primary",
    2023,
    date(2023, 8, 15),
    date(2029, 7, 31),
    enrolment=(Enrolment(date(2023, 8, 15), 41),),
)
BEFORE = Organisation(
    [
        Unit("990000", "province", "省", None),
        Unit("990101", "district", "东区", "990000"),
        Unit("990102", "district", "西区", "990000"),
    ],
    [School(ONE, "第一小学", "990101", "6-3"), School(TWO, "第二小学", "990102", "6-3")],
    [CLASS],
)


def spans_of(**entries: Any) -> tuple[Span, ...]:
    changed = changed_entries(BEFORE, RosterEntries(**entries))
    after = BEFORE.with_entries(changed.units, changed.schools, changed.classes)
    return roster_spans(BEFORE, after, changed)


def spans_of_class(**changes: Any) -> tuple[Span, ...]:
    return spans_of(classes=(msgspec.structs.replace(CLASS, **changes),))


def test_the_same_entries_again_change_nothing() -> None:
    assert len(changed_entries(BEFORE, BEFORE.entries())) == 0


def test_only_entries_that_differ_are_changed() -> None:
    renamed = School(ONE, "新名", "990101", "6-3")

    changed = changed_entries(BEFORE, RosterEntries(schools=(renamed,), classes=(CLASS,)))

    assert changed == RosterEntries(schools=(renamed,))


def test_an_enrolment_put_right_counts_from_two_days_before() -> None:
    enrolment = (*CLASS.enrolment, Enrolment(date(2026, 9, 24), 43))

    assert spans_of_class(enrolment=enrolment) == (Span(ONE, date(2026, 9, 22), date(2029, 7, 31)),)


def test_only_a_changed_end_counts_from_that_end() -> None:
    assert spans_of_class(valid_to=date(2027, 7, 31)) == (
        Span(ONE, date(2027, 7, 30), date(2029, 7, 31)),
    )


def test_a_standing_nil_counts_on_its_days() -> None:
    nil = StandingNil("phone", date(2026, 9, 10), date(2026, 9, 12))

    assert spans_of_class(standing_nil=(nil,)) == (Span(ONE, date(2026, 9, 8), date(2026, 9, 12)),)


def test_another_entry_year_counts_for_the_whole_validity() -> None:
    assert spans_of_class(entry_year=2022) == (Span(ONE, date(2023, 8, 13), date(2029, 7, 31)),)


def test_a_new_class_counts_from_its_first_day_and_never_before_the_first_of_all() -> None:
    always = Enrolment(date(2010, 1, 1), 5)

    assert spans_of_class(class_id="P-always", valid_from=None, valid_to=None,
                          enrolment=(always,)) == (Span(ONE, date(2018, 9, 1), None),)  # fmt: skip


def test_a_new_name_is_no_reason_to_measure_again() -> None:
    assert spans_of(schools=(School(ONE, "新名", "990101", "6-3"),)) == ()


def test_a_school_that_moves_is_measured_from_its_move() -> None:
    moved = School(ONE, "第一小学", "990102", "6-3", date(2026, 10, 1))

    assert spans_of(schools=(moved,)) == (Span(ONE, date(2026, 9, 29), None),)


def test_a_unit_that_changes_concerns_the_schools_below_it() -> None:
    closed = Unit("990102", "district", "西区", "990000", valid_to=date(2026, 12, 31))

    assert spans_of(units=(closed,)) == (Span(TWO, date(2026, 12, 30), None),)


def test_the_spans_of_one_school_are_merged() -> None:
    nil = StandingNil("phone", date(2026, 9, 10), date(2026, 9, 12))
    other = msgspec.structs.replace(CLASS, class_id="P2023-02", valid_to=date(2026, 7, 31))

    spans = spans_of(classes=(msgspec.structs.replace(CLASS, standing_nil=(nil,)), other))

    assert spans == (Span(ONE, date(2023, 8, 13), date(2026, 9, 12)),)


AUTUMN = Term(date(2026, 9, 1), date(2027, 1, 22))
HOLIDAY = CalendarException(date(2026, 10, 8), date(2026, 10, 9), False, "秋假")
BACK = CalendarException(date(2026, 10, 9), date(2026, 10, 9), True, "返校")
WEEKLY = PlanEntry("sleep.duration", "week", 3, date(2026, 9, 21))


def calendar_changes(before: UnitCalendar | None, after: UnitCalendar | None) -> list[Any]:
    return [
        (span.school_id, span.from_day, span.to_day)
        for span in calendar_spans(BEFORE, before, after)
    ]


def test_an_unchanged_calendar_changes_nothing() -> None:
    calendar = UnitCalendar("990101", (AUTUMN,), (HOLIDAY, BACK), (WEEKLY,))

    assert calendar_changes(calendar, calendar) == []
    assert calendar_changes(None, None) == []


@pytest.mark.parametrize(
    ("after", "first", "last"),
    [
        (UnitCalendar("990101", (AUTUMN,), (HOLIDAY,)), date(2026, 10, 6), date(2026, 10, 9)),
        (UnitCalendar("990101", (AUTUMN,), (), (WEEKLY,)), date(2026, 9, 19), None),
        (
            UnitCalendar("990101", (Term(AUTUMN.from_day, date(2027, 1, 29)),)),
            date(2026, 8, 30),
            date(2027, 1, 29),
        ),
    ],
)
def test_a_changed_calendar_counts_on_the_days_of_the_entries_that_differ(
    after: UnitCalendar, first: date, last: date | None
) -> None:
    assert calendar_changes(UnitCalendar("990101", (AUTUMN,)), after) == [(ONE, first, last)]


def test_another_order_of_exceptions_may_change_a_day() -> None:
    before = UnitCalendar("990101", (AUTUMN,), (HOLIDAY, BACK))
    after = UnitCalendar("990101", (AUTUMN,), (BACK, HOLIDAY))

    assert calendar_changes(before, after) == [(ONE, date(2026, 10, 6), date(2026, 10, 9))]


def test_a_first_term_for_a_stage_switches_off_the_terms_above_on_every_day() -> None:
    after = UnitCalendar(ONE, (AUTUMN,))

    assert calendar_changes(None, after) == [(ONE, date(2018, 9, 1), None)]


def test_the_calendar_of_a_province_concerns_all_its_schools() -> None:
    after = UnitCalendar("990000", (), (HOLIDAY,))

    assert [school for school, _, _ in calendar_changes(None, after)] == [ONE, TWO]


def test_class_days_are_counted_up_to_today_where_there_are_pupils() -> None:
    late = msgspec.structs.replace(
        CLASS, class_id="late", enrolment=(Enrolment(date(2026, 9, 3), 9),)
    )
    organisation = BEFORE.with_entries(classes=(late,))
    spans = (Span(ONE, date(2026, 9, 1), None), Span(TWO, date(2026, 9, 1), None))

    assert class_days(spans, organisation, date(2026, 9, 4)) == 4 + 2
    assert class_days(spans, organisation, date(2026, 8, 31)) == 0
    ended = (Span(ONE, date(2029, 7, 31), date(2029, 8, 2)),)
    assert class_days(ended, organisation, date(2030, 1, 1)) == 2

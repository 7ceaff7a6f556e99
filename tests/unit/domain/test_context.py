"""What the context says of a class-day: scope by calendar and plan, grade, standing nil, rules."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pytest

from tests.builders import (
    CLASS,
    DISTRICT,
    SCHOOL,
    TODAY,
    calendar_document,
    class_entry,
    roster_document,
    school_entry,
)
from tests.measuring import national_book
from wuguan.adapters.memory.store import MemoryStore
from wuguan.domain.context import Context
from wuguan.domain.managements import MANAGEMENTS
from wuguan.domain.measuring import ClassDay
from wuguan.national_days import shipped_national_days

MONDAY, FRIDAY, SATURDAY, SUNDAY = (TODAY + timedelta(days=ahead) for ahead in (0, -3, -2, -1))
MINUTES, WEEKEND = "homework.minutes", "homework.weekend_minutes"


def context_of(*calendars: Mapping[str, Any], **roster: Any) -> Context:
    """The context of the small world, with this calendar of the district or that of the term."""
    roster_port = MemoryStore().roster
    roster_port.put_rules(national_book(), shipped_national_days(), TODAY)
    roster_port.put_roster(roster_document(), TODAY)
    for name, entries in roster.items():
        roster_port.put_roster({name: entries}, TODAY)
    for calendar in calendars or [calendar_document()]:
        roster_port.put_calendar(calendar, TODAY)
    return roster_port.context()


def known(context: Context, day: date, management: str = "homework") -> ClassDay:
    """The class-day of the class of grade 4."""
    found = context.class_day_of(SCHOOL, CLASS, day, management)
    assert found is not None
    return found


def exception(first: date, last: date, *, school_day: bool) -> dict[str, Any]:
    """A calendar of the district with one exception."""
    entry = {"from": str(first), "to": str(last), "school_day": school_day, "reason": "调整"}
    return calendar_document(exceptions=[entry])


def plan(metric: str, weekday: int) -> dict[str, Any]:
    """A calendar of the district by which a metric is asked for once a week."""
    entry = {"metric": metric, "every": "week", "weekday": weekday, "from": "2026-09-01"}
    return calendar_document(plan=[entry])


def names(management: str) -> set[str]:
    """All metrics of a management."""
    return {metric.name for metric in MANAGEMENTS[management].metrics}


@pytest.mark.parametrize("management", ["phone", "reading", "fitness"])
def test_on_a_school_day_everything_is_in_scope(management: str) -> None:
    context = context_of()

    assert known(context, FRIDAY, management).scope == names(management)
    assert known(context, SATURDAY, management).scope == frozenset()


def test_the_night_before_a_school_day_counts_for_sleep() -> None:
    context = context_of()

    scopes = {day: known(context, day, "sleep").scope for day in (MONDAY, FRIDAY, SATURDAY, SUNDAY)}

    assert scopes[MONDAY] == scopes[SUNDAY] == names("sleep")
    assert scopes[FRIDAY] == scopes[SATURDAY] == frozenset()


def test_the_night_before_a_sunday_at_work_counts_for_sleep() -> None:
    # The nation works on Sunday, 20 September 2026, and rests on 25 September in exchange.
    context = context_of()

    assert known(context, date(2026, 9, 19), "sleep").scope == names("sleep")
    assert known(context, date(2026, 9, 24), "sleep").scope == frozenset()
    assert MINUTES in known(context, date(2026, 9, 18)).scope


def test_the_last_night_of_a_term_does_not_count() -> None:
    terms = calendar_document(terms=[{"from": "2026-09-01", "to": str(MONDAY)}])
    context = context_of(terms)

    assert known(context, MONDAY, "phone").scope == names("phone")
    assert known(context, MONDAY, "sleep").scope == frozenset()


def test_minutes_of_friday_are_weekend_minutes() -> None:
    context = context_of()

    assert MINUTES in known(context, MONDAY).scope
    assert WEEKEND not in known(context, MONDAY).scope
    assert WEEKEND in known(context, FRIDAY).scope
    assert MINUTES not in known(context, FRIDAY).scope


def test_one_day_off_makes_no_weekend() -> None:
    context = context_of(exception(TODAY + timedelta(days=2), TODAY + timedelta(days=2),
                                   school_day=False))  # fmt: skip

    assert MINUTES in known(context, TODAY + timedelta(days=1)).scope


def test_before_a_saturday_at_school_friday_is_a_weekday() -> None:
    context = context_of(exception(SATURDAY, SATURDAY, school_day=True))

    assert MINUTES in known(context, FRIDAY).scope
    assert WEEKEND not in known(context, SATURDAY).scope


def test_the_last_day_of_a_term_is_before_a_weekend() -> None:
    context = context_of(calendar_document(terms=[{"from": "2026-09-01", "to": str(MONDAY)}]))

    assert WEEKEND in known(context, MONDAY).scope


def test_what_the_plan_does_not_ask_for_is_in_scope_by_the_calendar_only() -> None:
    day = known(context_of(plan("phone.classroom", weekday=3)), MONDAY, "phone")

    assert day.scope == names("phone") - {"phone.classroom"}
    assert day.calendar_scope == names("phone") - {"phone.reporting"}


def test_the_plan_is_matched_against_the_evening_of_a_night() -> None:
    context = context_of(plan("sleep.duration", weekday=7))

    assert "sleep.duration" in known(context, SUNDAY, "sleep").scope
    assert "sleep.duration" not in known(context, MONDAY, "sleep").scope


def test_reporting_is_asked_for_when_anything_else_is() -> None:
    weekly = [
        {"metric": metric, "every": "week", "weekday": 3, "from": "2026-09-01"}
        for metric in ("sleep.duration", "sleep.bedtime")
    ]
    context = context_of(calendar_document(plan=weekly))
    wednesday = TODAY + timedelta(days=2)

    assert known(context, MONDAY, "sleep").scope == frozenset()
    assert known(context, wednesday, "sleep").scope == names("sleep")


def test_no_class_is_known_outside_its_days_or_without_pupils() -> None:
    closed = class_entry(valid_to=str(MONDAY))
    context = context_of(classes=[closed])

    assert context.class_day_of(SCHOOL, CLASS, MONDAY, "phone") is not None
    assert context.class_day_of(SCHOOL, CLASS, TODAY + timedelta(days=1), "phone") is None
    assert context.class_day_of(SCHOOL, "P9999-99", MONDAY, "phone") is None
    empty = context_of(classes=[class_entry(pupils=0)])
    assert empty.class_day_of(SCHOOL, CLASS, MONDAY, "phone") is None


def test_the_class_need_be_known_on_the_evening_only() -> None:
    context = context_of(classes=[class_entry(valid_to=str(MONDAY))])

    assert known(context, MONDAY, "sleep").scope == names("sleep")


def test_tomorrow_is_judged_by_the_tree_of_tomorrow() -> None:
    tuesday = TODAY + timedelta(days=1)
    moved = school_entry(SCHOOL, "990102", valid_from=str(tuesday))
    other = {"unit_id": "990102", "level": "district", "name": "另区", "parent": "990000"}
    context = context_of(units=[other], schools=[moved])

    # The other district has no calendar: its days are no school days.
    assert known(context, MONDAY, "phone").scope == names("phone")
    assert known(context, MONDAY, "sleep").scope == frozenset()
    assert WEEKEND in known(context, MONDAY).scope
    assert DISTRICT in context.organisation.path(SCHOOL, MONDAY)


def test_a_standing_nil_holds_for_its_management_and_days() -> None:
    nil = [{"management": "phone", "from": str(MONDAY), "to": str(MONDAY)}]
    context = context_of(classes=[class_entry(standing_nil=nil)])

    assert known(context, MONDAY, "phone").standing_nil
    assert not known(context, MONDAY, "reading").standing_nil
    assert not known(context, FRIDAY, "phone").standing_nil


def test_rules_are_those_in_force_for_the_stage_and_grade() -> None:
    day = known(context_of(), MONDAY)

    assert (day.stage, day.grade, day.pupils) == ("primary", 4, 40)
    assert day.rules[MINUTES].rule_id == "cn-2021-homework-primary"
    assert "homework.written_set" not in day.rules


def test_of_a_silent_class_everything_is_expected_and_nothing_reported() -> None:
    context = context_of()
    (one, *_) = context.organisation.known_classes(SCHOOL, MONDAY)

    silent = {each.metric: each for each in context.silent(SCHOOL, one, MONDAY, "sleep")}

    assert set(silent) == names("sleep")
    assert silent["sleep.duration"].tally.expected == 40
    assert silent["sleep.duration"].rule == "cn-2021-sleep-primary"
    assert all(each.tally.reported == 0 for each in silent.values())
    assert context.silent(SCHOOL, one, FRIDAY, "sleep") == ()

"""The contract of Roster."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pytest

from tests.builders import (
    CLASS,
    DISTRICT,
    JUNIOR_CLASS,
    OTHER_CLASS,
    OTHER_SCHOOL,
    PROVINCE,
    SCHOOL,
    TODAY,
    TOMORROW,
    YESTERDAY,
    calendar_document,
    class_entry,
    mark,
    roster_document,
    rule,
    school_entry,
    unit_entry,
)
from tests.contract.steps import claim, measure_nothing, with_roster
from wuguan.domain.calendar import NationalDays, NationalYear
from wuguan.domain.errors import InvalidDocument
from wuguan.domain.managements import MANAGEMENTS
from wuguan.domain.policy import PolicyBook
from wuguan.ports import Changed, Roster, Store

TERM_BEGINS = date(2026, 9, 1)
TWO_DAYS = timedelta(days=2)
NO_RULES, NO_NATIONAL_DAYS = PolicyBook(()), NationalDays({})


def pupils_of(roster: Roster, class_id: str, day: date = TODAY) -> int | None:
    known = roster.context().organisation.known_class(SCHOOL, class_id, day)
    return None if known is None else known.pupils


def national(year: int = 2026, **changed: Any) -> NationalDays:
    """National days of one year: a notice that moves nothing, until it is changed."""
    members: Mapping[str, Any] = {
        "notice": "No. 1",
        "verified": True,
        "weekdays_off": frozenset(),
        "weekend_days_worked": frozenset(),
    }
    return NationalDays({year: NationalYear(**{**members, **changed})})


# ---- the context


def test_an_empty_store_knows_nobody_and_has_version_0(store: Store) -> None:
    context = store.roster.context()

    assert store.roster.version() == context.version == 0
    assert context.organisation.school_ids() == context.organisation.unit_ids() == ()


def test_what_was_put_is_known(store: Store) -> None:
    changed = store.roster.put_roster(roster_document(), TODAY)

    organisation = store.roster.context().organisation
    assert changed.changed == 7
    assert organisation.path(SCHOOL, TODAY) == (SCHOOL, DISTRICT, PROVINCE)
    known = [one.class_id for one in organisation.known_classes(SCHOOL, TODAY)]
    assert known == [CLASS, OTHER_CLASS]


def test_everything_of_an_entry_is_kept(store: Store) -> None:
    nil = [{"management": "phone", "from": "2026-09-01", "to": None}]
    enrolment = [{"from": "2026-09-01", "pupils": 41}, {"from": "2026-10-01", "pupils": 43}]
    entry = class_entry(valid_to="2029-07-31", standing_nil=nil, enrolment=enrolment)
    document = {
        "units": [{**unit_entry(DISTRICT, "district", None), "valid_from": "2020-01-01"}],
        "schools": [school_entry(system="5-4", valid_from="2020-01-01", valid_to="2030-01-01")],
        "classes": [entry],
    }

    store.roster.put_roster(document, TODAY)

    organisation = store.roster.context().organisation
    known = organisation.known_class(SCHOOL, CLASS, date(2026, 10, 1))
    assert known is not None
    assert (known.pupils, known.grade, known.standing_nil) == (43, 4, frozenset({"phone"}))
    assert organisation.path(SCHOOL, date(2019, 12, 31)) == ()
    assert organisation.path(SCHOOL, date(2030, 1, 2)) == ()
    assert organisation.name(SCHOOL, TODAY) == f"学校{SCHOOL}"
    assert organisation.classes_of(SCHOOL)[0].valid_to == date(2029, 7, 31)


def test_the_context_is_the_same_object_while_nothing_moves(store: Store) -> None:
    with_roster(store)

    assert store.roster.context() is store.roster.context()


def test_each_change_raises_the_version_of_the_context(store: Store) -> None:
    versions = [store.roster.context().version]
    store.roster.put_rules(PolicyBook((rule(),)), national(), TODAY)
    versions.append(store.roster.context().version)
    store.roster.put_roster(roster_document(), TODAY)
    versions.append(store.roster.context().version)
    store.roster.put_calendar(calendar_document(), TODAY)
    versions.append(store.roster.version())

    assert versions == [0, 1, 2, 3]


def test_a_context_once_taken_does_not_change(store: Store) -> None:
    before = with_roster(store).roster.context()

    store.roster.put_roster({"classes": [class_entry(pupils=12)]}, TODAY)

    known = before.organisation.known_class(SCHOOL, CLASS, TODAY)
    assert known is not None
    assert known.pupils == 40
    assert pupils_of(store.roster, CLASS) == 12


# ---- the roster


def test_the_same_roster_again_changes_nothing(store: Store) -> None:
    with_roster(store)
    before = store.roster.context()

    changed = store.roster.put_roster(roster_document(), TODAY)

    assert changed == Changed(0, 0)
    assert store.roster.context() is before
    assert measure_nothing(store) == []


def test_entries_that_are_not_named_stay(store: Store) -> None:
    with_roster(store)

    changed = store.roster.put_roster({"classes": [class_entry(pupils=12)]}, TODAY)

    assert changed.changed == 1
    assert pupils_of(store.roster, CLASS) == 12
    assert pupils_of(store.roster, OTHER_CLASS) == 40


def test_an_entry_is_replaced_whole(store: Store) -> None:
    nil = [{"management": "phone", "from": "2026-09-01"}]
    with_roster(store).roster.put_roster({"classes": [class_entry(standing_nil=nil)]}, TODAY)

    store.roster.put_roster({"classes": [class_entry()]}, TODAY)

    known = store.roster.context().organisation.known_class(SCHOOL, CLASS, TODAY)
    assert known is not None
    assert known.standing_nil == frozenset()


def test_a_faulty_roster_is_refused_whole_with_every_fault_and_the_old_one_stays(
    store: Store,
) -> None:
    with_roster(store)
    before = store.roster.context()
    document = {
        "schools": [school_entry("4199000003", parent="nowhere")],
        "classes": [class_entry(pupils=12), class_entry(class_id="P2023-06", pupils=-1)],
    }

    with pytest.raises(InvalidDocument) as refused:
        store.roster.put_roster(document, TODAY)

    paths = {fault.path for fault in refused.value.faults}
    assert paths == {"/schools/0/parent", "/classes/1/enrolment/0/pupils"}
    assert store.roster.context() is before
    assert pupils_of(store.roster, CLASS) == 40
    assert measure_nothing(store) == []


def test_another_name_is_a_change_that_measures_nothing_again(store: Store) -> None:
    with_roster(store)

    changed = store.roster.put_roster({"schools": [school_entry(name="新名")]}, TODAY)

    assert changed == Changed(1, 0)
    assert store.roster.context().organisation.name(SCHOOL, TODAY) == "新名"
    assert measure_nothing(store) == []


def test_another_enrolment_measures_the_school_again_from_two_days_before_until_tomorrow(
    store: Store,
) -> None:
    with_roster(store)
    more = [{"from": "2026-09-01", "pupils": 40}, {"from": "2026-09-10", "pupils": 41}]

    changed = store.roster.put_roster({"classes": [class_entry(enrolment=more)]}, TODAY)

    (span,) = measure_nothing(store)
    assert (span.school_id, span.from_day, span.to_day) == (SCHOOL, date(2026, 9, 8), TOMORROW)
    # The tree is the same: what moved is heard of from below.
    assert list(span.units) == []
    # Two classes, from the 8th up to today, the 14th.
    assert changed == Changed(1, 2 * 7)


def test_a_school_that_moves_concerns_the_units_above_it_before_and_after(store: Store) -> None:
    with_roster(store)
    moving = {
        "units": [{**unit_entry("990102", "district", PROVINCE), "valid_from": "2026-09-10"}],
        "schools": [school_entry(parent="990102", valid_from="2026-09-10")],
    }

    changed = store.roster.put_roster(moving, TODAY)

    (span,) = measure_nothing(store)
    assert changed.changed == 2
    assert (span.school_id, span.from_day, span.to_day) == (SCHOOL, date(2026, 9, 8), TOMORROW)
    assert set(span.units) == {PROVINCE, DISTRICT, "990102"}


def test_what_changes_after_tomorrow_is_not_measured_yet(store: Store) -> None:
    with_roster(store)
    later = [{"from": "2026-09-01", "pupils": 40}, {"from": "2026-12-01", "pupils": 41}]

    changed = store.roster.put_roster({"classes": [class_entry(enrolment=later)]}, TODAY)

    assert changed == Changed(1, 0)
    assert measure_nothing(store) == []


def test_spans_that_end_in_the_past_end_there(store: Store) -> None:
    with_roster(store)
    nil = [{"management": "phone", "from": "2026-09-03", "to": "2026-09-04"}]

    store.roster.put_roster({"classes": [class_entry(standing_nil=nil)]}, TODAY)

    (span,) = measure_nothing(store)
    assert (span.from_day, span.to_day) == (TERM_BEGINS, date(2026, 9, 4))


# ---- calendars


def test_a_calendar_is_in_force_when_it_was_put(store: Store) -> None:
    with_roster(store).roster.put_rules(NO_RULES, national(), TODAY)

    changed = store.roster.put_calendar(calendar_document(), TODAY)

    assert changed.changed == 1
    context = store.roster.context()
    assert context.is_school_day(SCHOOL, "primary", TODAY)
    assert not context.is_school_day(SCHOOL, "primary", YESTERDAY)


def test_the_same_calendar_again_changes_nothing(store: Store) -> None:
    exceptions = [
        {"from": "2026-11-11", "to": "2026-11-13", "school_day": False,
         "stages": ["primary"], "reason": "秋假"}
    ]  # fmt: skip
    plan = [{"metric": "sleep.duration", "every": "week", "weekday": 3, "from": "2026-09-01"}]
    document = calendar_document(exceptions=exceptions, plan=plan)
    with_roster(store).roster.put_calendar(document, TODAY)
    before = store.roster.context()
    measure_nothing(store)

    changed = store.roster.put_calendar(document, TODAY)

    assert changed == Changed(0, 0)
    assert store.roster.context() is before
    assert measure_nothing(store) == []


def test_a_calendar_replaces_the_former_one_of_its_unit_whole(store: Store) -> None:
    with_roster(store)
    plan = [{"metric": "sleep.duration", "every": "week", "weekday": 3, "from": "2026-09-01"}]
    store.roster.put_calendar(calendar_document(plan=plan), TODAY)
    store.roster.put_calendar(calendar_document(PROVINCE), TODAY)

    store.roster.put_calendar(calendar_document(), TODAY)

    calendars = store.roster.context().calendars
    of_district, of_province = calendars.calendar_of(DISTRICT), calendars.calendar_of(PROVINCE)
    assert of_district is not None
    assert of_district.plan == ()
    assert of_province is not None


def test_a_calendar_of_an_unknown_unit_is_refused_and_nothing_changes(store: Store) -> None:
    with_roster(store).roster.put_calendar(calendar_document(), TODAY)
    before = store.roster.context()
    measure_nothing(store)

    with pytest.raises(InvalidDocument) as refused:
        store.roster.put_calendar(calendar_document("nowhere", terms=[{"from": "x"}]), TODAY)

    assert {f.path for f in refused.value.faults} >= {"/unit_id", "/terms/0/from", "/terms/0/to"}
    assert store.roster.context() is before
    assert measure_nothing(store) == []


def test_a_calendar_measures_the_schools_below_its_unit_again(store: Store) -> None:
    with_roster(store).roster.put_calendar(calendar_document(), TODAY)
    measure_nothing(store)
    day_off = [{"from": "2026-09-09", "to": "2026-09-10", "school_day": False, "reason": "运动会"}]

    changed = store.roster.put_calendar(calendar_document(exceptions=day_off), TODAY)

    spans = measure_nothing(store)
    assert [span.school_id for span in spans] == [SCHOOL, OTHER_SCHOOL]
    assert {(s.from_day, s.to_day) for s in spans} == {(date(2026, 9, 7), date(2026, 9, 10))}
    # Three classes on four days.
    assert changed == Changed(1, 12)


def test_a_calendar_of_one_school_concerns_that_school_only(store: Store) -> None:
    with_roster(store).roster.put_calendar(calendar_document(), TODAY)
    measure_nothing(store)

    store.roster.put_calendar(calendar_document(OTHER_SCHOOL), TODAY)

    assert [span.school_id for span in measure_nothing(store)] == [OTHER_SCHOOL]


# ---- rules and national days


def test_rules_and_national_days_are_taken_without_a_roster(store: Store) -> None:
    changed = store.roster.put_rules(PolicyBook((rule(),)), national(), TODAY)

    assert changed == Changed(2, 0)
    assert list(store.roster.context().policy.rules) == [rule()]
    assert measure_nothing(store) == []


def test_the_same_rules_again_change_nothing(store: Store) -> None:
    with_roster(store).roster.put_rules(PolicyBook((rule(),)), national(), TODAY)
    before = store.roster.context()
    measure_nothing(store)

    changed = store.roster.put_rules(PolicyBook((rule(),)), national(), TODAY)

    assert changed == Changed(0, 0)
    assert store.roster.context() is before
    assert measure_nothing(store) == []


def test_a_rule_of_the_state_measures_all_schools_from_its_first_day(store: Store) -> None:
    with_roster(store)

    changed = store.roster.put_rules(PolicyBook((rule(),)), NO_NATIONAL_DAYS, TODAY)

    spans = measure_nothing(store)
    assert [span.school_id for span in spans] == [SCHOOL, OTHER_SCHOOL]
    assert {(span.from_day, span.to_day) for span in spans} == {(TERM_BEGINS, TOMORROW)}
    # Three classes, from the 1st up to today, the 14th.
    assert changed == Changed(1, 3 * 14)


def test_a_rule_of_a_place_measures_the_schools_below_it(store: Store) -> None:
    with_roster(store)

    store.roster.put_rules(PolicyBook((rule(unit=OTHER_SCHOOL),)), NO_NATIONAL_DAYS, TODAY)

    assert [span.school_id for span in measure_nothing(store)] == [OTHER_SCHOOL]


def test_another_title_of_a_rule_is_kept_and_measures_nothing(store: Store) -> None:
    with_roster(store).roster.put_rules(PolicyBook((rule(),)), NO_NATIONAL_DAYS, TODAY)
    measure_nothing(store)
    retitled = PolicyBook((rule(title="Sixty minutes"),))

    changed = store.roster.put_rules(retitled, NO_NATIONAL_DAYS, TODAY)

    assert changed == Changed(1, 0)
    assert store.roster.context().policy.rules[0].title == "Sixty minutes"
    assert measure_nothing(store) == []


def test_a_rule_that_is_gone_is_a_change(store: Store) -> None:
    both = PolicyBook((rule(), rule("test-other", value=30)))
    with_roster(store).roster.put_rules(both, NO_NATIONAL_DAYS, TODAY)
    measure_nothing(store)

    changed = store.roster.put_rules(PolicyBook((rule(),)), NO_NATIONAL_DAYS, TODAY)

    assert changed.changed == 1
    assert list(store.roster.context().policy.rules) == [rule()]
    assert len(measure_nothing(store)) == 2


def test_other_national_days_measure_their_year_again(store: Store) -> None:
    with_roster(store).roster.put_rules(NO_RULES, national(2026), TODAY)
    measure_nothing(store)
    day_off = national(2026, weekdays_off=frozenset({TODAY}))

    changed = store.roster.put_rules(NO_RULES, day_off, TODAY)

    spans = measure_nothing(store)
    assert changed.changed == 1
    assert [span.school_id for span in spans] == [SCHOOL, OTHER_SCHOOL]
    new_year = date(2026, 1, 1)
    assert {(s.from_day, s.to_day) for s in spans} == {(new_year - TWO_DAYS, TOMORROW)}


def test_national_days_hold_beside_the_calendars(store: Store) -> None:
    with_roster(store).roster.put_calendar(calendar_document(), TODAY)
    off_today = national(weekdays_off=frozenset({TODAY}))

    store.roster.put_rules(NO_RULES, off_today, TODAY)

    context = store.roster.context()
    assert not context.is_school_day(SCHOOL, "primary", TODAY)
    assert context.is_school_day(SCHOOL, "primary", TOMORROW)


# ---- opening days


def test_the_first_time_only_today_is_opened(store: Store) -> None:
    with_roster(store)

    opened = store.roster.open_days(TODAY)

    assert opened == 1
    assert set(claim(store)) == {
        mark(school, TODAY, management)
        for school in (SCHOOL, OTHER_SCHOOL)
        for management in MANAGEMENTS
    }


def test_every_day_since_the_last_one_is_opened(store: Store) -> None:
    with_roster(store).roster.open_days(TODAY)
    claim(store)

    opened = store.roster.open_days(TODAY + TWO_DAYS)

    assert opened == 2
    assert {one.day for one in claim(store)} == {TOMORROW, TODAY + TWO_DAYS}


@pytest.mark.parametrize("day", [TODAY, YESTERDAY])
def test_a_day_is_opened_once(store: Store, day: date) -> None:
    with_roster(store).roster.open_days(TODAY)
    claim(store)

    assert store.roster.open_days(day) == 0
    assert list(claim(store)) == []


def test_opening_an_earlier_day_does_not_open_a_later_one_again(store: Store) -> None:
    with_roster(store).roster.open_days(TODAY)
    store.roster.open_days(YESTERDAY)
    claim(store)

    assert store.roster.open_days(TODAY) == 0


def test_a_school_without_classes_is_not_opened(store: Store) -> None:
    document = roster_document()
    document["classes"] = [class_entry(OTHER_SCHOOL, JUNIOR_CLASS)]
    store.roster.put_roster(document, TODAY)

    store.roster.open_days(TODAY)

    assert {one.unit_id for one in claim(store)} == {OTHER_SCHOOL}


def test_opening_a_day_is_no_change_of_the_context(store: Store) -> None:
    before = with_roster(store).roster.version()

    store.roster.open_days(TODAY)

    assert store.roster.version() == before

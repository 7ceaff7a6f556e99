"""The contract of Periods, for districts and whatever stands above them."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest

from tests.builders import (
    DISTRICT,
    OTHER_SCHOOL,
    PROVINCE,
    SCHOOL,
    TODAY,
    calendar_document,
    class_check,
    figure,
    frame,
    school_entry,
    unit_entry,
)
from tests.contract.period_steps import CLASSROOM, TERM, put, read, settled, sum_up
from tests.contract.steps import claim_periods, with_roster
from tests.period_sums import wrong_periods
from tests.turns import Turns
from tests.worlds import OTHER_DISTRICT, settle_in
from wuguan.domain.managements import MANAGEMENTS
from wuguan.domain.periods import PeriodGrain, PeriodKey
from wuguan.ports import Store

CITY = "990100"
AUGUST, LATER, FRIDAY = date(2026, 8, 1), date(2026, 9, 7), date(2026, 9, 11)


def sums(store: Store, unit: str, *first_days: date, grain: PeriodGrain = "term") -> list[Any]:
    """First day and expected of the periods of a unit that begin on these days."""
    places = [(unit, "primary", day) for day in first_days]
    return [(row.day, row.expected) for row in read(store, grain=grain, places=places)]


def with_figures(store: Store, *units: str, days: Sequence[date] = (TERM, TODAY)) -> Store:
    """The store, with the autumn term in the district, and one phone on each day in each unit."""
    with_roster(store)
    store.roster.put_calendar(calendar_document(), TODAY)
    for unit in units:
        put(store, *((day, figure(CLASSROOM, 1)) for day in days), unit=unit)
    sum_up(store)
    return store


def test_periods_of_a_district_are_sums_of_its_days(store: Store) -> None:
    with_figures(store, DISTRICT, days=[date(2026, 8, 31), TERM, date(2026, 9, 11), TODAY])

    assert sums(store, DISTRICT, AUGUST, TERM) == [(AUGUST, 1), (TERM, 3)]
    assert sums(store, DISTRICT, AUGUST, TERM, grain="month") == [(AUGUST, 1), (TERM, 3)]
    assert sums(store, DISTRICT, date(2026, 8, 16), TERM, grain="halfmonth") == [
        (date(2026, 8, 16), 1),
        (TERM, 3),
    ]
    assert wrong_periods(store) == []


def test_a_day_of_a_school_reaches_the_periods_of_all_above_it(store: Store) -> None:
    with_checks(store)

    place = [(unit, "primary", TERM) for unit in (SCHOOL, DISTRICT, PROVINCE)]
    rows = read(store, grain="month", places=place)
    assert [(row.unit, row.reported, row.total) for row in rows] == [
        (SCHOOL, 2, 6),
        (PROVINCE, 2, 6),
        (DISTRICT, 2, 6),
    ]
    assert wrong_periods(store) == []


def with_checks(store: Store) -> Store:
    """The store, with three phones found in a class on Friday and on Monday, summed."""
    settle_in(store)
    for day in (FRIDAY, TODAY):
        check = class_check(f"c-{day}", found=3, day=day, time=f"{day}T10:00:00+08:00")
        store.log.append([frame(check)])
    Turns(store).until_quiet()
    return store


@pytest.mark.parametrize("unit", [SCHOOL, DISTRICT])
def test_other_terms_of_a_district_are_those_of_all_in_it(store: Store, unit: str) -> None:
    with_figures(store, SCHOOL, DISTRICT, PROVINCE)

    terms = [{"from": LATER.isoformat(), "to": "2027-01-22"}]
    store.roster.put_calendar(calendar_document(terms=terms), TODAY)
    sum_up(store)

    assert sums(store, unit, AUGUST, TERM, LATER) == [(AUGUST, 1), (LATER, 1)]
    assert sums(store, PROVINCE, AUGUST, TERM, LATER) == [(AUGUST, 2)]
    assert wrong_periods(store) == []


def test_a_calendar_marks_its_unit_and_what_stands_below(store: Store) -> None:
    with_figures(store)
    with_district_of_another_city(store)
    claim_periods(store)

    store.roster.put_calendar(calendar_document(PROVINCE), TODAY)
    of_province = {key.unit_id for key in claim_periods(store)}
    store.roster.put_calendar(calendar_document(CITY), TODAY)
    of_city = claim_periods(store)
    store.roster.put_calendar(calendar_document(CITY, plan=[]), TODAY)

    assert of_province == {PROVINCE, CITY, DISTRICT, OTHER_DISTRICT, SCHOOL, OTHER_SCHOOL}
    everything = [PeriodKey(unit, name) for unit in (CITY, OTHER_DISTRICT) for name in MANAGEMENTS]
    assert of_city == dict.fromkeys(everything)
    assert claim_periods(store) == {}


def with_district_of_another_city(store: Store) -> Store:
    units = [unit_entry(CITY, "city", PROVINCE), unit_entry(OTHER_DISTRICT, "district", CITY)]
    store.roster.put_roster({"units": units}, TODAY)
    return store


def test_a_district_under_another_city_has_the_terms_of_that(store: Store) -> None:
    with_roster(store)
    with_district_of_another_city(store)
    terms = [{"from": LATER.isoformat(), "to": "2027-01-22"}]
    store.roster.put_calendar(calendar_document(CITY, terms=terms), TODAY)
    put(store, (TERM, figure(CLASSROOM, 1)), (TODAY, figure(CLASSROOM, 1)), unit=OTHER_DISTRICT)
    sum_up(store)
    of_city = sums(store, OTHER_DISTRICT, AUGUST, LATER)

    moved = {**unit_entry(OTHER_DISTRICT, "district", PROVINCE), "valid_from": "2026-09-10"}
    store.roster.put_roster({"units": [moved]}, TODAY)
    sum_up(store)

    assert of_city == [(AUGUST, 1), (LATER, 1)]
    assert sums(store, OTHER_DISTRICT, AUGUST, LATER) == [(AUGUST, 2)]
    assert wrong_periods(store) == []


def test_a_school_that_leaves_takes_its_days_out_of_the_districts_periods(store: Store) -> None:
    with_checks(store)
    store.roster.put_calendar(calendar_document(OTHER_DISTRICT), TODAY)
    before = phones(store, DISTRICT), phones(store, OTHER_DISTRICT)

    moved = school_entry(SCHOOL, OTHER_DISTRICT, valid_from=TODAY.isoformat())
    store.roster.put_roster({"schools": [moved]}, TODAY)
    Turns(store).until_quiet()

    assert before == ([6], [])
    assert (phones(store, DISTRICT), phones(store, OTHER_DISTRICT)) == ([3], [3])
    assert wrong_periods(store) == []


def phones(store: Store, unit: str) -> list[int]:
    """Phones found in class in the month."""
    return [row.total for row in read(store, grain="month", places=[(unit, "primary", TERM)])]


def test_a_unit_is_not_settled_while_its_own_periods_are_marked(store: Store) -> None:
    with_roster(store)
    put(store, (TODAY, figure(CLASSROOM, 1)), unit=DISTRICT)

    before = settled(store, units=[DISTRICT]), settled(store, SCHOOL), settled(store, units=[CITY])
    sum_up(store)

    assert before == (False, True, True)
    assert settled(store, units=[DISTRICT])

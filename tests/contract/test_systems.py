"""The contract of counting systems: written with the periods of schools, and read."""

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from random import Random

import pytest

from tests.builders import (
    CLASS,
    DISTRICT,
    OTHER_CLASS,
    OTHER_SCHOOL,
    SCHOOL,
    TODAY,
    TOMORROW,
    YESTERDAY,
    class_check,
    event,
    figure,
    frame,
    ledger_key,
    ledger_of,
)
from tests.contract import period_steps
from tests.contract.period_steps import CLASSROOM, sum_up
from tests.contract.steps import Broken, put_ledgers
from tests.turns import Turns
from tests.worlds import settle_in
from wuguan.domain.measure import Measured
from wuguan.domain.measuring import MetricTally
from wuguan.domain.periods import PeriodKey, PeriodMark
from wuguan.domain.tally import Tally
from wuguan.ports import Store, SystemRow

PHONE = PeriodKey(SCHOOL, "phone")
REPORTED = Measured((MetricTally("phone.reporting", Tally(1, 1), None),))
SILENT = Measured((MetricTally("phone.reporting", Tally(1, 0), None),))
NOT_DUE = Measured(())
LONG_AGO = TODAY - timedelta(days=62)


def put(
    store: Store,
    systems_of: Mapping[str, Collection[str]],
    *,
    school: str = SCHOOL,
    day: date = TODAY,
    measured: Measured = REPORTED,
) -> None:
    """Ledgers of classes with one fact of each of these systems; the day is marked."""
    put_ledgers(
        store,
        {
            ledger_key(school, class_id=class_id, day=day): (
                ledger_of(*(class_check(one, school=school, system=one) for one in systems)),
                measured,
            )
            for class_id, systems in systems_of.items()
        },
    )
    store.periods.mark([PeriodMark(school, "phone", day)])


def counts(store: Store, school: str = SCHOOL) -> dict[tuple[date, str], int]:
    """Classes by day and system, of phones, whatever the day."""
    with store.figures.reading() as reading:
        rows = reading.systems(school, date(2020, 1, 1), date(2030, 1, 1))
    return {(row.day, row.system): row.classes for row in rows if row.management == "phone"}


def test_classes_are_counted_by_the_systems_that_their_facts_came_from(store: Store) -> None:
    put(store, {CLASS: ["board", "office"], OTHER_CLASS: ["board"]})

    sum_up(store)

    assert counts(store) == {(TODAY, "board"): 2, (TODAY, "office"): 1}


def test_what_schools_send_is_counted_with_their_figures(store: Store) -> None:
    settle_in(store)
    store.log.append([frame(class_check("a", system="class-board"))])
    store.log.append([frame(event("homework.nil_reported", system="office"))])
    Turns(store).until_quiet()

    with store.figures.reading() as reading:
        rows = reading.systems(SCHOOL, YESTERDAY, TODAY)
        before, others = (
            reading.systems(SCHOOL, YESTERDAY, YESTERDAY),
            reading.systems(OTHER_SCHOOL, YESTERDAY, TODAY),
        )

    assert rows == [
        SystemRow(TODAY, "homework", "office", 1),
        SystemRow(TODAY, "phone", "class-board", 1),
    ]
    assert before == others == []


@pytest.mark.parametrize("measured", [SILENT, NOT_DUE], ids=["all withdrawn", "not due"])
def test_what_counts_for_no_reporting_rate_is_not_counted(store: Store, measured: Measured) -> None:
    put(store, {CLASS: ["board"]})
    put(store, {OTHER_CLASS: ["board", "office"]}, measured=measured)

    sum_up(store)

    assert counts(store) == {(TODAY, "board"): 1}


def test_a_day_that_moved_is_counted_anew_and_no_other(store: Store) -> None:
    put(store, {CLASS: ["board", "office"]})
    put(store, {CLASS: ["board"]}, day=YESTERDAY)
    put(store, {CLASS: ["board"]}, school=OTHER_SCHOOL)
    sum_up(store)

    put(store, {CLASS: ["form"], OTHER_CLASS: ["office"]})
    sum_up(store)

    assert counts(store) == {
        (YESTERDAY, "board"): 1,
        (TODAY, "form"): 1,
        (TODAY, "office"): 1,
    }
    assert counts(store, OTHER_SCHOOL) == {(TODAY, "board"): 1}


def test_a_day_without_ledgers_any_more_has_no_counts(store: Store) -> None:
    put(store, {CLASS: ["board"]})
    sum_up(store)

    with store.ledgers.writing([SCHOOL]) as writing:
        writing.remove([ledger_key()])
    store.periods.mark([PeriodMark(*PHONE, TODAY)])
    sum_up(store)

    assert counts(store) == {}


def test_where_all_is_summed_two_months_are_looked_through(store: Store) -> None:
    put(store, {CLASS: ["old"]}, day=LONG_AGO)
    sum_up(store)
    for day in (LONG_AGO, LONG_AGO + timedelta(days=1), TODAY):
        put(store, {CLASS: ["new"]}, day=day)

    store.periods.mark([PeriodMark(*PHONE, None)])
    sum_up(store)

    assert counts(store) == {
        (LONG_AGO, "old"): 1,
        (LONG_AGO + timedelta(days=1), "new"): 1,
        (TODAY, "new"): 1,
    }


def test_days_to_come_are_counted_when_they_have_come(store: Store) -> None:
    for day in (TODAY, TOMORROW):
        put(store, {CLASS: ["board"]}, day=day)
        period_steps.put(store, (day, figure(CLASSROOM, 1)))

    sum_up(store)
    today = counts(store)
    sum_up(store, TOMORROW)

    assert today == {(TODAY, "board"): 1}
    assert counts(store) == {(TODAY, "board"): 1, (TOMORROW, "board"): 1}


def test_counts_of_more_than_a_school_year_ago_go(store: Store) -> None:
    first, second = TODAY - timedelta(days=401), TODAY - timedelta(days=400)
    for school in (SCHOOL, OTHER_SCHOOL):
        for day in (first, second):
            put(store, {CLASS: ["board"]}, day=day, school=school)
    sum_up(store, second)
    assert [*counts(store)] == [(first, "board"), (second, "board")]

    # Of the one something comes in: of that very day too, which is too late for a count.
    put(store, {CLASS: ["board"]}, day=first)
    put(store, {CLASS: ["board"]})
    sum_up(store)

    assert [*counts(store)] == [(second, "board"), (TODAY, "board")]
    assert [*counts(store, OTHER_SCHOOL)] == [(first, "board"), (second, "board")]


def test_units_above_schools_have_no_systems(store: Store) -> None:
    store.periods.mark([PeriodMark(DISTRICT, "phone", TODAY), PeriodMark(DISTRICT, "phone", None)])

    assert sum_up(store) == 1
    assert counts(store, DISTRICT) == {}


def test_counts_of_a_writing_that_failed_are_forgotten(store: Store) -> None:
    put(store, {CLASS: ["board"]})

    with pytest.raises(Broken):
        count_and_break(store)
    forgotten = counts(store)
    sum_up(store)

    assert forgotten == {}
    assert counts(store) == {(TODAY, "board"): 1}


def count_and_break(store: Store) -> None:
    with store.periods.writing(10, TODAY) as writing:
        writing.count_systems({PHONE: [TODAY]})
        raise Broken


@pytest.mark.parametrize("seed", range(6))
def test_whatever_comes_in_whatever_order_counts_are_those_of_the_ledgers(
    store: Store, seed: int
) -> None:
    random = Random(seed)
    told: dict[tuple[str, date, str], tuple[list[str], Measured]] = {}
    for _ in range(40):
        school, day = random.choice((SCHOOL, OTHER_SCHOOL)), TODAY - timedelta(random.randint(0, 3))
        class_id = random.choice((CLASS, OTHER_CLASS, "P2023-06"))
        systems = random.sample(["board", "form", "office"], random.randint(1, 3))
        measured = random.choice((REPORTED, REPORTED, SILENT, NOT_DUE))
        put(store, {class_id: systems}, school=school, day=day, measured=measured)
        told[school, day, class_id] = systems, measured
        if random.random() < 0.3:
            sum_up(store)

    sum_up(store)

    for school in (SCHOOL, OTHER_SCHOOL):
        expected: dict[tuple[date, str], int] = {}
        for (of, day, _), (systems, measured) in told.items():
            for system in systems if of == school and measured is REPORTED else ():
                expected[day, system] = expected.get((day, system), 0) + 1
        assert expected
        assert counts(store, school) == expected

"""The contract of Remeasuring."""

from datetime import date

import pytest

from tests.builders import (
    OTHER_SCHOOL,
    SCHOOL,
    TODAY,
    TOMORROW,
    YESTERDAY,
    cell,
    class_entry,
    figure,
    ledger_key,
    mark,
    measured,
    roster_document,
)
from tests.contract.steps import Broken, measure_nothing, overwrite, put_ledgers, with_roster
from wuguan.domain.ledger import EMPTY
from wuguan.ports import SpanToMeasure, Store


def first_span(store: Store) -> SpanToMeasure:
    span = store.remeasuring.next_span()
    assert span is not None
    return span


def done_until(store: Store, span: SpanToMeasure, day: date) -> None:
    with store.ledgers.writing([span.school_id]) as writing:
        store.remeasuring.done_until(writing, span, day)


def test_when_nothing_changed_there_is_nothing_to_measure_again(store: Store) -> None:
    assert store.remeasuring.next_span() is None


def test_the_oldest_span_comes_first(store: Store) -> None:
    with_roster(store)
    for school, class_id in ((OTHER_SCHOOL, "P2023-08"), (SCHOOL, "P2023-09")):
        store.roster.put_roster({"classes": [class_entry(school, class_id)]}, TODAY)

    assert [span.school_id for span in measure_nothing(store)] == [OTHER_SCHOOL, SCHOOL]


def test_a_span_stays_until_it_is_done(store: Store) -> None:
    store.roster.put_roster(roster_document(), TODAY)

    assert first_span(store) == first_span(store)


def test_a_span_begins_after_what_is_done(store: Store) -> None:
    store.roster.put_roster(roster_document(), TODAY)
    before = first_span(store)

    done_until(store, before, YESTERDAY)

    after = first_span(store)
    assert (after.span_id, after.school_id) == (before.span_id, before.school_id)
    assert (after.from_day, after.to_day) == (TODAY, TOMORROW)
    assert list(after.units) == list(before.units)


def test_a_span_that_is_done_is_gone(store: Store) -> None:
    store.roster.put_roster(roster_document(), TODAY)
    before = first_span(store)

    done_until(store, before, before.to_day)

    assert first_span(store).span_id != before.span_id


def test_what_was_done_in_a_writing_that_failed_is_still_to_do(store: Store) -> None:
    store.roster.put_roster(roster_document(), TODAY)
    before = first_span(store)

    def measure_and_fail() -> None:
        with store.ledgers.writing([before.school_id]) as writing:
            store.remeasuring.done_until(writing, before, before.to_day)
            raise Broken

    with pytest.raises(Broken):
        measure_and_fail()

    assert first_span(store) == before


def test_the_days_with_figures_are_those_of_ledgers_and_of_figures(store: Store) -> None:
    put_ledgers(
        store,
        {
            ledger_key(day=YESTERDAY): (EMPTY, measured()),
            ledger_key(OTHER_SCHOOL, day=TOMORROW): (EMPTY, measured()),
        },
    )
    classroom = cell("phone.classroom")
    overwrite(store, {mark(day=TODAY): {classroom: figure("phone.classroom", 1)}})

    days = store.remeasuring.days_with_figures(SCHOOL, date(2026, 9, 1), date(2026, 9, 30))

    assert set(days) == {YESTERDAY, TODAY}


def test_days_outside_the_range_are_left_out(store: Store) -> None:
    put_ledgers(store, {ledger_key(day=day): (EMPTY, measured()) for day in (YESTERDAY, TODAY)})

    days = store.remeasuring.days_with_figures(SCHOOL, TODAY, TOMORROW)

    assert set(days) == {TODAY}

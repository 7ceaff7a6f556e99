"""From records to ledgers: nothing is lost, nothing is taken as what it is not."""

from typing import Any

import pytest

from stream_processors.taking import OutOfStep
from tests.builders import (
    CLASS,
    OTHER_SCHOOL,
    class_check,
    event,
    frame,
    ledger_key,
    ledger_of,
)
from tests.integration.steps import InterruptedWriting
from tests.unit.stream_processors.records import (
    PHONE,
    SLEEP,
    Consumer,
    checks,
    frames,
    ledger,
    record_of,
    records_of,
)
from wuguan.domain.errors import TemporarilyUnavailable
from wuguan.ports import Place, Store


def test_a_batch_is_prepared_while_the_one_before_is_not_written() -> None:
    # given corrections of one and the same fact, in two batches
    consumer = Consumer().begin()
    stated = [
        class_check("c-1", found, time=f"2026-09-14T20:0{found}:00+08:00") for found in range(6)
    ]
    records = records_of([frame(one) for one in stated])

    # when both are prepared before the first is written
    first = consumer.taking.prepare(records[:3])
    second = consumer.taking.prepare(records[3:])
    consumer.taking.write(first)
    assert ledger(consumer.store) == ledger_of(*stated[:3])
    consumer.taking.write(second)

    # then the outcome is that of one fold
    assert ledger(consumer.store) == ledger_of(*stated)
    assert consumer.position() == 6


def test_positions_move_with_the_rows_and_only_then() -> None:
    consumer = Consumer().begin()
    night = event("sleep.nil_reported")

    batch = consumer.taking.prepare([*records_of(frames(1, 2)), record_of(frame(night), 0, SLEEP)])
    assert (consumer.position(), consumer.position(SLEEP)) == (0, 0)
    assert ledger(consumer.store) == {}
    consumer.taking.write(batch)

    assert (consumer.position(), consumer.position(SLEEP)) == (2, 1)
    assert consumer.taking.positions == {PHONE: 2, SLEEP: 1}
    assert ledger(consumer.store) == ledger_of(*checks(1, 2))
    assert ledger(consumer.store, ledger_key(management="sleep")) == ledger_of(night)


def test_a_writing_that_fails_moves_neither() -> None:
    def fail() -> None:
        raise ZeroDivisionError

    store = Consumer().store
    consumer = Consumer(store, InterruptedWriting(store.ledgers, "move_to", fail)).begin()

    with pytest.raises(ZeroDivisionError):
        consumer.take(records_of(frames(1)))

    assert consumer.position() == 0
    assert ledger(store) == {}


def test_a_record_of_a_place_that_is_not_ours_is_passed_over() -> None:
    consumer = Consumer().begin([PHONE])
    others = Place("wuguan.phone.v1", 5)

    consumer.take([record_of(*one, others) for one in zip(frames(1), [0], strict=True)])

    assert ledger(consumer.store) == {}
    assert consumer.position(others) == 0


def test_a_place_that_was_taken_away_is_not_ours_any_more() -> None:
    consumer = Consumer().begin()
    consumer.begin([SLEEP])

    consumer.take(records_of(frames(1)))

    assert consumer.position() == 0
    assert consumer.taking.positions == {SLEEP: 0}


def test_an_offset_that_was_seen_already_is_passed_over() -> None:
    consumer = Consumer().begin()
    consumer.take(records_of(frames(1, 2)))

    batch = consumer.taking.prepare([*records_of(frames(1, 2)), *records_of(frames(3), 2)])
    consumer.taking.write(batch)

    assert batch.events == 1
    assert ledger(consumer.store) == ledger_of(*checks(1, 2, 3))
    assert consumer.position() == 3


def test_a_gap_that_holds_no_records_is_nothing() -> None:
    consumer = Consumer().begin()

    consumer.take([*records_of(frames(1)), *records_of(frames(2), 7)])

    assert ledger(consumer.store) == ledger_of(*checks(1, 2))
    assert consumer.position() == 8


def test_a_gap_that_holds_records_is_out_of_step() -> None:
    consumer = Consumer().begin()
    consumer.kept = records_of(frames(2), 4)

    with pytest.raises(OutOfStep):
        consumer.take([*records_of(frames(1)), *records_of(frames(3), 7)])

    assert consumer.position() == 0


def test_gaps_are_told_of_our_places_only_each_between_two_records() -> None:
    consumer = Consumer().begin([PHONE])
    consumer.take(records_of(frames(1, 2)))

    seen, following = records_of(frames(1)), records_of(frames(3, 4), 5)
    gaps = consumer.taking.gaps([*seen, *following, *records_of(frames(5), 9), seen[0]])

    assert gaps == [(PHONE, 2, 5), (PHONE, 7, 9)]
    assert consumer.taking.gaps(records_of(frames(1), 8, SLEEP)) == []


def test_a_store_that_has_forgotten_is_found_out_before_anything_is_written() -> None:
    consumer = Consumer().begin()
    consumer.take(records_of(frames(1, 2)))
    batch = consumer.taking.prepare(records_of(frames(3), 2))
    move(consumer.store, 1)

    with pytest.raises(OutOfStep):
        consumer.taking.write(batch)
    with pytest.raises(OutOfStep):
        consumer.taking.check_positions()
    with pytest.raises(OutOfStep):
        consumer.begin()

    assert ledger(consumer.store) == ledger_of(*checks(1, 2))
    assert consumer.position() == 1


def move(store: Store, offset: int) -> None:
    """Another position, as after the database was restored."""
    state: Any = store.ledgers
    state._state.positions[PHONE] = offset


def test_a_store_that_is_further_than_we_knew_is_nothing() -> None:
    consumer = Consumer().begin()
    other = Consumer(consumer.store).begin()
    other.take(records_of(frames(1, 2, 3)))

    consumer.taking.check_positions()
    consumer.take(records_of(frames(1)))

    assert consumer.position() == 3
    assert ledger(consumer.store) == ledger_of(*checks(1, 2, 3))


def test_a_new_assignment_keeps_what_is_in_flight() -> None:
    # given two records prepared, none written
    consumer = Consumer().begin()
    records = records_of(frames(1, 2, 3))
    batch = consumer.taking.prepare(records[:2])

    # when the places are assigned again, and read from where the store is
    assert consumer.taking.assign([PHONE]) == {PHONE: 0}
    again = consumer.taking.prepare(records)
    consumer.taking.write(batch)
    consumer.taking.write(again)

    # then nothing was taken twice
    assert again.events == 1
    assert ledger(consumer.store) == ledger_of(*checks(1, 2, 3))
    assert consumer.position() == 3


@pytest.mark.parametrize("moment", ["opened", "load", "put", "mark", "move_to"])
def test_a_store_that_was_away_takes_the_very_same_batch_later(moment: str) -> None:
    def go_away() -> None:
        raise TemporarilyUnavailable("the database is away")

    store = Consumer().store
    consumer = Consumer(store, InterruptedWriting(store.ledgers, moment, go_away)).begin()
    first = consumer.taking.prepare(records_of(frames(1)))
    second = consumer.taking.prepare(records_of(frames(2), 1))

    with pytest.raises(TemporarilyUnavailable):
        consumer.taking.write(first)
    assert (ledger(store), consumer.position()) == ({}, 0)
    consumer.taking.write(first)
    consumer.taking.write(second)

    assert ledger(store) == ledger_of(*checks(1, 2))
    assert consumer.position() == 2


def test_schools_of_one_place_do_not_mix() -> None:
    consumer = Consumer().begin()
    theirs = class_check("c-1", 2, school=OTHER_SCHOOL, class_id=CLASS)

    consumer.take(records_of([frame(*checks(1)), frame(theirs)]))

    assert ledger(consumer.store) == ledger_of(*checks(1))
    assert ledger(consumer.store, ledger_key(OTHER_SCHOOL)) == ledger_of(theirs)

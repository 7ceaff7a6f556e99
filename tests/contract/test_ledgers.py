"""The contract of Ledgers."""

from threading import Event

import pytest

from tests.builders import (
    CLASS,
    OTHER_CLASS,
    OTHER_SCHOOL,
    SCHOOL,
    TODAY,
    TOMORROW,
    YESTERDAY,
    class_check,
    event,
    frame,
    ledger_key,
    ledger_of,
    mark,
    measured,
    roster_document,
)
from tests.contract.steps import (
    SOON_SECONDS,
    WAIT_SECONDS,
    Broken,
    claim,
    load_ledgers,
    put_ledgers,
    started,
    started_inside_a_writing,
)
from wuguan.domain.instants import midnight_us
from wuguan.domain.ledger import EMPTY, fold
from wuguan.ports import EMBEDDED_LOG, Place, RejectedRow, Store

KEY = ledger_key()


def test_a_ledger_is_loaded_as_it_was_put(store: Store) -> None:
    ledger = ledger_of(
        class_check("c-1", found=2),
        event("phone.checked_in", pid="0" * 32, permitted=True, event_id="e-2"),
        event("phone.checked_in", pid="1" * 32, permitted=False, kept_at="locker"),
        event("phone.withdrawn", of="phone.class_checked", key="c-9"),
    )

    put_ledgers(store, {KEY: (ledger, measured("phone.classroom", 2))})

    assert load_ledgers(store, [KEY]) == {KEY: ledger}


def test_a_conflict_is_kept_with_its_fact(store: Store) -> None:
    ledger = ledger_of(class_check("c-1", found=1), class_check("c-1", found=2))

    put_ledgers(store, {KEY: (ledger, measured())})

    loaded = load_ledgers(store, [KEY])[KEY]
    assert [register.conflict for register in loaded.values()] == [True]


def test_a_ledger_without_a_row_is_left_out(store: Store) -> None:
    put_ledgers(store, {KEY: (ledger_of(class_check("c-1")), measured())})

    loaded = load_ledgers(store, [KEY, ledger_key(class_id=OTHER_CLASS)])

    assert loaded.keys() == {KEY}


def test_a_new_ledger_moves_the_figures_of_its_school(store: Store) -> None:
    moved = put_ledgers(store, {KEY: (ledger_of(class_check("c-1")), measured())})

    assert set(moved) == {mark(SCHOOL, TODAY, "phone")}


def test_classes_of_one_school_and_day_make_one_mark(store: Store) -> None:
    rows = {
        ledger_key(class_id=class_id): (ledger_of(class_check("c-1", class_id=class_id)), one)
        for class_id, one in ((CLASS, measured()), (OTHER_CLASS, measured()))
    }

    assert list(put_ledgers(store, rows)) == [mark(SCHOOL, TODAY, "phone")]


def test_the_same_again_moves_nothing(store: Store) -> None:
    row = (ledger_of(class_check("c-1")), measured("phone.classroom", 0))
    put_ledgers(store, {KEY: row})

    assert list(put_ledgers(store, {KEY: row})) == []


def test_other_tallies_of_the_same_facts_move_the_figures(store: Store) -> None:
    ledger = ledger_of(class_check("c-1"))
    put_ledgers(store, {KEY: (ledger, measured("phone.classroom", 0))})

    moved = put_ledgers(store, {KEY: (ledger, measured("phone.classroom", 3))})

    assert set(moved) == {mark(SCHOOL, TODAY, "phone")}


def test_facts_that_change_no_tally_are_kept_and_move_nothing(store: Store) -> None:
    one, both = class_check("c-1"), ledger_of(class_check("c-1"), class_check("c-2"))
    put_ledgers(store, {KEY: (ledger_of(one), measured("phone.classroom", 0))})

    moved = put_ledgers(store, {KEY: (both, measured("phone.classroom", 0))})

    assert list(moved) == []
    assert load_ledgers(store, [KEY]) == {KEY: both}


def test_a_finding_that_changes_no_tally_is_kept_and_moves_nothing(store: Store) -> None:
    ledger = ledger_of(class_check("c-1"))
    put_ledgers(store, {KEY: (ledger, measured("phone.classroom", 0))})

    moved = put_ledgers(
        store, {KEY: (ledger, measured("phone.classroom", 0, findings=["off_plan"]))}
    )

    assert list(moved) == []
    with store.figures.reading() as reading:
        (finding,) = reading.findings(SCHOOL, TODAY, TODAY, None, 10)
    assert finding.kind == "off_plan"


def test_an_error_undoes_everything_written(store: Store) -> None:
    def write_and_fail() -> None:
        with store.ledgers.writing([SCHOOL], places=[EMBEDDED_LOG]) as writing:
            writing.load([KEY])
            writing.mark(writing.put({KEY: (ledger_of(class_check("c-1")), measured())}))
            writing.move_to({EMBEDDED_LOG: 2})
            raise Broken

    with pytest.raises(Broken):
        write_and_fail()

    assert load_ledgers(store, [KEY]) == {}
    assert list(claim(store)) == []
    with store.ledgers.writing([], places=[EMBEDDED_LOG]) as writing:
        assert writing.positions == {EMBEDDED_LOG: 1}


def test_after_an_error_the_former_ledger_stands(store: Store) -> None:
    before = ledger_of(class_check("c-1"))
    put_ledgers(store, {KEY: (before, measured("phone.classroom", 0))})

    def write_and_fail() -> None:
        with store.ledgers.writing([SCHOOL]) as writing:
            after = fold(writing.load([KEY])[KEY], [class_check("c-2", found=1)])
            writing.put({KEY: (after, measured("phone.classroom", 1))})
            raise Broken

    with pytest.raises(Broken):
        write_and_fail()

    assert load_ledgers(store, [KEY]) == {KEY: before}


def test_marks_are_claimed_after_the_commit(store: Store) -> None:
    with store.ledgers.writing([SCHOOL]) as writing:
        writing.load([KEY])
        writing.mark(writing.put({KEY: (ledger_of(class_check("c-1")), measured())}))

    assert list(claim(store)) == [mark(SCHOOL, TODAY, "phone")]


def test_the_position_stays_where_the_consumer_left_it(store: Store) -> None:
    store.log.append([frame(class_check("c-1")), frame(class_check("c-2"))])

    with store.ledgers.writing([SCHOOL], places=[EMBEDDED_LOG]) as writing:
        before = writing.positions[EMBEDDED_LOG]
        writing.move_to({EMBEDDED_LOG: 3})

    with store.ledgers.writing([SCHOOL], places=[EMBEDDED_LOG]) as writing:
        assert (before, writing.positions[EMBEDDED_LOG]) == (1, 3)


def test_the_keys_of_a_school_come_in_order_and_within_the_days(store: Store) -> None:
    within = [
        ledger_key(SCHOOL, "homework", OTHER_CLASS, TODAY),
        ledger_key(SCHOOL, "phone", CLASS, YESTERDAY),
        ledger_key(SCHOOL, "phone", CLASS, TODAY),
        ledger_key(SCHOOL, "phone", OTHER_CLASS, YESTERDAY),
    ]
    beyond = [ledger_key(day=TOMORROW), ledger_key(OTHER_SCHOOL)]
    put_ledgers(store, {key: (EMPTY, measured()) for key in [*reversed(within), *beyond]})

    with store.ledgers.writing([SCHOOL]) as writing:
        keys = writing.keys_of(SCHOOL, YESTERDAY, TODAY)

    assert list(keys) == within


def test_a_second_writer_of_a_school_waits_for_the_first(store: Store) -> None:
    entered = Event()

    def write() -> None:
        with store.ledgers.writing([SCHOOL]):
            entered.set()

    with started_inside_a_writing(store, write) as waited:
        assert not entered.wait(SOON_SECONDS)
    waited.result(WAIT_SECONDS)

    assert entered.is_set()


def test_two_writers_of_one_school_lose_no_fact(store: Store) -> None:
    def add_facts(name: str) -> None:
        for number in range(15):
            with store.ledgers.writing([SCHOOL]) as writing:
                before = writing.load([KEY]).get(KEY, EMPTY)
                after = fold(before, [class_check(f"{name}-{number}")])
                writing.put({KEY: (after, measured())})

    with started(lambda: add_facts("one"), lambda: add_facts("other")) as tasks:
        for task in tasks:
            task.result(WAIT_SECONDS)

    assert len(load_ledgers(store, [KEY])[KEY]) == 30


def test_writers_that_name_the_same_schools_in_any_order_all_finish(store: Store) -> None:
    def write(*schools: str) -> None:
        for _ in range(30):
            with store.ledgers.writing(schools):
                pass

    with started(lambda: write(SCHOOL, OTHER_SCHOOL), lambda: write(OTHER_SCHOOL, SCHOOL)) as tasks:
        ended = [task.exception(WAIT_SECONDS) for task in tasks]

    assert ended == [None, None]


def test_the_second_consumer_goes_on_where_the_first_stopped(store: Store) -> None:
    def position() -> int:
        with store.ledgers.writing([OTHER_SCHOOL], places=[EMBEDDED_LOG]) as writing:
            return writing.positions[EMBEDDED_LOG]

    with started_inside_a_writing(store, position, move_to=7) as waiting:
        pass

    assert waiting.result(WAIT_SECONDS) == 7


def test_the_version_of_the_context_is_that_after_the_wait_for_the_school(store: Store) -> None:
    def version() -> int:
        with store.ledgers.writing([SCHOOL]) as writing:
            return writing.context_version

    with started_inside_a_writing(store, version) as waiting:
        store.roster.put_roster(roster_document(), TODAY)

    assert waiting.result(WAIT_SECONDS) == store.roster.version() == 1


def test_a_place_that_nobody_has_read_begins_at_0(store: Store) -> None:
    place = Place("wuguan.sleep.v1", 3)

    assert store.ledgers.positions([place, EMBEDDED_LOG]) == {place: 0, EMBEDDED_LOG: 1}


def test_each_place_moves_by_itself(store: Store) -> None:
    one, other, third = (Place("wuguan.phone.v1", number) for number in range(3))
    with store.ledgers.writing([SCHOOL], places=[other, one]) as writing:
        assert writing.positions == {one: 0, other: 0}
        writing.move_to({one: 5, other: 900})

    assert store.ledgers.positions([one, other, third]) == {one: 5, other: 900, third: 0}


def test_a_position_moved_in_a_writing_that_failed_stays(store: Store) -> None:
    place = Place("wuguan.phone.v1", 0)

    def move_and_break() -> None:
        with store.ledgers.writing([], places=[place]) as writing:
            writing.move_to({place: 5})
            raise Broken

    with pytest.raises(Broken):
        move_and_break()

    assert store.ledgers.positions([place]) == {place: 0}


def test_what_is_known_is_the_very_object_that_is_loaded(store: Store) -> None:
    # What comes a second time is kept nearer than the store.
    put_ledgers(store, {KEY: (ledger_of(class_check("c-1")), measured())})
    put_ledgers(store, {KEY: (ledger_of(class_check("c-1"), class_check("c-2")), measured())})

    known = store.ledgers.known([KEY])

    assert load_ledgers(store, [KEY])[KEY] is known[KEY]


def test_of_what_was_never_seen_nothing_is_known(store: Store) -> None:
    assert store.ledgers.known([KEY]) == {}


def test_what_is_rejected_inside_a_writing_is_there_after_it(store: Store) -> None:
    row = RejectedRow(
        0, SCHOOL, midnight_us(TODAY), None, None, "x", "wrong_type", "/id", "m", "信"
    )
    with store.ledgers.writing([SCHOOL]) as writing:
        writing.reject([row])

    assert [one.id for one in store.rejects.list(SCHOOL, TODAY, TODAY, None, 10)] == ["x"]


def test_a_place_that_begins_again_is_at_0_and_the_others_stay(store: Store) -> None:
    one, other = (Place("wuguan.phone.v1", number) for number in range(2))
    with store.ledgers.writing([], places=[one, other]) as writing:
        writing.move_to({one: 5, other: 7})

    store.ledgers.begin_again([one])

    assert store.ledgers.positions([one, other]) == {one: 0, other: 7}
    assert set(store.ledgers.begun_again([one, other])) == {one}

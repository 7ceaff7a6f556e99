"""The contract of what a rebuild needs: Rebuilding, and removing from Ledgers."""

from contextlib import suppress

import pytest

from tests.builders import (
    CLASS,
    OTHER_CLASS,
    OTHER_SCHOOL,
    SCHOOL,
    TODAY,
    class_check,
    ledger_key,
    ledger_of,
    mark,
    measured,
)
from tests.contract.steps import Broken, claim, load_ledgers, put_ledgers
from wuguan.domain.errors import TemporarilyUnavailable
from wuguan.domain.ledger import EMPTY, Ledger, LedgerKey
from wuguan.ports import Ledgers, Store

KEY, OTHER_KEY = ledger_key(), ledger_key(class_id=OTHER_CLASS)
ONE, OTHER = ledger_of(class_check("c-1")), ledger_of(class_check("c-2", found=1))
OF_OTHER_CLASS = ledger_of(class_check("c-3", class_id=OTHER_CLASS))


def put(ledgers: Ledgers, key: LedgerKey, ledger: Ledger) -> None:
    with ledgers.writing([key.school_id]) as writing:
        writing.load([key])
        writing.put({key: (ledger, measured())})


def loaded(ledgers: Ledgers, key: LedgerKey) -> Ledger | None:
    with ledgers.writing([key.school_id]) as writing:
        return writing.load([key]).get(key)


def remove(store: Store, *keys: LedgerKey) -> None:
    with store.ledgers.writing({key.school_id for key in keys}) as writing:
        writing.remove(keys)


# ---- removing


def test_a_removed_ledger_is_gone_for_the_next_writer(store: Store) -> None:
    put_ledgers(store, {KEY: (ONE, measured()), OTHER_KEY: (OF_OTHER_CLASS, measured())})

    remove(store, KEY)

    assert load_ledgers(store, [KEY, OTHER_KEY]) == {OTHER_KEY: OF_OTHER_CLASS}
    with store.ledgers.writing([SCHOOL]) as writing:
        assert list(writing.keys_of(SCHOOL, TODAY, TODAY)) == [OTHER_KEY]


def test_it_is_gone_for_its_own_writer_at_once(store: Store) -> None:
    put_ledgers(store, {KEY: (ONE, measured())})

    with store.ledgers.writing([SCHOOL]) as writing:
        writing.load([KEY])
        writing.remove([KEY])

        assert writing.load([KEY]) == {}
        assert list(writing.keys_of(SCHOOL, TODAY, TODAY)) == []


def test_the_figures_of_a_removed_ledgers_school_are_to_be_moved(store: Store) -> None:
    put_ledgers(store, {KEY: (ONE, measured()), OTHER_KEY: (OF_OTHER_CLASS, measured())})

    with store.ledgers.writing([SCHOOL]) as writing:
        moved = writing.remove([KEY, OTHER_KEY])
        writing.mark(moved)

    assert list(moved) == [mark(SCHOOL, TODAY, "phone")]
    assert list(claim(store)) == [mark(SCHOOL, TODAY, "phone")]


def test_a_ledger_that_is_not_there_can_be_removed(store: Store) -> None:
    remove(store, KEY)

    assert load_ledgers(store, [KEY]) == {}


def test_what_was_removed_in_a_writing_that_failed_stands(store: Store) -> None:
    put_ledgers(store, {KEY: (ONE, measured())})

    def remove_and_break() -> None:
        with store.ledgers.writing([SCHOOL]) as writing:
            writing.load([KEY])
            writing.remove([KEY])
            raise Broken

    with pytest.raises(Broken):
        remove_and_break()

    assert load_ledgers(store, [KEY]) == {KEY: ONE}


def test_a_removed_ledger_may_be_put_again(store: Store) -> None:
    put_ledgers(store, {KEY: (ONE, measured())})
    remove(store, KEY)

    moved = put_ledgers(store, {KEY: (OTHER, measured())})

    assert list(moved) == [mark(SCHOOL, TODAY, "phone")]
    assert load_ledgers(store, [KEY]) == {KEY: OTHER}


def test_a_ledger_may_be_put_after_its_removal_in_one_writing(store: Store) -> None:
    put_ledgers(store, {KEY: (ONE, measured())})

    with store.ledgers.writing([SCHOOL]) as writing:
        writing.load([KEY])
        writing.remove([KEY])
        writing.put({KEY: (OTHER, measured())})

    assert load_ledgers(store, [KEY]) == {KEY: OTHER}


def test_a_ledger_that_is_put_and_then_removed_in_one_writing_is_gone(store: Store) -> None:
    put_ledgers(store, {KEY: (ONE, measured())})

    with store.ledgers.writing([SCHOOL]) as writing:
        writing.load([KEY])
        writing.put({KEY: (OTHER, measured())})
        writing.remove([KEY])

    assert load_ledgers(store, [KEY]) == {}


def test_of_a_removed_ledger_nothing_is_known(store: Store) -> None:
    # What comes a second time is kept nearer than the store.
    for ledger in (ONE, OTHER):
        put_ledgers(store, {KEY: (ledger, measured())})

    remove(store, KEY)

    assert store.ledgers.known([KEY]) == {}


def test_a_removed_ledger_leaves_no_day_with_figures(store: Store) -> None:
    put_ledgers(store, {KEY: (ONE, measured())})

    remove(store, KEY)

    assert set(store.remeasuring.days_with_figures(SCHOOL, TODAY, TODAY)) == set()


# ---- schools


def test_the_schools_are_those_with_ledgers_whether_the_roster_knows_them_or_not(
    store: Store,
) -> None:
    assert set(store.ledgers.schools()) == set()
    put_ledgers(store, {KEY: (EMPTY, measured()), OTHER_KEY: (EMPTY, measured())})
    put_ledgers(store, {ledger_key(OTHER_SCHOOL): (EMPTY, measured())})

    assert set(store.ledgers.schools()) == {SCHOOL, OTHER_SCHOOL}


def test_a_school_whose_last_ledger_is_removed_has_none(store: Store) -> None:
    put_ledgers(store, {KEY: (ONE, measured()), ledger_key(OTHER_SCHOOL): (ONE, measured())})

    remove(store, KEY)

    assert set(store.ledgers.schools()) == {OTHER_SCHOOL}


# ---- ledgers folded anew


def test_a_rebuild_begins_with_nothing_whatever_the_live_ledgers_hold(store: Store) -> None:
    put_ledgers(store, {KEY: (ONE, measured())})

    with store.rebuilding.begun() as rebuilt:
        assert loaded(rebuilt, KEY) is None
        assert set(rebuilt.schools()) == set()


def test_what_is_folded_anew_stays_beside_the_live_ledgers(store: Store) -> None:
    put_ledgers(store, {KEY: (ONE, measured())})

    with store.rebuilding.begun() as rebuilt:
        put(rebuilt, ledger_key(OTHER_SCHOOL), ONE)
        put(rebuilt, KEY, OTHER)
        put(rebuilt, KEY, ledger_of(class_check("c-2"), class_check("c-3")))

        anew = loaded(rebuilt, KEY)
        assert set(rebuilt.schools()) == {SCHOOL, OTHER_SCHOOL}
        rebuilt.require_intact()
    assert anew == ledger_of(class_check("c-2"), class_check("c-3"))
    assert load_ledgers(store, [KEY]) == {KEY: ONE}
    assert set(store.ledgers.schools()) == {SCHOOL}


def test_a_rebuild_begins_with_nothing_also_after_one_that_failed(store: Store) -> None:
    def begin_and_break() -> None:
        with store.rebuilding.begun() as rebuilt:
            put(rebuilt, KEY, ONE)
            raise Broken

    with pytest.raises(Broken):
        begin_and_break()

    with store.rebuilding.begun() as rebuilt:
        assert loaded(rebuilt, KEY) is None


def test_its_locks_leave_the_live_writers_of_the_same_school_alone(store: Store) -> None:
    with store.rebuilding.begun() as rebuilt, rebuilt.writing([SCHOOL]) as aside:
        put_ledgers(store, {KEY: (ONE, measured())})
        with store.ledgers.writing([SCHOOL]) as live:
            aside.put({ledger_key(class_id=CLASS): (live.load([KEY])[KEY], measured())})

    assert load_ledgers(store, [KEY]) == {KEY: ONE}


def test_two_rebuilds_at_once_never_share_their_ledgers(store: Store) -> None:
    with store.rebuilding.begun() as one:
        put(one, KEY, ONE)
        # A store with one table for them lets nobody else begin.
        with suppress(TemporarilyUnavailable), store.rebuilding.begun() as other:
            assert set(other.schools()) == set()

        assert loaded(one, KEY) == ONE

"""The contract of Rollups."""

from collections.abc import Mapping

import pytest

from tests.builders import (
    CLASS,
    DISTRICT,
    OTHER_CLASS,
    OTHER_SCHOOL,
    PROVINCE,
    SCHOOL,
    YESTERDAY,
    cell,
    class_check,
    figure,
    ledger_key,
    ledger_of,
    mark,
    measured,
)
from tests.contract.steps import (
    WAIT_SECONDS,
    Broken,
    claim,
    overwrite,
    put_ledgers,
    put_marks,
    started,
    with_roster,
)
from wuguan.domain.rollup import Figures, Mark
from wuguan.ports import Store

CLASSROOM, CUSTODY = "phone.classroom", "phone.custody"


def figures_of(store: Store, *marks: Mark) -> Mapping[Mark, Figures]:
    """The stored figures, read as the sums over one child each."""
    with store.rollups.writing(0, True) as writing:
        return writing.sums({mark: [mark.unit_id] for mark in marks})


# ---- claiming


def test_a_mark_is_claimed_once_however_often_it_was_made(store: Store) -> None:
    put_marks(store, mark(), mark())
    put_marks(store, mark())

    assert list(claim(store)) == [mark()]


def test_a_claimed_mark_is_gone_after_the_commit(store: Store) -> None:
    put_marks(store, mark())
    claim(store)

    assert list(claim(store)) == []


def test_a_claimed_mark_is_there_again_after_an_error(store: Store) -> None:
    put_marks(store, mark())

    with pytest.raises(Broken), store.rollups.writing(10, True):
        raise Broken

    assert list(claim(store)) == [mark()]


def test_a_mark_that_another_writer_holds_is_skipped(store: Store) -> None:
    put_marks(store, mark(SCHOOL), mark(OTHER_SCHOOL))

    with store.rollups.writing(1, True) as one, store.rollups.writing(10, True) as other:
        assert len(one.claimed) == len(other.claimed) == 1
        assert {*one.claimed, *other.claimed} == {mark(SCHOOL), mark(OTHER_SCHOOL)}


def test_a_mark_made_while_its_unit_is_rolled_up_stays(store: Store) -> None:
    put_marks(store, mark())

    with store.rollups.writing(10, True) as writing:
        claimed = list(writing.claimed)
        put_marks(store, mark())

    assert claimed == [mark()]
    assert list(claim(store)) == [mark()]


def test_no_more_marks_are_claimed_than_asked_for(store: Store) -> None:
    marks = {mark(management=name) for name in ("homework", "phone", "sleep")}
    put_marks(store, *marks)

    first, following = claim(store, limit=2), claim(store, limit=2)

    assert (len(first), len(following)) == (2, 1)
    assert {*first, *following} == marks


def test_schools_and_units_above_them_are_claimed_apart(store: Store) -> None:
    with_roster(store)
    put_marks(store, mark(SCHOOL), mark(DISTRICT))

    assert list(claim(store, school_level=False)) == [mark(DISTRICT)]
    assert list(claim(store, school_level=True)) == [mark(SCHOOL)]


def test_of_the_units_above_schools_the_lowest_come_first(store: Store) -> None:
    with_roster(store)
    put_marks(store, mark(PROVINCE), mark(DISTRICT))

    turns = [list(claim(store, school_level=False)) for _ in range(3)]

    assert turns == [[mark(DISTRICT)], [mark(PROVINCE)], []]


def test_what_the_roster_does_not_know_is_a_school_if_it_looks_like_one(store: Store) -> None:
    put_marks(store, mark("9999999999"), mark("nowhere"))

    assert list(claim(store, school_level=True)) == [mark("9999999999")]
    assert list(claim(store, school_level=False)) == [mark("nowhere")]


def test_the_version_is_that_of_the_context(store: Store) -> None:
    with_roster(store)

    with store.rollups.writing(10, True) as writing:
        assert writing.context_version == store.roster.version()


# ---- from classes to their school


def test_the_tallies_heard_of_are_given_by_class(store: Store) -> None:
    found, nothing = measured(CLASSROOM, 3), measured(CLASSROOM, 0)
    put_ledgers(
        store,
        {
            ledger_key(class_id=CLASS): (ledger_of(class_check("c-1", found=3)), found),
            ledger_key(class_id=OTHER_CLASS): (ledger_of(class_check("c-1")), nothing),
            ledger_key(day=YESTERDAY): (ledger_of(class_check("c-1")), nothing),
            ledger_key(management="sleep"): (ledger_of(class_check("c-1")), nothing),
        },
    )

    with store.rollups.writing(10, True) as writing:
        heard = writing.heard([mark()])

    assert {class_id: tuple(tallies) for class_id, tallies in heard[mark()].items()} == {
        CLASS: found.tallies,
        OTHER_CLASS: nothing.tallies,
    }


def test_of_a_school_that_sent_nothing_no_class_is_heard(store: Store) -> None:
    with store.rollups.writing(10, True) as writing:
        assert writing.heard([mark()]) == {mark(): {}}


# ---- sums


def test_the_figures_of_children_are_summed_cell_by_cell(store: Store) -> None:
    grade_4, grade_5 = cell(CLASSROOM, grade=4), cell(CLASSROOM, grade=5)
    overwrite(
        store,
        {
            mark(SCHOOL): {grade_4: figure(CLASSROOM, 1, 2), grade_5: figure(CLASSROOM, 9)},
            mark(OTHER_SCHOOL): {grade_4: figure(CLASSROOM, 4)},
        },
    )

    with store.rollups.writing(10, False) as writing:
        sums = writing.sums({mark(DISTRICT): [SCHOOL, OTHER_SCHOOL]})

    assert sums == {
        mark(DISTRICT): {grade_4: figure(CLASSROOM, 1, 2, 4), grade_5: figure(CLASSROOM, 9)}
    }


def test_bins_are_summed_one_by_one(store: Store) -> None:
    one = cell("homework.minutes")
    marks = [mark(school, management="homework") for school in (SCHOOL, OTHER_SCHOOL)]
    for school_mark, minutes in zip(marks, ([20, 40], [40, 200]), strict=True):
        overwrite(store, {school_mark: {one: figure("homework.minutes", *minutes, compliant=1)}})

    with store.rollups.writing(10, False) as writing:
        above = mark(DISTRICT, management="homework")
        sums = writing.sums({above: [SCHOOL, OTHER_SCHOOL]})

    assert sums[above][one] == figure("homework.minutes", 20, 40, 40, 200, compliant=2)


def test_a_sum_has_the_rules_of_all_its_parts(store: Store) -> None:
    one = cell(CLASSROOM)
    overwrite(store, {mark(SCHOOL): {one: figure(CLASSROOM, 1, rules=["state", "local"])}})
    overwrite(store, {mark(OTHER_SCHOOL): {one: figure(CLASSROOM, 1, rules=["state"])}})

    with store.rollups.writing(10, False) as writing:
        sums = writing.sums({mark(DISTRICT): [SCHOOL, OTHER_SCHOOL]})

    assert sums[mark(DISTRICT)][one].rules == {"state", "local"}


def test_only_the_day_and_management_of_the_mark_are_summed(store: Store) -> None:
    one = cell(CLASSROOM)
    overwrite(store, {mark(day=YESTERDAY): {one: figure(CLASSROOM, 1)}})
    overwrite(
        store,
        {mark(management="homework"): {cell("homework.channel"): figure("homework.channel", 1)}},
    )

    with store.rollups.writing(10, False) as writing:
        assert writing.sums({mark(DISTRICT): [SCHOOL]}) == {mark(DISTRICT): {}}


def test_over_no_children_there_is_nothing(store: Store) -> None:
    with store.rollups.writing(10, False) as writing:
        assert writing.sums({mark(DISTRICT): []}) == {mark(DISTRICT): {}}


# ---- overwriting


def test_new_figures_move_their_marks(store: Store) -> None:
    moved = overwrite(store, {mark(): {cell(CLASSROOM): figure(CLASSROOM, 1)}})

    assert set(moved) == {mark()}


def test_the_same_figures_again_move_nothing(store: Store) -> None:
    figures = {mark(): {cell(CLASSROOM): figure(CLASSROOM, 1, rules=["state"])}}
    overwrite(store, figures)

    assert list(overwrite(store, figures)) == []


def test_only_the_marks_whose_rows_moved_are_told(store: Store) -> None:
    one, other = mark(SCHOOL), mark(OTHER_SCHOOL)
    before = {cell(CLASSROOM): figure(CLASSROOM, 1)}
    overwrite(store, {one: before, other: before})

    moved = overwrite(store, {one: before, other: {cell(CLASSROOM): figure(CLASSROOM, 2)}})

    assert list(moved) == [other]


def test_other_rules_alone_move_a_row(store: Store) -> None:
    one = cell(CLASSROOM)
    overwrite(store, {mark(): {one: figure(CLASSROOM, 1, rules=["old"])}})

    moved = overwrite(store, {mark(): {one: figure(CLASSROOM, 1, rules=["new"])}})

    assert list(moved) == [mark()]
    assert figures_of(store, mark())[mark()][one].rules == {"new"}


def test_rows_that_are_no_longer_expected_are_deleted(store: Store) -> None:
    kept, gone, other = cell(CLASSROOM, grade=4), cell(CLASSROOM, grade=5), cell(CUSTODY, grade=4)
    overwrite(store, {mark(): {one: figure(one.metric, 1) for one in (kept, gone, other)}})

    moved = overwrite(store, {mark(): {kept: figure(CLASSROOM, 1)}})

    assert list(moved) == [mark()]
    assert figures_of(store, mark()) == {mark(): {kept: figure(CLASSROOM, 1)}}


def test_no_figures_delete_all_rows_of_the_mark_and_no_others(store: Store) -> None:
    one, before = cell(CLASSROOM), figure(CLASSROOM, 1)
    overwrite(store, {mark(): {one: before}, mark(day=YESTERDAY): {one: before}})

    moved = overwrite(store, {mark(): {}})

    assert list(moved) == [mark()]
    yesterday = mark(day=YESTERDAY)
    assert figures_of(store, mark(), yesterday) == {mark(): {}, yesterday: {one: before}}


def test_an_error_undoes_figures_and_marks(store: Store) -> None:
    before = {cell(CLASSROOM): figure(CLASSROOM, 1)}
    overwrite(store, {mark(): before})

    def write_and_fail() -> None:
        with store.rollups.writing(10, True) as writing:
            writing.overwrite({mark(): {}})
            writing.mark([mark(OTHER_SCHOOL)])
            raise Broken

    with pytest.raises(Broken):
        write_and_fail()

    assert figures_of(store, mark()) == {mark(): before}
    assert list(claim(store)) == []


def test_parents_that_were_marked_are_claimed_next(store: Store) -> None:
    with_roster(store)
    put_marks(store, mark(SCHOOL))

    with store.rollups.writing(10, True) as writing:
        writing.mark([mark(DISTRICT)])

    assert list(claim(store, school_level=False)) == [mark(DISTRICT)]


# ---- several workers


def test_two_workers_on_one_district_lose_no_update(store: Store) -> None:
    with_roster(store)
    schools = (SCHOOL, OTHER_SCHOOL)
    rounds = 12

    def work(school: str) -> None:
        for number in range(1, rounds + 1):
            roll_up_school(store, mark(school), number)
            while roll_up_district(store, schools):
                pass

    with started(lambda: work(SCHOOL), lambda: work(OTHER_SCHOOL)) as tasks:
        for task in tasks:
            task.result(WAIT_SECONDS)

    one = cell(CLASSROOM)
    assert figures_of(store, mark(DISTRICT))[mark(DISTRICT)] == {
        one: figure(CLASSROOM, rounds, rounds)
    }


def roll_up_school(store: Store, school: Mark, value: int) -> None:
    with store.rollups.writing(0, True) as writing:
        moved = writing.overwrite({school: {cell(CLASSROOM): figure(CLASSROOM, value)}})
        assert list(moved) == [school]
        writing.mark([mark(DISTRICT)])


def roll_up_district(store: Store, schools: tuple[str, ...]) -> bool:
    """Rolls up the district if it is marked and nobody else does; whether it did."""
    with store.rollups.writing(10, False) as writing:
        sums = writing.sums({claimed: schools for claimed in writing.claimed})
        writing.overwrite(sums)
        return bool(writing.claimed)

"""Adding up: from classes to their school, and from children to the unit above."""

from hypothesis import given
from hypothesis import strategies as st

from tests.builders import (
    CLASS,
    JUNIOR_CLASS,
    OTHER_CLASS,
    OTHER_SCHOOL,
    SCHOOL,
    cell,
    class_check,
    figure,
    ledger_of,
    mark,
)
from tests.worlds import settle_in
from wuguan.adapters.memory.store import MemoryStore
from wuguan.domain.context import Context
from wuguan.domain.measure import measure
from wuguan.domain.measuring import MetricTally
from wuguan.domain.rollup import Cell, Figure, add_up, class_tallies, school_figures
from wuguan.domain.tally import Tally

CLASSROOM = "phone.classroom"
FIGURES = st.lists(
    st.tuples(
        st.builds(Cell, st.sampled_from(["primary", "junior"]), st.integers(6, 7), st.just("m")),
        st.builds(
            Figure,
            st.builds(Tally, st.integers(1, 3), *[st.integers(0, 3)] * 4),
            st.frozensets(st.sampled_from(["r-1", "r-2"])),
        ),
    )
)


def world() -> Context:
    """Two classes of 6 and 3 pupils in the one school, a junior class in the other."""
    return settle_in(MemoryStore()).roster.context()


def heard_of(class_id: str, found: int) -> list[MetricTally]:
    """The tallies of a class in which phones were looked for."""
    context = world()
    class_day = context.class_day_of(SCHOOL, class_id, mark().day, "phone")
    return list(measure("phone", ledger_of(class_check("c", found)), class_day).tallies)


def test_figures_of_one_cell_are_added_and_keep_all_rules() -> None:
    one = figure(CLASSROOM, 1, rules=["a"])
    other = figure(CLASSROOM, 0, 2, rules=["b"])

    sums = add_up([(cell(CLASSROOM), one), (cell(CLASSROOM), other)])

    assert sums == {cell(CLASSROOM): figure(CLASSROOM, 1, 0, 2, rules=["a", "b"])}


def test_stages_and_grades_are_kept_apart() -> None:
    one = figure(CLASSROOM, 1)
    cells = [cell(CLASSROOM, "primary", 6), cell(CLASSROOM, "junior", 6), cell(CLASSROOM)]

    assert add_up((each, one) for each in cells) == dict.fromkeys(cells, one)


def test_a_row_that_expects_nothing_does_not_exist() -> None:
    assert add_up([(cell(CLASSROOM), Figure(Tally()))]) == {}


@given(FIGURES, st.data())
def test_the_order_of_children_does_not_matter(
    figures: list[tuple[Cell, Figure]], data: st.DataObject
) -> None:
    assert add_up(data.draw(st.permutations(figures))) == add_up(figures)


@given(FIGURES, FIGURES)
def test_adding_level_by_level_is_adding_at_once(
    one: list[tuple[Cell, Figure]], other: list[tuple[Cell, Figure]]
) -> None:
    by_level = add_up([*add_up(one).items(), *add_up(other).items()])
    at_once = add_up([*one, *other])

    assert by_level == at_once


def test_a_school_is_its_classes_heard_of_and_its_silent_ones() -> None:
    heard = {CLASS: heard_of(CLASS, 2)}

    figures = school_figures(world(), mark(), heard)

    tally = figures[cell(CLASSROOM)].tally
    assert (tally.expected, tally.reported, tally.judged, tally.compliant) == (2, 1, 1, 0)
    assert tally.total == 2
    assert figures[cell("phone.screen_time")].tally.expected == 6 + 3
    assert figures[cell(CLASSROOM)].rules == {"cn-2021-phone-classroom"}


def test_a_school_of_silent_classes_is_expected_all_the_same() -> None:
    figures = school_figures(world(), mark(OTHER_SCHOOL), {})

    assert figures[cell(CLASSROOM, "junior", 8)].tally == Tally(1)
    assert {each.stage for each in figures} == {"junior"}


def test_a_class_heard_of_that_the_roster_does_not_know_is_left_out() -> None:
    heard = {"P1999-01": heard_of(CLASS, 2)}

    tally = school_figures(world(), mark(), heard)[cell(CLASSROOM)].tally

    assert (tally.expected, tally.reported) == (2, 0)


def test_classes_come_with_their_stage_and_grade() -> None:
    context = world()

    of_one = [row[:3] for row in class_tallies(context, mark(), {})]
    of_other = [row[:3] for row in class_tallies(context, mark(OTHER_SCHOOL), {})]

    assert of_one == [(CLASS, "primary", 4), (OTHER_CLASS, "primary", 4)]
    assert of_other == [(JUNIOR_CLASS, "junior", 8)]

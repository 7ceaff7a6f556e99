"""The laws of tallies, and where values fall."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wuguan.domain.managements import METRICS
from wuguan.domain.tally import Metric, Tally, ratio, round_half_up

RIGHT = Metric("m.right", "class-day", "右闭", (0, 15, 30), "right")
LEFT = Metric("m.left", "class-day", "左闭", (1, 20, 30), "left")
NATURALS = st.integers(0, 10**12)


def tallies(bins: int) -> st.SearchStrategy[Tally]:
    """Any tallies of one metric."""
    numbers = [NATURALS] * 5
    return st.builds(Tally, *numbers, st.tuples(*[NATURALS] * bins))


@given(tallies(4), tallies(4), tallies(4))
def test_adding_is_associative(one: Tally, two: Tally, three: Tally) -> None:
    assert one.merge(two).merge(three) == one.merge(two.merge(three))


@given(tallies(4), tallies(4))
def test_adding_is_commutative(one: Tally, two: Tally) -> None:
    assert one.merge(two) == two.merge(one)


@given(tallies(RIGHT.bin_count))
def test_the_empty_tally_is_neutral(one: Tally) -> None:
    assert one.merge(RIGHT.empty) == RIGHT.empty.merge(one) == one


def test_every_field_is_added_to_its_own_kind() -> None:
    one, other = Tally(5, 4, 3, 2, 100, (1, 3)), Tally(50, 40, 30, 20, 1000, (10, 30))

    assert one.merge(other) == Tally(55, 44, 33, 22, 1100, (11, 33))


@pytest.mark.parametrize(
    ("value", "place"),
    [(0, 0), (Fraction(1, 9), 1), (15, 1), (Fraction(151, 10), 2), (30, 2), (31, 3)],
)
def test_a_right_closed_bin_holds_its_upper_edge(value: int | Fraction, place: int) -> None:
    assert RIGHT.bin_of(value) == place


@pytest.mark.parametrize(
    ("value", "place"),
    [(0, 0), (1, 1), (Fraction(199, 10), 1), (20, 2), (29, 2), (30, 3), (999, 3)],
)
def test_a_left_closed_bin_holds_its_lower_edge(value: int | Fraction, place: int) -> None:
    assert LEFT.bin_of(value) == place


@given(st.sampled_from([RIGHT, LEFT]), st.lists(NATURALS))
def test_each_value_falls_in_exactly_one_bin(metric: Metric, values: list[int]) -> None:
    bins = metric.bins_of(values)

    assert len(bins) == metric.bin_count == len(metric.edges) + 1
    assert sum(bins) == len(values)


def test_a_metric_without_edges_has_no_bins() -> None:
    metric = Metric("m.none", "class-day", "无")

    assert metric.bins_of([1, 2]) == metric.empty.bins == ()
    assert metric.bin_count == 0


@pytest.mark.parametrize("metric", [one for one in METRICS.values() if one.middles])
def test_the_middle_of_every_bin_lies_in_it(metric: Metric) -> None:
    assert [metric.bin_of(middle) for middle in metric.middles] == list(range(metric.bin_count))


@pytest.mark.parametrize(
    ("value", "rounded"),
    [(0, 0), (7, 7), (Fraction(5, 2), 3), (Fraction(249, 100), 2), (Fraction(7, 2), 4)],
)
def test_halves_are_rounded_up(value: int | Fraction, rounded: int) -> None:
    assert round_half_up(value) == rounded


@given(st.fractions(min_value=0, max_value=10**6))
def test_rounding_never_moves_a_number_by_more_than_a_half(value: Fraction) -> None:
    assert Fraction(-1, 2) < round_half_up(value) - value <= Fraction(1, 2)


@pytest.mark.parametrize(
    ("numerator", "denominator", "digits", "shown"),
    [
        (118, 120, 4, 0.9833),
        (90, 118, 4, 0.7627),
        (69030, 118, 1, 585.0),
        (1, 20_000, 4, 0.0001),  # exactly half of the last digit
        (49_999, 1_000_000_000, 4, 0.0),
        (1, 8, 2, 0.13),
        (5, 5, 4, 1.0),
        (0, 7, 4, 0.0),
    ],
)
def test_a_ratio_has_its_digits_half_up(
    numerator: int, denominator: int, digits: int, shown: float
) -> None:
    assert ratio(numerator, denominator, digits) == shown


def test_a_ratio_over_nothing_is_none() -> None:
    assert ratio(0, 0, 4) is None

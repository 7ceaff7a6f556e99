"""Percentiles of binned values: linear inside a bin, an open end bin as wide as its neighbour."""

from collections.abc import Mapping
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wuguan.domain.alerting.values import percentile
from wuguan.domain.managements import METRICS
from wuguan.domain.tally import Tally

MINUTES = METRICS["homework.minutes"]
BEDTIME = METRICS["sleep.bedtime"]


@pytest.mark.parametrize(
    ("bins", "percent", "value"),
    [
        # Four in (30, 45], four in (45, 60]: each fourth of a bin is an eighth of all.
        ({3: 4, 4: 4}, 25, 37.5),
        ({3: 4, 4: 4}, 50, 45.0),
        ({3: 4, 4: 4}, 75, 52.5),
        # The bin of 0 and less is as wide as its neighbour, but never below 0.
        ({0: 10}, 50, 0.0),
        ({9: 10}, 50, 210.0),
        ({3: 1, 9: 1}, 50, 45.0),
    ],
)
def test_a_percentile_is_linear_inside_a_bin(
    bins: Mapping[int, int], percent: int, value: float
) -> None:
    filled = tuple(bins.get(place, 0) for place in range(MINUTES.bin_count))

    assert percentile("homework.minutes", Tally(bins=filled), percent) == pytest.approx(value)


def test_an_open_end_bin_is_as_wide_as_its_neighbour() -> None:
    edges = BEDTIME.edges
    lowest = Tally(bins=(2, *[0] * len(edges)))
    highest = Tally(bins=(*[0] * len(edges), 2))

    assert percentile(BEDTIME.name, lowest, 50) == edges[0] - (edges[1] - edges[0]) / 2
    assert percentile(BEDTIME.name, highest, 50) == edges[-1] + (edges[-1] - edges[-2]) / 2


@given(
    st.lists(st.integers(0, 20), min_size=BEDTIME.bin_count, max_size=BEDTIME.bin_count),
    st.integers(1, 99),
)
def test_below_a_percentile_lies_that_share_of_the_values_spread_evenly_in_their_bins(
    bins: list[int], percent: int
) -> None:
    value = percentile(BEDTIME.name, Tally(bins=tuple(bins)), percent)

    if not sum(bins):
        assert value is None
        return
    assert value is not None
    below = sum(share_below(place, value) * counted for place, counted in enumerate(bins))
    assert float(below) == pytest.approx(sum(bins) * percent / 100)


def share_below(place: int, value: float) -> Fraction:
    """The share of a bin, between its edges, that lies below a value."""
    edges = [450, *BEDTIME.edges, 750]
    low, high = edges[place], edges[place + 1]
    return min(max((Fraction(value) - low) / (high - low), Fraction(0)), Fraction(1))

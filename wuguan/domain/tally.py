"""The tally: one algebra for every figure.

A tally is `(expected, reported, judged, compliant, total, bins)`. Tallies of one metric add field
by field, so every figure of every level is a sum; adding is associative and commutative, with an
all-zero neutral. Always compliant ≤ judged ≤ reported ≤ expected: silence is never compliance.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from fractions import Fraction
from typing import Literal

from msgspec import Struct

Number = int | Fraction
_ENOUGH_PUPILS = 5


class Metric(Struct, frozen=True):
    """What is counted: one unit of count, and the bins its values fall into.

    `closed="right"`: bin 0 is v ≤ e0, bin i is e(i-1) < v ≤ e(i), the last is v > the last edge.
    `closed="left"`: bin 0 is v < e0, bin i is e(i-1) ≤ v < e(i), the last is v ≥ the last edge.
    `middles` stand for the values of a bin where only counts are known.
    """

    name: str
    counts: str
    """The unit of count: `class-day`, `pupil-night`, `pupil-day`, `lesson` …"""
    title_zh: str
    edges: tuple[int, ...] = ()
    closed: Literal["right", "left"] = "right"
    middles: tuple[int, ...] = ()
    about_school: bool = False
    """Whether it tells what the school does; what happens at home has no verdict on a school."""
    coverage_by_reporting: bool = False
    """Whether `expected` is only what was found: `<m>.reporting` then tells how much is known."""

    @property
    def management(self) -> str:
        """The management that the metric belongs to."""
        return self.name.partition(".")[0]

    @property
    def of_pupils(self) -> bool:
        """Whether one unit of count is a pupil, so that small figures are withheld."""
        return self.counts in ("pupil-night", "pupil-day")

    def is_withheld(self, expected: int, reported: int) -> bool:
        """Whether a figure speaks of 1–4 pupils: nobody but their own school may see it."""
        return self.of_pupils and (0 < expected < _ENOUGH_PUPILS or 0 < reported < _ENOUGH_PUPILS)

    @property
    def bin_count(self) -> int:
        """One bin more than edges; none where there are no edges."""
        return len(self.edges) + 1 if self.edges else 0

    def bin_of(self, value: Number) -> int:
        """The bin that a value falls in."""
        side = bisect_left if self.closed == "right" else bisect_right
        return side(self.edges, value)

    def bins_of(self, values: Iterable[Number]) -> tuple[int, ...]:
        """How many of the values fall in each bin; empty where the metric has no edges."""
        if not self.edges:
            return ()
        bins = [0] * self.bin_count
        side, edges = bisect_left if self.closed == "right" else bisect_right, self.edges
        for value in values:
            bins[side(edges, value)] += 1
        return tuple(bins)

    @property
    def empty(self) -> "Tally":
        """The neutral tally of this metric."""
        return Tally(bins=(0,) * self.bin_count)


class Tally(Struct, frozen=True, array_like=True, gc=False):
    """Counts of one metric. `total` and the counts are non-negative integers."""

    expected: int = 0
    reported: int = 0
    judged: int = 0
    compliant: int = 0
    total: int = 0
    bins: tuple[int, ...] = ()

    def merge(self, other: "Tally") -> "Tally":
        """The sum, field by field."""
        return Tally(
            self.expected + other.expected,
            self.reported + other.reported,
            self.judged + other.judged,
            self.compliant + other.compliant,
            self.total + other.total,
            tuple(map(int.__add__, self.bins, other.bins)),
        )


def round_half_up(value: Number) -> int:
    """A non-negative number as the nearest integer, halves upwards."""
    return (2 * value.numerator + value.denominator) // (2 * value.denominator)


def ratio(numerator: int, denominator: int, digits: int) -> float | None:
    """A quotient with so many digits, half up; None where the denominator is 0."""
    if denominator == 0:
        return None
    scale: int = 10**digits
    scaled: int = (2 * numerator * scale + denominator) // (2 * denominator)
    return scaled / scale

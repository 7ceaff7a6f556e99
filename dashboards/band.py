"""The band of the district's middle half, on which a school sees its own mark and no names."""

from collections.abc import Sequence

from msgspec import Struct

from dashboards.figures import UnitFigures
from dashboards.headlines import Headline
from dashboards.judging import Judging
from dashboards.states import SAYS_NOTHING

FEWEST_SCHOOLS = 6
"""With fewer schools a band would tell of single ones; so would its ends, were they not rounded."""


class Band(Struct, frozen=True):
    """From the first to the third quartile of the schools' compliance rates, 0 to 100."""

    low: float
    high: float
    schools: int


def rate(
    headline: Headline,
    figures: UnitFigures,
    stages: Sequence[str],
    judging: Judging,
    *,
    own: bool = False,
) -> float | None:
    """The compliance rate, 0 to 100; None where it may not be compared."""
    figure, _, state = judging.judged(headline.metric, figures, stages, own=own)
    if state in SAYS_NOTHING:
        return None
    assert figure is not None, "a state was found"
    return 100 * figure.tally.compliant / figure.tally.judged


def band(
    headline: Headline, schools: Sequence[UnitFigures], stages: Sequence[str], judging: Judging
) -> Band | None:
    """The middle half of the schools that have any of these stages; None where they are few."""
    rates = [rate(headline, figures, stages, judging) for figures in schools]
    known = sorted(one for one in rates if one is not None)
    if len(known) < FEWEST_SCHOOLS:
        return None
    low, high = (float(round(_quantile(known, share))) for share in (0.25, 0.75))
    return Band(low, high, len(known))


def axis_begins(middle: Band | None, mark: float | None) -> float:
    """Where an axis to 100 begins so that band and mark can be told apart: a multiple of 10."""
    lowest = min([middle.low if middle else 100.0, mark if mark is not None else 100.0])
    return float(max(0, min(10 * int((lowest - 5) // 10), 90)))


def _quantile(ordered: Sequence[float], share: float) -> float:
    """Linear between the two nearest values."""
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])

"""The share of schools in line 符合规定学校占比: from a school's tally of a period to a verdict.

A school in one stage over one half-month, month or term is one unit of count. It has a verdict
only for what the school itself does, and only where a *must* rule was in force and enough of it
is known. This is for improving work: it says where to look, and nothing of one school beside
another.
"""

from collections.abc import Iterable
from enum import StrEnum

from wuguan.domain.managements import METRICS
from wuguan.domain.policy import PolicyBook
from wuguan.domain.rollup import Figure
from wuguan.domain.tally import Tally

SHARED_METRICS = tuple(name for name, metric in METRICS.items() if metric.about_school)
"""The metrics about what a school does: those that may have a share of schools in line."""


class Standing(StrEnum):
    """What may be said of a school in one stage, metric and period."""

    NOT_EXPECTED = "not-expected"
    """Nothing was due, or no must rule was in force."""
    NOT_JUDGED = "not-judged"
    """Nothing that was reported could be judged."""
    LOW_COVERAGE = "low-coverage"
    """Too little is known for a verdict: under 60 % was reported."""
    IN_LINE = "in-line"
    NEEDS_CHECKING = "needs-checking"
    """需核查: a person looks at what is behind it."""


def standing(
    metric: str, figure: Figure | None, reporting: Figure | None, policy: PolicyBook
) -> Standing:
    """What may be said of a school's figure of one stage over a period.

    `reporting` is the figure of `<m>.reporting` of the same stage and period: it tells the coverage
    of metrics whose expected is only what was found.
    """
    asked = asked_percent(metric, figure, policy)
    if figure is None or asked is None:
        return Standing.NOT_EXPECTED
    tally = figure.tally
    if not tally.judged:
        return Standing.NOT_JUDGED
    if not is_covered(coverage_of(metric, figure, reporting)):
        return Standing.LOW_COVERAGE
    kept = 100 * tally.compliant >= asked * tally.judged
    return Standing.IN_LINE if kept else Standing.NEEDS_CHECKING


def asked_percent(metric: str, figure: Figure | None, policy: PolicyBook) -> int | None:
    """How many units of count in a hundred must keep the rule; None where nothing is asked."""
    if figure is None or not figure.tally.expected or not METRICS[metric].about_school:
        return None
    return policy.asked_percent(figure.rules)


def coverage_of(metric: str, figure: Figure | None, reporting: Figure | None) -> Figure | None:
    """The figure whose reporting rate tells how much of a metric is known."""
    return reporting if METRICS[metric].coverage_by_reporting else figure


def is_covered(coverage: Figure | None) -> bool:
    """Whether at least 60 % was reported."""
    if coverage is None or not coverage.tally.expected:
        return False
    return 5 * coverage.tally.reported >= 3 * coverage.tally.expected


def counted(found: Standing) -> Tally:
    """A school of this standing as one unit of count; districts add these."""
    expected = int(found is not Standing.NOT_EXPECTED)
    judged = int(found in (Standing.IN_LINE, Standing.NEEDS_CHECKING))
    return Tally(expected, judged, judged, int(found is Standing.IN_LINE))


def share_of(standings: Iterable[Standing]) -> Tally:
    """The sum over schools."""
    total = Tally()
    for found in standings:
        total = total.merge(counted(found))
    return total

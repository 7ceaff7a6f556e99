"""Figures for the tests of this folder."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any

from dashboards.figures import UnitFigures
from dashboards.judging import Judging
from dashboards.occasion import Occasion, Span
from dashboards.overview_figures import (
    Checking,
    Missing,
    OverviewFigures,
    Progress,
    SchoolFigures,
    TrendDay,
)
from wuguan.domain.instants import CHINA
from wuguan.domain.managements import METRICS
from wuguan.domain.rollup import Figure
from wuguan.domain.tally import Tally
from wuguan.policy_packs import policy_book

SPRUCE, BROOK = "2199000001", "2199000002"
RULES = {
    "homework.minutes": "cn-2021-homework-primary",
    "homework.written_set": "cn-2018-homework-g12",
    "homework.channel": "cn-2021-homework-channel",
    "sleep.duration": "cn-2021-sleep-primary",
    "phone.classroom": "cn-2021-phone-classroom",
    "phone.custody": "cn-2021-phone-custody",
    "reading.swept": "cn-2021-reading-swept",
    "fitness.sport_time": "cn-2025-sport-time",
    "fitness.exercise": "cn-2021-exercise",
    "fitness.big_break": "cn-2025-big-break",
    "fitness.pe_kept": "cn-2021-pe-kept",
}


@cache
def judging() -> Judging:
    """By the shipped rules."""
    return Judging(policy_book(None))


def figure(
    metric: str,
    expected: int,
    reported: int | None = None,
    compliant: int | None = None,
    *,
    judged: int | None = None,
    total: int = 0,
    bins: Sequence[int] = (),
) -> Figure:
    """A figure under the national rule; all that is left out is as good as can be."""
    reported = expected if reported is None else reported
    judged = reported if judged is None else judged
    compliant = judged if compliant is None else compliant
    tally = Tally(
        expected, reported, judged, compliant, total, tuple(bins) or METRICS[metric].empty.bins
    )
    rule = RULES.get(metric)
    return Figure(tally, frozenset([rule]) if rule else frozenset())


def unit(figures: Mapping[str, Figure], stage: str = "primary") -> UnitFigures:
    """The figures of a unit in one stage, by metric."""
    return UnitFigures({(stage, metric): one for metric, one in figures.items()})


def occasion(**changed: Any) -> Occasion:
    """Monday 23 November 2026, 18:26, in the autumn term."""
    given: dict[str, Any] = {
        "now": datetime(2026, 11, 23, 18, 26, tzinfo=CHINA),
        "day": date(2026, 11, 23),
        "day_before": date(2026, 11, 20),
        "is_asked": False,
        "has_school_days": True,
        "term": Span(date(2026, 9, 1), date(2027, 1, 22)),
        "national_year_missing": None,
    }
    return Occasion(**{**given, **changed})


def overview_figures(**changed: Any) -> OverviewFigures:
    """A district of two primary schools, with no figures."""
    given: dict[str, Any] = {
        "unit_id": "990101",
        "name": "示范区",
        "occasion": occasion(),
        "stages": ("primary",),
        "stage": None,
        "schools": (
            SchoolFigures(SPRUCE, "云杉小学", UnitFigures()),
            SchoolFigures(BROOK, "临溪小学", UnitFigures()),
        ),
        "due": frozenset({SPRUCE, BROOK}),
        "now": UnitFigures(),
        "before": UnitFigures(),
        "checking": (),
        "shares": {},
        "missing": (),
        "progress": None,
        "trend": (),
        "judging": judging(),
        "as_of": datetime(2026, 11, 23, 18, 26, tzinfo=CHINA),
        "settled": True,
    }
    return OverviewFigures(**{**given, **changed})


__all__ = [
    "BROOK",
    "SPRUCE",
    "Checking",
    "Missing",
    "Progress",
    "SchoolFigures",
    "TrendDay",
    "figure",
    "judging",
    "occasion",
    "overview_figures",
    "unit",
]

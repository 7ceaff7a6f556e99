"""The district overview 全区总览: its parts in the order in which they are read."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct

from dashboards.matrix import MatrixRow, matrix
from dashboards.missing import Reminder, reminder
from dashboards.occasion import Occasion
from dashboards.overview_figures import Checking, OverviewFigures
from dashboards.sentence import reasons, sentence
from dashboards.tiles import Tile, tiles
from dashboards.trend import trend
from dashboards.words import Language, Text, listed


class Checked(Struct, frozen=True):
    """A line of the list 需核查: a school, and what breaks the rules there."""

    school_id: str
    name: str
    why: Text


class Overview(Struct, frozen=True, kw_only=True):
    """The page."""

    unit_id: str
    name: str
    occasion: Occasion
    stages: Sequence[str]
    stage: str | None
    sentence: Text
    tiles: Sequence[Tile]
    matrix: Sequence[MatrixRow]
    reminder: Reminder
    checked: Sequence[Checked]
    trend: Mapping[str, Any] | None
    """The figure for Plotly, in the language asked for."""
    as_of: datetime
    settled: bool


def overview(of: OverviewFigures, language: Language) -> Overview:
    """Makes the page of the figures."""
    return Overview(
        unit_id=of.unit_id,
        name=of.name,
        occasion=of.occasion,
        stages=of.stages,
        stage=of.stage,
        sentence=sentence(of),
        tiles=tiles(of),
        matrix=matrix(of),
        reminder=reminder(of),
        checked=_checked(of),
        trend=trend(of, language),
        as_of=of.as_of,
        settled=of.settled,
    )


def _checked(of: OverviewFigures) -> Sequence[Checked]:
    """In the order of the roster."""
    by_school: dict[str, list[Checking]] = {}
    for one in of.checking:
        by_school.setdefault(one.school_id, []).append(one)
    return [
        Checked(school.school_id, school.name, listed(reasons(by_school[school.school_id])))
        for school in of.schools
        if school.school_id in by_school
    ]

"""The page of a school 学校: what is missing today first, then its figures."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct, structs

from dashboards.band import Band, axis_begins, band, rate
from dashboards.figures import UnitFigures
from dashboards.headlines import HEADLINES, Headline
from dashboards.heat_map import HeatMap, heat_map
from dashboards.occasion import Occasion
from dashboards.school_figures import (
    Doubt,
    MissingClasses,
    Refused,
    SchoolPageFigures,
)
from dashboards.sentence import reasons
from dashboards.states import by_verdict
from dashboards.telling import Told, told
from dashboards.words import Text, spoken_grade


class SchoolRow(Struct, frozen=True, kw_only=True):
    """One management: the school's figure, and its mark on the band of the middle half."""

    headline: Headline
    told: Told
    mark: float | None
    """0 to 100; None where the figure may not be compared."""
    band: Band | None
    axis: float
    """Where the band's axis begins; it ends at 100."""
    checking: Sequence[Text]
    """What needs checking."""


class GradeRow(Struct, frozen=True):
    """A grade, and its five figures."""

    name: Text
    classes: int
    cells: Sequence[Told]


class SchoolPage(Struct, frozen=True, kw_only=True):
    """The page."""

    school_id: str
    name: str
    above: tuple[str, str] | None
    occasion: Occasion
    classes: int
    pupils: int
    systems: Sequence[str]
    missing: Sequence[MissingClasses]
    rows: Sequence[SchoolRow]
    grades: Sequence[GradeRow]
    heat_map: HeatMap | None
    refused: Sequence[Refused]
    doubts: Sequence[Doubt]
    own: bool
    as_of: datetime
    settled: bool


def school_page(of: SchoolPageFigures) -> SchoolPage:
    """Makes the page of the figures."""
    return SchoolPage(
        school_id=of.school_id,
        name=of.name,
        above=of.above,
        occasion=of.occasion,
        classes=of.classes,
        pupils=of.pupils,
        systems=of.systems,
        missing=of.missing,
        rows=[_row(of, headline) for headline in HEADLINES],
        grades=[_grade(of, one.figures, one.stage, one.grade, one.classes) for one in of.grades],
        heat_map=heat_map(of.own, of.judging) if of.own else None,
        refused=of.own.refused if of.own else (),
        doubts=of.own.doubts if of.own else (),
        own=of.own is not None,
        as_of=of.as_of,
        settled=of.settled,
    )


def _row(of: SchoolPageFigures, headline: Headline) -> SchoolRow:
    own = of.own is not None
    shown = told(headline, of.now, of.stages, of.judging, before=of.before, own=own)
    found = [one for one in of.checking if one.metric.partition(".")[0] == headline.management]
    mark = rate(headline, of.now, of.stages, of.judging, own=own)
    middle = band(headline, of.others, of.stages, of.judging)
    headline_checked = any(one.metric == headline.metric for one in found)
    return SchoolRow(
        headline=headline,
        told=structs.replace(shown, state=by_verdict(shown.state, needs_checking=headline_checked)),
        mark=mark,
        band=middle,
        axis=axis_begins(middle, mark),
        checking=reasons(found),
    )


def _grade(
    of: SchoolPageFigures, figures: UnitFigures, stage: str, grade: int, classes: int
) -> GradeRow:
    own = of.own is not None
    cells = [told(headline, figures, (stage,), of.judging, own=own) for headline in HEADLINES]
    # A grade has no verdict of its own.
    cells = [
        structs.replace(cell, state=by_verdict(cell.state, needs_checking=False)) for cell in cells
    ]
    return GradeRow(spoken_grade(grade, stage), classes, cells)

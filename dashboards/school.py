"""The page of a school 学校: what is missing today first, then its figures."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct, structs

from dashboards.band import Band, band, rate
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
from dashboards.states import State
from dashboards.telling import Told, told
from dashboards.words import Text, spoken_grade


class SchoolRow(Struct, frozen=True, kw_only=True):
    """One management: the school's figure, and its mark on the band of the middle half."""

    headline: Headline
    told: Told
    mark: float | None
    """0 to 100; None where the figure may not be compared."""
    band: Band | None
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
    return SchoolRow(
        headline=headline,
        # What needs checking may be another rule of the management than the headline's.
        told=structs.replace(shown, state=State.CHECK) if found else shown,
        mark=rate(headline, of.now, of.stages, of.judging, own=own),
        band=band(headline, of.others, of.stages, of.judging),
        checking=reasons(found),
    )


def _grade(
    of: SchoolPageFigures, figures: UnitFigures, stage: str, grade: int, classes: int
) -> GradeRow:
    own = of.own is not None
    cells = [told(headline, figures, (stage,), of.judging, own=own) for headline in HEADLINES]
    return GradeRow(spoken_grade(grade, stage), classes, cells)

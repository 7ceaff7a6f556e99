"""The matrix school × five managements, in the order of the roster."""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from dashboards.headlines import HEADLINES, Headline
from dashboards.overview_figures import OverviewFigures, SchoolFigures
from dashboards.states import State, by_verdict
from dashboards.telling import Told, told
from dashboards.words import METRICS, Text, listed


class Cell(Struct, frozen=True, kw_only=True):
    """A school's figure of one management."""

    told: Told
    state: State
    """That of the headline: its verdict is that on the school in each of its stages."""
    because: Text | None
    """What else in the management needs checking."""
    checking: bool


class MatrixRow(Struct, frozen=True, kw_only=True):
    """A school and its five cells."""

    school_id: str
    name: str
    cells: Sequence[Cell]
    checking: bool


def matrix(of: OverviewFigures) -> Sequence[MatrixRow]:
    """A row for each school that has any of the stages shown."""
    checking: dict[tuple[str, str], list[str]] = {}
    for one in of.checking:
        management = one.metric.partition(".")[0]
        checking.setdefault((one.school_id, management), []).append(one.metric)
    return [
        _row(of, school, checking)
        for school in of.schools
        if school.figures.stages() & set(of.stages_shown)
    ]


def _row(
    of: OverviewFigures,
    school: SchoolFigures,
    checking: Mapping[tuple[str, str], Sequence[str]],
) -> MatrixRow:
    cells = [
        _cell(of, school, headline, checking.get((school.school_id, headline.management), ()))
        for headline in HEADLINES
    ]
    return MatrixRow(
        school_id=school.school_id,
        name=school.name,
        cells=cells,
        checking=any(cell.checking for cell in cells),
    )


def _cell(
    of: OverviewFigures, school: SchoolFigures, headline: Headline, checking: Sequence[str]
) -> Cell:
    shown = told(headline, school.figures, of.stages_shown, of.judging)
    others = [METRICS[metric] for metric in dict.fromkeys(checking) if metric != headline.metric]
    return Cell(
        told=shown,
        state=by_verdict(shown.state, needs_checking=headline.metric in checking),
        because=listed(others) if others else None,
        checking=bool(checking),
    )

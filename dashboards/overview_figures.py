"""What the overview of a unit is made of, as it was read."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from msgspec import Struct

from dashboards.figures import UnitFigures
from dashboards.judging import Judging
from dashboards.occasion import Occasion
from wuguan.domain.rollup import Figure
from wuguan.domain.tally import Tally


class SchoolFigures(Struct, frozen=True):
    """A school of the unit, and its figures of the half-month."""

    school_id: str
    name: str
    figures: UnitFigures


class Checking(Struct, frozen=True):
    """A school in one stage that needs checking for one metric 需核查."""

    school_id: str
    stage: str
    metric: str
    figure: Figure


class Missing(Struct, frozen=True):
    """Of one school and management, how many class returns of a day are still missing."""

    school_id: str
    management: str
    day: date
    classes: int


class Progress(Struct, frozen=True):
    """How much of what is due today has come."""

    expected: int
    reported: int


class TrendDay(Struct, frozen=True):
    """The figures of a school day."""

    day: date
    figures: UnitFigures


class OverviewFigures(Struct, frozen=True, kw_only=True):
    """Everything that the overview is made of; schools in the order of the roster."""

    unit_id: str
    name: str
    occasion: Occasion
    stages: Sequence[str]
    """The stages that the unit's schools have."""
    stage: str | None
    """The stage that is looked at; None: all."""
    schools: Sequence[SchoolFigures]
    due: frozenset[str]
    """The schools that have a school day in the half-month, by roster and calendar."""
    now: UnitFigures
    before: UnitFigures
    """Of the half-month before."""
    checking: Sequence[Checking]
    shares: Mapping[str, Tally]
    """By metric: schools, each stage of a school counting one."""
    missing: Sequence[Missing]
    progress: Progress | None
    """Of today; None where nothing is due."""
    trend: Sequence[TrendDay]
    judging: Judging
    as_of: datetime
    settled: bool

    @property
    def stages_shown(self) -> Sequence[str]:
        """The stages whose figures are summed."""
        return (self.stage,) if self.stage else self.stages

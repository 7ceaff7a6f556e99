"""What the page of a school is made of, as it was read."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from msgspec import Struct

from dashboards.figures import UnitFigures
from dashboards.judging import Judging
from dashboards.occasion import Occasion
from dashboards.overview_figures import Checking
from dashboards.words import Text
from wuguan.domain.rollup import Figure


class GradeFigures(Struct, frozen=True):
    """The figures of one grade in the half-month."""

    stage: str
    grade: int
    classes: int
    figures: UnitFigures


class MissingClasses(Struct, frozen=True):
    """Of one management, the classes of which a day's return is missing."""

    management: str
    day: date
    classes: int
    class_ids: Sequence[str]
    """Which ones; empty for anybody but the school itself."""


class ClassFigures(Struct, frozen=True):
    """A class, and its figures of one management by day and metric."""

    class_id: str
    stage: str
    grade: int
    days: Mapping[tuple[date, str], Figure]


class Refused(Struct, frozen=True):
    """Data of the school that was refused for one reason, and how to mend it."""

    at: datetime
    """When last."""
    count: int
    system: str
    type: str
    path: str
    fix: Text
    ids: Sequence[str] = ()
    """Of some of the events, as their sender named them."""


class Said(Struct, frozen=True):
    """What the school has replied, and when."""

    text: str
    at: datetime


class Doubt(Struct, frozen=True, kw_only=True):
    """Something that looks wrong in what the school reported of a day."""

    day: date
    class_ids: Sequence[str]
    """Empty where it has been mended, and a reply still stands."""
    management: str
    kind: str
    fix: Text
    reply: Said | None

    @property
    def row(self) -> str:
        """The name of its row on the page."""
        return row_of(self.day, self.management, self.kind)


class UnsaidReply(Struct, frozen=True):
    """A reply that was refused: beside which row, what was written, and what is wrong with it."""

    row: str
    text: str
    problems: Sequence[Text]


def row_of(day: date | str, management: str, kind: str) -> str:
    """The name of a finding's row on the page of its school."""
    return f"doubt-{day}-{management}-{kind}"


class OwnFigures(Struct, frozen=True, kw_only=True):
    """What only the school itself sees."""

    management: str
    """The management that the heat map shows."""
    days: Sequence[date]
    """The school days of the half-month up to the day shown."""
    classes: Sequence[ClassFigures]
    refused: Sequence[Refused]
    doubts: Sequence[Doubt]


class SchoolPageFigures(Struct, frozen=True, kw_only=True):
    """Everything that the page is made of."""

    school_id: str
    name: str
    above: tuple[str, str] | None
    """The unit above it, id and name, if the reader may see that."""
    occasion: Occasion
    stages: Sequence[str]
    classes: int
    pupils: int
    systems: Sequence[str]
    """The systems that reported lately, as events name them."""
    now: UnitFigures
    before: UnitFigures
    grades: Sequence[GradeFigures]
    others: Sequence[UnitFigures]
    """The figures of all schools of the district, this one too, without names."""
    checking: Sequence[Checking]
    missing: Sequence[MissingClasses]
    own: OwnFigures | None
    judging: Judging
    as_of: datetime
    settled: bool

"""Figures: added up level by level, and read."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date
from typing import Literal, Protocol

from msgspec import Struct

from wuguan.domain.measuring import MetricTally
from wuguan.domain.periods import PeriodGrain, PeriodKey, PeriodMark, PeriodSpan
from wuguan.domain.rollup import Figure, Figures, Mark
from wuguan.domain.tally import Tally


class RollupWriting(Protocol):
    """One transaction that rolls up what it could claim."""

    @property
    def context_version(self) -> int:
        """Read after the marks were claimed."""

    @property
    def claimed(self) -> Sequence[Mark]:
        """The marks that are this transaction's alone, deleted with its commit."""

    def heard(self, marks: Collection[Mark]) -> Mapping[Mark, Mapping[str, Sequence[MetricTally]]]:
        """For schools' marks: the tallies of the classes that have a ledger, by class id."""

    def sums(self, children: Mapping[Mark, Collection[str]]) -> Mapping[Mark, Figures]:
        """For each mark the sums over the figures of these children."""

    def overwrite(self, figures: Mapping[Mark, Figures]) -> Collection[Mark]:
        """Makes the units' rows equal to these figures. The marks whose rows moved."""

    def mark(self, marks: Collection[Mark]) -> None:
        """Asks for these units' figures to be rolled up: the parents of those that moved."""


class Rollups(Protocol):
    """The figures of every unit, level by level."""

    def writing(self, limit: int, school_level: bool) -> AbstractContextManager[RollupWriting]:
        """Claims up to `limit` marks, of schools or of the units above them (lowest first).

        A mark that another writer holds is skipped.
        """


class PeriodWriting(Protocol):
    """One transaction that sums the periods of the units that it could claim."""

    @property
    def context_version(self) -> int:
        """Read after the marks were claimed."""

    @property
    def claimed(self) -> Mapping[PeriodKey, Collection[date] | None]:
        """What is this transaction's alone: the days that moved; None where all is to be summed."""

    def days_with_figures(
        self, keys: Collection[PeriodKey]
    ) -> Mapping[PeriodKey, tuple[date, date]]:
        """The first and the last day with figures, up to today; a key without any is left out."""

    def overwrite(self, spans: Mapping[PeriodKey, Sequence[PeriodSpan]]) -> None:
        """Makes the rows of these periods the sums of the unit's days up to today.

        Of a unit of which all is to be summed, the rows of any other period go.
        """

    def count_systems(self, days: Mapping[PeriodKey, Collection[date]]) -> None:
        """Makes the counts of systems on these days those of the schools' ledgers.

        Of these schools and managements, counts that are too old to be kept go.
        """


class Periods(Protocol):
    """The figures of every unit over half-months, months and terms."""

    def mark(self, marks: Collection[PeriodMark]) -> None:
        """Asks for periods to be summed again, though no day of theirs has moved."""

    def writing(self, limit: int, today: date) -> AbstractContextManager[PeriodWriting]:
        """Claims up to `limit` managements of units, those that have waited longest first.

        One that another writer holds is skipped. Days after today are not summed, and stay marked.
        """


class TallyQuery(Struct, frozen=True, kw_only=True):
    """Which figures to read: these units' rows of these metrics and days."""

    units: Sequence[str]
    metrics: Sequence[str]
    from_day: date
    to_day: date
    by: Literal["grade", "stage", "total"] = "grade"
    buckets: Sequence[tuple[str, str | None, date, date, date]] = ()
    """Empty: by day. Else (unit, stage or None for any, from, to, day to show)."""
    bins: bool = True
    """Without them a row may have none, and is read faster."""
    incomplete: bool = False
    """Only rows of which not all that was expected is reported."""


class PeriodQuery(Struct, frozen=True, kw_only=True):
    """Which figures of periods to read: of these units, stages and periods."""

    grain: PeriodGrain
    places: Sequence[tuple[str, str, date]]
    """Unit, stage, and the first day of the period as it is stored."""
    metrics: Sequence[str]
    by: Literal["grade", "stage", "total"] = "stage"
    bins: bool = True
    """Without them a row has none, and many rows are read faster."""


# It holds no cycle: the collector need not look through the many thousands of a wide view.
class TallyRow(Struct, frozen=True, gc=False):
    """A figure as it is read."""

    day: date
    unit: str
    class_id: str | None
    stage: str | None
    grade: int | None
    metric: str
    expected: int
    reported: int
    judged: int
    compliant: int
    total: int
    bins: Sequence[int]
    rules: frozenset[str]

    @classmethod
    def of(
        cls,
        figure: Figure,
        day: date,
        unit: str,
        class_id: str | None,
        stage: str | None,
        grade: int | None,
        metric: str,
    ) -> "TallyRow":
        """The row of a figure at a place."""
        tally = figure.tally
        return cls(
            day, unit, class_id, stage, grade, metric, tally.expected, tally.reported,
            tally.judged, tally.compliant, tally.total, tally.bins, figure.rules,
        )  # fmt: skip

    @property
    def figure(self) -> Figure:
        """What the row says, without its place."""
        tally = Tally(
            self.expected, self.reported, self.judged, self.compliant, self.total, tuple(self.bins)
        )
        return Figure(tally, self.rules)


class Settled(Struct, frozen=True):
    """How far figures are: nothing pending for these schools and units."""

    as_of_us: int
    settled: bool


class FindingRow(Struct, frozen=True):
    """Something that looks wrong with a class-day."""

    day: date
    class_id: str
    management: str
    kind: str


class SystemRow(Struct, frozen=True):
    """How many classes of a school, of those due, a system reported of a management on a day."""

    day: date
    management: str
    system: str
    classes: int


class Reading(Protocol):
    """One consistent view of the figures."""

    def settled(self, schools: Collection[str], units: Collection[str]) -> Settled:
        """Whether all that was accepted is in, in the sums over periods too, for all of these."""

    def rows(self, query: TallyQuery, after: TallyRow | None, limit: int) -> Sequence[TallyRow]:
        """Rows in order: day, unit, stage, grade, metric; nulls first, text by code point."""

    def period_rows(self, query: PeriodQuery) -> Sequence[TallyRow]:
        """Sums over periods, `day` the first day; in order: day, unit, stage, grade, metric."""

    def class_tallies(
        self, school_id: str, managements: Collection[str], from_day: date, to_day: date
    ) -> Mapping[Mark, Mapping[str, Sequence[MetricTally]]]:
        """The tallies of the classes that have a ledger."""

    def systems(self, school_id: str, from_day: date, to_day: date) -> Sequence[SystemRow]:
        """How many classes each system reported, in order of day, management, system."""

    def findings(
        self, school_id: str, from_day: date, to_day: date, after: FindingRow | None, limit: int
    ) -> Sequence[FindingRow]:
        """Findings in order of day, class, management, kind."""


class Figured(Protocol):
    """Where figures are read."""

    def reading(self) -> AbstractContextManager[Reading]:
        """Opens a view of one moment."""

"""Schools in line: verdicts on schools from their figures of a period, and their share in units."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Literal

from msgspec import Struct

from wuguan.domain.context import Context
from wuguan.domain.managements import management_of
from wuguan.domain.periods import PeriodGrain, Terms, period_of, stages_below
from wuguan.domain.rollup import Figure
from wuguan.domain.roster import STAGES, Stage
from wuguan.domain.schools_in_line import Standing, counted, coverage_of, standing
from wuguan.ports import PeriodQuery, Reading, TallyRow

By = Literal["stage", "total"]


class Verdict(Struct, frozen=True, gc=False):
    """What may be said of a school in one stage, metric and period, and from which figures."""

    school_id: str
    stage: str
    metric: str
    row: TallyRow
    coverage: TallyRow | None
    """The row whose reporting rate tells how much is known."""
    standing: Standing


class UnitPeriod(Struct, frozen=True):
    """A unit's period, of one stage or of all, and the schools that count in it."""

    unit: str
    stage: str | None
    first: date
    last: date
    schools: Sequence[str]
    """Those below the unit on the last day of the period that is not after today."""


class UnitShare(Struct, frozen=True):
    """How many schools of a unit are in line in one metric: each stage of a school counts one."""

    of: UnitPeriod
    metric: str
    figure: Figure


def verdicts(
    context: Context,
    reading: Reading,
    schools: Collection[str],
    metrics: Collection[str],
    grain: PeriodGrain,
    day: date,
) -> list[Verdict]:
    """The verdicts on schools in the period of each that `day` counts to.

    In order of school, stage and metric; where nothing was due of a school there is none.
    """
    terms = Terms(context, lambda _: STAGES)
    query = PeriodQuery(
        grain=grain,
        places=[
            (school, stage, period_of(terms, grain, school, stage, day).shown)
            for school in schools
            for stage in STAGES
        ],
        metrics=sorted({*metrics, *map(_reporting, metrics)}),
        bins=False,
    )
    rows = {(row.unit, row.stage, row.metric): row for row in reading.period_rows(query)}
    wanted = frozenset(metrics)
    found = (_verdict(context, row, rows) for row in rows.values() if row.metric in wanted)
    return sorted(found, key=lambda one: (one.school_id, one.stage, one.metric))


def periods_of(
    context: Context, units: Sequence[str], grain: PeriodGrain, by: By, day: date, today: date
) -> list[UnitPeriod]:
    """The periods of units that `day` counts to; one that has not begun is left out."""
    until = min(day, today)
    terms = Terms(context, lambda unit: stages_below(context, unit, until, until))
    stages: Sequence[Stage | None] = STAGES if by == "stage" else (None,)
    found = []
    for unit in units:
        for stage in stages:
            run = period_of(terms, grain, unit, stage, day)
            if run.first <= today:
                below = context.organisation.schools_below(unit, min(run.last, today))
                found.append(UnitPeriod(unit, stage, run.shown, run.last, below))
    return found


def shares(periods: Iterable[UnitPeriod], found: Iterable[Verdict]) -> list[UnitShare]:
    """The shares of units, in order of day, unit, stage and metric; none where none is expected."""
    sums: dict[tuple[str, str | None, str], tuple[UnitPeriod, Figure]] = {}
    for period, verdict in within(periods, found):
        tally = counted(verdict.standing)
        if tally.expected:
            key = period.unit, period.stage, verdict.metric
            figure = Figure(tally, verdict.row.rules)
            before = sums.get(key)
            sums[key] = period, figure if before is None else before[1].merge(figure)
    return sorted(
        (UnitShare(period, metric, figure) for (_, _, metric), (period, figure) in sums.items()),
        key=lambda one: (one.of.first, one.of.unit, one.of.stage or "", one.metric),
    )


def within(
    periods: Iterable[UnitPeriod], found: Iterable[Verdict]
) -> Iterator[tuple[UnitPeriod, Verdict]]:
    """Each verdict with the periods of units in which it counts."""
    by_school: dict[str, list[UnitPeriod]] = {}
    for period in periods:
        for school in period.schools:
            by_school.setdefault(school, []).append(period)
    for verdict in found:
        for period in by_school.get(verdict.school_id, ()):
            if period.stage in (None, verdict.stage):
                yield period, verdict


def _verdict(
    context: Context, row: TallyRow, rows: Mapping[tuple[str, str | None, str], TallyRow]
) -> Verdict:
    reporting = rows.get((row.unit, row.stage, _reporting(row.metric)))
    own, of_reporting = row.figure, None if reporting is None else reporting.figure
    by_reporting = coverage_of(row.metric, own, of_reporting) is not own
    return Verdict(
        school_id=row.unit,
        stage=row.stage or "",
        metric=row.metric,
        row=row,
        coverage=reporting if by_reporting else row,
        standing=standing(row.metric, own, of_reporting, context.policy),
    )


def _reporting(metric: str) -> str:
    return f"{management_of(metric)}.reporting"

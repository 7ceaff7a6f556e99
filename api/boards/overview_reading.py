"""Reads what the overview of a unit is made of, in one consistent view."""

from collections.abc import Mapping, Sequence

from api.boards import reading as boards
from api.boards.wanted import WantedOverview
from dashboards import trend
from dashboards.figures import UnitFigures
from dashboards.headlines import HEADLINES
from dashboards.judging import Judging
from dashboards.occasion import Occasion
from dashboards.overview_figures import (
    Checking,
    OverviewFigures,
    Progress,
    SchoolFigures,
    TrendDay,
)
from wuguan.domain.context import Context
from wuguan.domain.instants import china_datetime
from wuguan.domain.periods import days, stages_below
from wuguan.domain.roster import STAGES
from wuguan.domain.schools_in_line import SHARED_METRICS, Standing, share_of
from wuguan.domain.tally import Tally
from wuguan.ports import Figured, Reading

MATRIX_METRICS = tuple(
    dict.fromkeys([*SHARED_METRICS, *(m for one in HEADLINES for m in (one.reporting, one.metric))])
)


def read_overview(context: Context, figured: Figured, wanted: WantedOverview) -> OverviewFigures:
    """The figures of the page."""
    unit, occasion = wanted.unit, wanted.occasion
    schools = context.organisation.schools_below(unit, occasion.day)
    stages = stages_below(context, unit, occasion.day, occasion.day)
    judging = Judging(context.policy)
    shown = (wanted.stage,) if wanted.stage else stages
    due = _due(context, schools, shown, occasion)
    with figured.reading() as reading:
        settled = reading.settled(schools, _units_between(context, unit, schools, occasion))
        now, before = boards.of_half_months(reading, unit, occasion)
        of_schools = _of_schools(reading, context, unit, schools, occasion)
        remind = occasion.day_to_remind
        missing = boards.missing(reading, schools, remind, shown) if remind else []
        of_days = _trend_days(reading, wanted)
    standings = _standings(of_schools, shown, judging)
    return OverviewFigures(
        unit_id=unit,
        name=context.organisation.name(unit, occasion.day) or unit,
        occasion=occasion,
        stages=stages,
        stage=wanted.stage,
        schools=_schools(context, schools, of_schools, occasion),
        due=due,
        now=now,
        before=before,
        checking=[
            Checking(school, stage, metric, of_schools[school].by_stage[stage, metric])
            for (school, stage, metric), found in standings.items()
            if found is Standing.NEEDS_CHECKING
        ],
        shares=_shares(standings),
        missing=missing,
        progress=_progress(of_days, wanted, shown),
        trend=of_days,
        judging=judging,
        as_of=china_datetime(settled.as_of_us),
        settled=settled.settled,
    )


def _of_schools(
    reading: Reading, context: Context, unit: str, schools: Sequence[str], occasion: Occasion
) -> Mapping[str, UnitFigures]:
    """The schools' half-month; of a school that came to the unit within it, the days since then."""
    covers, half = context.organisation.covers, boards.up_to_today(occasion)
    stayed = [one for one in schools if covers(unit, one, half.first, half.last)]
    came = [one for one in schools if one not in set(stayed)]
    of_stayed = boards.of_schools(reading, stayed, half.first, MATRIX_METRICS)
    if not came:
        return of_stayed
    return {
        **of_stayed,
        **boards.since_they_came(reading, context, unit, came, half, MATRIX_METRICS),
    }


def _due(
    context: Context, schools: Sequence[str], stages: Sequence[str], occasion: Occasion
) -> frozenset[str]:
    """The schools that have a school day in the half-month up to today, in a stage shown."""
    span = boards.up_to_today(occasion)
    return frozenset(
        school
        for school in schools
        if any(
            context.is_school_day(school, stage, day)
            for stage in context.organisation.stages_of(school)
            if stage in stages
            for day in days(span.first, span.last)
        )
    )


def _units_between(
    context: Context, unit: str, schools: Sequence[str], occasion: Occasion
) -> set[str]:
    """The unit, and those between it and its schools: what waits there may move the page."""
    paths = (context.organisation.path(school, occasion.day) for school in schools)
    return {unit, *(one for path in paths for one in path[1 : path.index(unit)])}


def _trend_days(reading: Reading, wanted: WantedOverview) -> list[TrendDay]:
    term, day = wanted.occasion.term, wanted.occasion.day
    if term is None:
        return []
    metrics = (*trend.METRICS, *boards.REPORTED_TODAY)
    found = boards.of_days(reading, wanted.unit, term.first, day, metrics)
    # The night before a school day is asked about too; only days with lessons stand on the axis.
    return [
        TrendDay(day, figures)
        for day, figures in sorted(found.items())
        if any(figures.of(metric, STAGES) for metric in boards.REPORTED_TODAY)
    ]


def _schools(
    context: Context,
    schools: Sequence[str],
    of_schools: Mapping[str, UnitFigures],
    occasion: Occasion,
) -> list[SchoolFigures]:
    name = context.organisation.name
    return [
        SchoolFigures(
            school, name(school, occasion.day) or school, of_schools.get(school, UnitFigures())
        )
        for school in schools
    ]


_Place = tuple[str, str, str]
"""School, stage and metric."""


def _standings(
    of_schools: Mapping[str, UnitFigures], stages: Sequence[str], judging: Judging
) -> dict[_Place, Standing]:
    return {
        (school, stage, metric): found
        for school, figures in of_schools.items()
        for (stage, metric), found in judging.standings(figures).items()
        if stage in stages
    }


def _shares(standings: Mapping[_Place, Standing]) -> dict[str, Tally]:
    by_metric: dict[str, list[Standing]] = {}
    for (_, _, metric), found in standings.items():
        by_metric.setdefault(metric, []).append(found)
    return {metric: share_of(found) for metric, found in by_metric.items()}


def _progress(
    days: Sequence[TrendDay], wanted: WantedOverview, stages: Sequence[str]
) -> Progress | None:
    if not wanted.occasion.is_today or not days or days[-1].day != wanted.occasion.day:
        return None
    found = [days[-1].figures.of(metric, stages) for metric in boards.REPORTED_TODAY]
    tallies = [figure.tally for figure in found if figure is not None]
    return Progress(sum(t.expected for t in tallies), sum(t.reported for t in tallies))

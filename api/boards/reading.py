"""Reading what boards ask for: sums over a half-month, figures of a day, days of a term."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta

from dashboards.figures import UnitFigures, by_unit
from dashboards.headlines import HEADLINES
from dashboards.occasion import Occasion, Span, half_month_before
from dashboards.overview_figures import Missing
from wuguan.domain.context import Context
from wuguan.domain.managements import METRICS
from wuguan.domain.periods import days, runs
from wuguan.domain.roster import STAGES
from wuguan.ports import PeriodQuery, Reading, TallyQuery, TallyRow

ALL_ROWS = 1_000_000
REPORTED_TODAY = tuple(one.reporting for one in HEADLINES if one.management != "sleep")
_DAY = timedelta(days=1)
_WITH_BINS = ("sleep.duration",)
"""Who met or nearly met what is asked is told by the bins; of nothing else a board needs them."""
_WITHOUT_BINS = tuple(name for name in METRICS if name not in _WITH_BINS)


def of_half_months(
    reading: Reading, unit: str, occasion: Occasion, since: date = date.min
) -> tuple[UnitFigures, UnitFigures]:
    """The unit's figures of the half-month shown, and of the one before, from a day on."""
    half = up_to_today(occasion)
    before = half_month_before(occasion.half)
    rows: list[TallyRow] = []
    for metrics, bins in ((_WITH_BINS, True), (_WITHOUT_BINS, False)):
        query = TallyQuery(
            units=(unit,),
            metrics=metrics,
            from_day=max(before.first, since),
            to_day=half.last,
            by="stage",
            buckets=[(unit, None, span.first, span.last, span.first) for span in (before, half)],
            bins=bins,
        )
        rows += reading.rows(query, None, ALL_ROWS)
    return _on(rows, half.first, unit), _on(rows, before.first, unit)


def of_schools(
    reading: Reading, schools: Sequence[str], first: date, metrics: Sequence[str]
) -> Mapping[str, UnitFigures]:
    """The figures of many schools in the half-month that begins on a day."""
    places = [(school, stage, first) for school in schools for stage in STAGES]
    query = PeriodQuery(grain="halfmonth", places=places, metrics=metrics, bins=False)
    return by_unit(reading.period_rows(query))


def since_they_came(
    reading: Reading,
    context: Context,
    unit: str,
    schools: Sequence[str],
    half: Span,
    metrics: Sequence[str],
) -> Mapping[str, UnitFigures]:
    """The figures of schools on those days of a half-month on which they were below the unit."""
    path = context.organisation.path
    buckets = [
        (school, None, *run)
        for school in schools
        for run in runs(
            (day for day in days(half.first, half.last) if unit in path(school, day)),
            lambda _: half.first,
        )
    ]
    if not buckets:
        return {}
    query = TallyQuery(
        units=schools,
        metrics=metrics,
        from_day=half.first,
        to_day=half.last,
        by="stage",
        buckets=buckets,
        bins=False,
    )
    return by_unit(reading.rows(query, None, ALL_ROWS))


def of_days(
    reading: Reading, unit: str, first: date, last: date, metrics: Sequence[str]
) -> Mapping[date, UnitFigures]:
    """The unit's figures day by day."""
    query = TallyQuery(
        units=(unit,), metrics=metrics, from_day=first, to_day=last, by="stage", bins=False
    )
    rows = reading.rows(query, None, ALL_ROWS)
    found: dict[date, list[TallyRow]] = {}
    for row in rows:
        found.setdefault(row.day, []).append(row)
    return {day: by_unit(of_day)[unit] for day, of_day in found.items()}


def missing(
    reading: Reading, schools: Sequence[str], day: date, stages: Collection[str]
) -> list[Missing]:
    """The class returns still missing of a day, and of the night before it."""
    found = []
    for metrics, of_day in ((REPORTED_TODAY, day), (("sleep.reporting",), day - _DAY)):
        query = TallyQuery(
            units=schools,
            metrics=metrics,
            from_day=of_day,
            to_day=of_day,
            by="stage",
            bins=False,
            incomplete=True,
        )
        sums: dict[tuple[str, str], int] = {}
        for row in reading.rows(query, None, ALL_ROWS):
            if row.stage in stages:
                key = row.unit, METRICS[row.metric].management
                sums[key] = sums.get(key, 0) + row.expected - row.reported
        found += [Missing(*key, of_day, classes) for key, classes in sums.items()]
    order = [one.management for one in HEADLINES]
    return sorted(found, key=lambda one: (one.school_id, order.index(one.management)))


def up_to_today(occasion: Occasion) -> Span:
    """The half-month shown. Facts of tomorrow may be there already; they are not shown."""
    return Span(occasion.half.first, min(occasion.half.last, occasion.now.date()))


def _on(rows: Sequence[TallyRow], day: date, unit: str) -> UnitFigures:
    return by_unit(row for row in rows if row.day == day).get(unit, UnitFigures())

"""The figures of periods as they must be: the stored days of every unit, summed one by one."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from wuguan.domain.context import Context
from wuguan.domain.instants import FIRST_DAY, china_day
from wuguan.domain.managements import METRICS
from wuguan.domain.periods import PERIOD_GRAINS, PeriodGrain, shown_day
from wuguan.domain.rollup import Figure
from wuguan.domain.roster import STAGES
from wuguan.domain.tally import Tally
from wuguan.ports import PeriodQuery, Reading, Store, TallyQuery, TallyRow

_BEFORE = timedelta(days=30)


class PeriodRow(NamedTuple):
    """Which row."""

    grain: PeriodGrain
    first_day: date
    unit: str
    stage: str
    grade: int | None
    """None: the whole stage."""
    metric: str


Sums = dict[PeriodRow, Figure]


def wrong_periods(store: Store) -> list[str]:
    """The rows of periods that are not the sums of the stored days, each as one line."""
    expected, found = expected_periods(store), stored_periods(store)
    return [
        f"{tuple(map(str, key))}: expected {expected.get(key)}, found {found.get(key)}"
        for key in sorted({*expected, *found}, key=str)
        if expected.get(key) != found.get(key)
    ]


def expected_periods(store: Store) -> Sums:
    """What the days sum up to, as `GET /v1/tallies` shows days under a grain."""
    context, sums = store.roster.context(), Sums()
    with store.figures.reading() as reading:
        rows = _days(reading, context)
    for grain in PERIOD_GRAINS:
        show = shown_day(grain, context, lambda _: ())
        for row in rows:
            shown = show(row.unit, row.stage, row.day)  # type: ignore[arg-type]  # a stage of the roster
            for grade in (row.grade, None):
                key = PeriodRow(grain, shown, row.unit, str(row.stage), grade, row.metric)
                before = sums.get(key)
                sums[key] = _figure(row) if before is None else before.merge(_figure(row))
    return sums


def stored_periods(store: Store) -> Sums:
    """What is stored for whatever period there may be."""
    context = store.roster.context()
    with store.figures.reading() as reading:
        firsts = _first_days(reading, context)
        return {
            PeriodRow(grain, row.day, row.unit, str(row.stage), row.grade, row.metric): _figure(row)
            for grain in PERIOD_GRAINS
            for row in _read(reading, context, grain, firsts)
        }


def _read(
    reading: Reading, context: Context, grain: PeriodGrain, firsts: list[date]
) -> Iterator[TallyRow]:
    places = [(unit, stage, day) for unit in _units(context) for stage in STAGES for day in firsts]
    for by in ("grade", "stage"):
        query = PeriodQuery(grain=grain, places=places, metrics=list(METRICS), by=by)
        yield from reading.period_rows(query)


def _first_days(reading: Reading, context: Context) -> list[date]:
    """The days by which a period of these figures may be known: also such as were moved."""
    days = [row.day for row in _days(reading, context)] or [_today(reading)]
    first = min(days) - _BEFORE
    near = {first + timedelta(days=ahead) for ahead in range((max(days) - first).days + 20)}
    halves = {
        date(day.year - behind, month, 1) for day in days for behind in (0, 1) for month in (2, 8)
    }
    return sorted(near | halves)


def _days(reading: Reading, context: Context) -> list[TallyRow]:
    query = TallyQuery(
        units=_units(context),
        metrics=list(METRICS),
        from_day=FIRST_DAY,
        to_day=_today(reading),
    )
    return list(reading.rows(query, None, 10_000_000))


def _units(context: Context) -> tuple[str, ...]:
    return context.organisation.unit_ids() + context.organisation.school_ids()


def _today(reading: Reading) -> date:
    return china_day(reading.settled([], []).as_of_us)


def _figure(row: TallyRow) -> Figure:
    tally = Tally(row.expected, row.reported, row.judged, row.compliant, row.total, tuple(row.bins))
    return Figure(tally, row.rules)

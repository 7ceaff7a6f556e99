"""Rows of a unit, or of its children on the days when they were its children."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import groupby

from api.tally_query import Asked
from wuguan.domain.organisation import Organisation
from wuguan.domain.periods import ShownDay, days, runs
from wuguan.domain.roster import STAGES, Stage
from wuguan.ports import Reading, TallyQuery, TallyRow

Bucket = tuple[str, str | None, date, date, date]


def unit_rows(
    asked: Asked, organisation: Organisation, show: ShownDay, first: date, last: date,
    reading: Reading,
) -> Iterator[TallyRow]:  # fmt: skip
    """The rows in order, read as they are taken."""
    after, wanted = asked.after, asked.limit + 1
    for query in _queries(asked, organisation, show, first, last):
        if after is not None and not query.buckets and query.to_day < after.day:
            continue
        rows = reading.rows(query, after.row() if after else None, wanted)
        yield from rows
        wanted -= len(rows)
        if wanted <= 0:
            return


def _queries(
    asked: Asked, organisation: Organisation, show: ShownDay, first: date, last: date
) -> Iterator[TallyQuery]:
    spans = list(_spans(asked, organisation, first, last))
    if asked.grain == "day":
        for units, since, until in spans:
            yield _query(asked, units, since, until)
        return
    units_of = {day: units for units, since, until in spans for day in days(since, until)}
    units = sorted({unit for units in units_of.values() for unit in units})
    buckets = list(_buckets(asked, show, units, units_of))
    if buckets:
        yield _query(asked, units, first, last, buckets)


def _spans(
    asked: Asked, organisation: Organisation, first: date, last: date
) -> Iterator[tuple[Sequence[str], date, date]]:
    """The units whose rows are wanted, with the days on which they are."""
    if not asked.children:
        if first <= last:
            yield (asked.unit,), first, last
        return
    for units, same in groupby(
        days(first, last), key=lambda day: organisation.children(asked.unit, day)
    ):
        members = list(same)
        if units:
            yield units, members[0], members[-1]


def _buckets(
    asked: Asked, show: ShownDay, units: Iterable[str], units_of: dict[date, Sequence[str]]
) -> Iterator[Bucket]:
    # Only a term may differ from stage to stage.
    by_stage = asked.grain == "term" and asked.by != "total"
    stages: Sequence[Stage | None] = STAGES if by_stage else (None,)
    for unit in units:
        present = [day for day, of_day in units_of.items() if unit in of_day]
        for stage in stages:
            for run in runs(present, lambda day, u=unit, s=stage: show(u, s, day)):  # type: ignore[misc]  # mypy cannot infer a lambda with defaults
                yield unit, stage, *run


def _query(
    asked: Asked, units: Sequence[str], first: date, last: date, buckets: Sequence[Bucket] = ()
) -> TallyQuery:
    return TallyQuery(
        units=units,
        metrics=asked.metrics,
        from_day=first,
        to_day=last,
        by=asked.by,
        buckets=buckets,
    )

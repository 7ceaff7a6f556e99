"""Reading the figures of periods: thousands of rows for one view, so each is touched little."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import lru_cache
from itertools import groupby
from operator import attrgetter, itemgetter
from typing import Any

from msgspec.structs import replace

from wuguan.adapters.postgres.connections import Connection
from wuguan.ports import PeriodQuery, TallyRow

_Columns = tuple[Any, ...]
_Place = tuple[str, str]
"""Unit and stage."""
_DAY = itemgetter(2)
_GRADE_AND_METRIC = itemgetter(2, 3)
_UNIT_OF_ROW = attrgetter("unit")


def period_rows(connection: Connection, query: PeriodQuery) -> Sequence[TallyRow]:
    """The rows in order: day, unit, stage, grade, metric."""
    rows: list[TallyRow] = []
    for day, places in groupby(sorted(set(query.places), key=_DAY), key=_DAY):
        of_day = sorted((unit, stage) for unit, stage, _ in places)
        found = _in_order(day, of_day, _selected(connection, query, day, of_day))
        rows += found if query.by != "total" else _totals(found)
    return rows


def _selected(
    connection: Connection, query: PeriodQuery, day: date, places: Sequence[_Place]
) -> Sequence[_Columns]:
    """What the periods that begin on one day hold for these places, and a little more."""
    units, stages = ([*dict.fromkeys(of)] for of in zip(*places, strict=True))
    # By lists and not by a join: the index is then read in one go, metric by metric.
    return connection.execute(
        f"""
        SELECT unit_id, stage, {"grade" if query.by == "grade" else "NULL"}, metric, expected,
               reported, judged, compliant, total, {"bins" if query.bins else "NULL"}, rules
        FROM period_tally
        WHERE grain = %b AND first_day = %b AND metric = ANY(%b) AND unit_id = ANY(%b)
          AND stage = ANY(%b) AND grade {"> 0" if query.by == "grade" else "= 0"}
        """,
        (query.grain, day, sorted(query.metrics), units, stages),
    ).fetchall()


def _in_order(day: date, places: Sequence[_Place], selected: Iterable[_Columns]) -> list[TallyRow]:
    """The rows of the places. Those of another stage of a unit are left out here."""
    # Sorted place by place: one sort of them all would compare the same ids again and again.
    by_place: dict[_Place, list[_Columns]] = {place: [] for place in places}
    for row in selected:
        found = by_place.get(row[:2])
        if found is not None:
            found.append(row)
    return [
        TallyRow(
            day, unit, None, stage, grade, metric, expected, reported, judged, compliant, total,
            tuple(bins) if bins else (), _rules(rules),
        )
        for of_place in by_place.values()
        for unit, stage, grade, metric, expected, reported, judged, compliant, total, bins, rules
        in sorted(of_place, key=_GRADE_AND_METRIC)
    ]  # fmt: skip


@lru_cache(maxsize=1_000)
def _rules(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _totals(of_stages: Iterable[TallyRow]) -> Iterator[TallyRow]:
    """The rows of the stages of each unit as one."""
    for _, of_unit in groupby(of_stages, _UNIT_OF_ROW):
        sums: dict[str, TallyRow] = {}
        for row in of_unit:
            before = sums.get(row.metric)
            sums[row.metric] = row if before is None else _merged(before, row)
        for metric in sorted(sums):
            yield replace(sums[metric], stage=None)


def _merged(one: TallyRow, other: TallyRow) -> TallyRow:
    return replace(
        one,
        expected=one.expected + other.expected,
        reported=one.reported + other.reported,
        judged=one.judged + other.judged,
        compliant=one.compliant + other.compliant,
        total=one.total + other.total,
        bins=tuple(map(int.__add__, one.bins, other.bins)),
        rules=one.rules | other.rules,
    )

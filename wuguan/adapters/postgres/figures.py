"""Reading figures: one consistent view, summed by the database as it is asked for."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any

from wuguan.adapters.postgres.connections import Connection, Connections
from wuguan.adapters.postgres.period_rows import period_rows
from wuguan.adapters.postgres.positions import find_positions
from wuguan.adapters.postgres.rollups import SUMS_OF_BINS, figure_of
from wuguan.codec import decode_tallies
from wuguan.domain.errors import TemporarilyUnavailable
from wuguan.domain.instants import china_day
from wuguan.domain.managements import METRICS
from wuguan.domain.measuring import MetricTally
from wuguan.domain.rollup import Mark
from wuguan.ports import (
    FindingRow,
    LogEnds,
    PeriodQuery,
    Settled,
    SystemRow,
    TallyQuery,
    TallyRow,
)

# The columns that a row is grouped by, below the day and the unit.
_STAGE_AND_GRADE = {
    "grade": ("t.stage", "t.grade"),
    "stage": ("t.stage", "NULL::smallint"),
    "total": ("NULL::text", "NULL::smallint"),
}


class PostgresFigures:
    """Where figures are read."""

    def __init__(
        self, connections: Connections, clock: Callable[[], int], ends: LogEnds | None
    ) -> None:
        self._connections = connections
        self._clock = clock
        self._ends = ends

    @contextmanager
    def reading(self) -> Iterator["PostgresReading"]:
        """Opens a view of one moment. What was accepted before `as_of` is in it."""
        as_of_us = self._clock()
        with self._connections.snapshot() as connection:
            yield PostgresReading(connection, as_of_us, self._ends)


class PostgresReading:
    """One view."""

    def __init__(self, connection: Connection, as_of_us: int, ends: LogEnds | None) -> None:
        self._connection = connection
        self._as_of_us = as_of_us
        self._ends = ends

    def settled(self, schools: Collection[str], units: Collection[str]) -> Settled:
        """Whether nothing is pending for these schools and units."""
        row = self._connection.execute(
            """
            SELECT EXISTS (SELECT 1 FROM event_log WHERE position >= (
                               SELECT next_offset FROM consumer_position
                               WHERE topic = 'event_log' AND partition = 0)
                           AND school_id = ANY(%(schools)s))
                OR EXISTS (SELECT 1 FROM remeasure WHERE school_id = ANY(%(schools)s))
                OR EXISTS (SELECT 1 FROM period_dirty WHERE unit_id = ANY(%(units)s)
                           AND (day IS NULL OR day <= %(today)s))
                OR EXISTS (SELECT 1 FROM dirty WHERE unit_id = ANY(%(units)s) AND day <= %(today)s)
            """,
            {
                "schools": list(schools),
                "units": [*schools, *units],
                "today": china_day(self._as_of_us),
            },
        ).fetchone()
        assert row is not None
        return Settled(self._as_of_us, not row[0] and self._all_taken(schools))

    def _all_taken(self, schools: Collection[str]) -> bool:
        """Whether a log outside the database holds nothing more of these schools."""
        if self._ends is None or not schools:
            return True
        try:
            # Asked after `as_of`, and compared with positions that this view shows.
            ends = self._ends.of(schools)
        except TemporarilyUnavailable:
            return False
        positions = find_positions(self._connection, ends.keys())
        return all(positions.get(place, 0) >= end for place, end in ends.items())

    def rows(self, query: TallyQuery, after: TallyRow | None, limit: int) -> Sequence[TallyRow]:
        """Rows in order: day, unit, stage, grade, metric; nulls first, text by code point."""
        stage, grade = _STAGE_AND_GRADE[query.by]
        # No more bins are summed than the metrics have; those asked of many schools have none.
        counts = [METRICS[metric].bin_count for metric in query.metrics] if query.bins else []
        most = max(counts, default=0)
        bins = "".join(f", {one}" for one in SUMS_OF_BINS[:most])
        day, source = ("b.shown", _BUCKETS) if query.buckets else ("t.day", "")
        incomplete = "HAVING sum(t.expected) > sum(t.reported)" if query.incomplete else ""
        rows = self._connection.execute(
            f"""
            SELECT * FROM (
                SELECT {day} AS day, t.unit_id, {stage} COLLATE "C" AS stage, {grade} AS grade,
                       t.metric, sum(t.expected), sum(t.reported), sum(t.judged),
                       sum(t.compliant), sum(t.total)::bigint, array_agg(DISTINCT t.rules)
                       {bins}
                FROM unit_tally t {source}
                WHERE t.unit_id = ANY(%(units)s) AND t.metric = ANY(%(metrics)s)
                  AND t.day BETWEEN %(from)s AND %(to)s
                GROUP BY 1, 2, 3, 4, 5 {incomplete}
            ) AS r
            WHERE %(after_day)s::date IS NULL
               OR (day, unit_id, coalesce(stage, ''), coalesce(grade, -1), metric)
                > (%(after_day)s, %(after_unit)s, %(after_stage)s, %(after_grade)s,
                   %(after_metric)s)
            ORDER BY day, unit_id, stage NULLS FIRST, grade NULLS FIRST, metric
            LIMIT %(limit)s
            """,
            {
                "units": list(query.units),
                "metrics": list(query.metrics),
                "from": query.from_day,
                "to": query.to_day,
                "limit": limit,
                **_after(after),
                **_bucket_columns(query),
            },
        ).fetchall()
        return [_row(row) for row in rows]

    def period_rows(self, query: PeriodQuery) -> Sequence[TallyRow]:
        """Sums over periods, in order: day, unit, stage, grade, metric."""
        return period_rows(self._connection, query)

    def class_tallies(
        self, school_id: str, managements: Collection[str], from_day: date, to_day: date
    ) -> Mapping[Mark, Mapping[str, Sequence[MetricTally]]]:
        """The tallies of the classes that have a ledger."""
        rows = self._connection.execute(
            "SELECT day, management, class_id, tallies FROM ledger"
            " WHERE school_id = %s AND management = ANY(%s) AND day BETWEEN %s AND %s",
            (school_id, list(managements), from_day, to_day),
        ).fetchall()
        heard: dict[Mark, dict[str, Sequence[MetricTally]]] = {}
        for day, management, class_id, tallies in rows:
            by_class = heard.setdefault(Mark(school_id, day, management), {})
            by_class[class_id] = decode_tallies(tallies)
        return heard

    def systems(self, school_id: str, from_day: date, to_day: date) -> Sequence[SystemRow]:
        """How many classes each system reported, in order of day, management, system."""
        rows = self._connection.execute(
            "SELECT day, management, system, classes FROM system_tally"
            " WHERE unit_id = %s AND day BETWEEN %s AND %s ORDER BY 1, 2, 3",
            (school_id, from_day, to_day),
        ).fetchall()
        return [SystemRow(*row) for row in rows]

    def findings(
        self, school_id: str, from_day: date, to_day: date, after: FindingRow | None, limit: int
    ) -> Sequence[FindingRow]:
        """Findings in order of day, class, management, kind."""
        seen = (after.day, after.class_id, after.management, after.kind) if after else (None,) * 4
        rows = self._connection.execute(
            """
            SELECT day, class_id, management, kind COLLATE "C"
            FROM ledger, unnest(findings) AS kind
            WHERE school_id = %s AND day BETWEEN %s AND %s AND findings <> '{}'
              AND (%s::date IS NULL OR (day, class_id, management, kind COLLATE "C")
                                     > (%s::date, %s::text, %s::text, %s::text))
            ORDER BY 1, 2, 3, 4 LIMIT %s
            """,
            (school_id, from_day, to_day, seen[0], *seen, limit),
        ).fetchall()
        return [FindingRow(*row) for row in rows]


_BUCKETS = """
    JOIN unnest(%(bucket_units)s::text[], %(bucket_stages)s::text[], %(bucket_from)s::date[],
                %(bucket_to)s::date[], %(bucket_shown)s::date[])
         AS b (unit_id, stage, from_day, to_day, shown)
      ON b.unit_id = t.unit_id AND (b.stage IS NULL OR b.stage = t.stage)
     AND t.day BETWEEN b.from_day AND b.to_day
"""


def _bucket_columns(query: TallyQuery) -> Mapping[str, Any]:
    columns = list(zip(*query.buckets, strict=True)) or [()] * 5
    names = ("bucket_units", "bucket_stages", "bucket_from", "bucket_to", "bucket_shown")
    return {name: list(column) for name, column in zip(names, columns, strict=True)}


def _after(row: TallyRow | None) -> Mapping[str, Any]:
    return {
        "after_day": row.day if row else None,
        "after_unit": row.unit if row else None,
        "after_stage": (row.stage or "") if row else None,
        "after_grade": (-1 if row.grade is None else row.grade) if row else None,
        "after_metric": row.metric if row else None,
    }


def _row(row: Sequence[Any]) -> TallyRow:
    day, unit, stage, grade, metric, *sums = row
    return TallyRow.of(figure_of(metric, sums), day, unit, None, stage, grade, metric)

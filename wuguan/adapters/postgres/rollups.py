"""The figures of every unit, rolled up level by level without losing an update.

Each step is a statement of its own, so that each sees what was committed before it: (1) lock the
key or skip it, (2) delete its marks, (3) only then read what is below, (4) overwrite. A mark that
comes after (2) stays for the next time; whatever came before (2) is seen by (3).
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any

from wuguan.adapters.postgres.alert_marks import mark_moved
from wuguan.adapters.postgres.connections import Connection, Connections, advisory
from wuguan.adapters.postgres.marks import Heights, insert_marks, insert_period_marks
from wuguan.codec import decode_tallies
from wuguan.domain.managements import MANAGEMENTS, METRICS, management_of
from wuguan.domain.measuring import MetricTally
from wuguan.domain.periods import PeriodMark
from wuguan.domain.rollup import Cell, Figure, Figures, Mark
from wuguan.domain.tally import Tally
from wuguan.ports import AlertMark

# As many workers as find something at once; one more looks again a little later.
_PAGES = 4
MOST_BINS = max(metric.bin_count for metric in METRICS.values())
SUMS_OF_BINS = tuple(f"sum(t.bins[{n}])" for n in range(1, MOST_BINS + 1))


class PostgresRollups:
    """Rollups on the tables `dirty` and `unit_tally`."""

    def __init__(
        self, connections: Connections, heights: Heights, clock: Callable[[], int]
    ) -> None:
        self._connections = connections
        self._heights = heights
        self._clock = clock

    @contextmanager
    def writing(self, limit: int, school_level: bool) -> Iterator["PostgresRollupWriting"]:
        """Claims marks, and commits what is done with them."""
        with self._connections.transaction(relaxed=True) as connection:
            claimed = _claim_some(connection, limit, school_level)
            # Held until the commit. A change of the context asks for the days that have figures to
            # be added up again, so it must come after figures that were made without it: it would
            # not see them, and their parents would be those of the former tree.
            lock = "FOR SHARE" if claimed else ""
            row = connection.execute(f"SELECT version FROM context {lock}").fetchone()
            assert row is not None
            yield PostgresRollupWriting(connection, self._heights, claimed, row[0], self._clock)


class PostgresRollupWriting:
    """What happens inside one transaction of the roll-up."""

    def __init__(
        self,
        connection: Connection,
        heights: Heights,
        claimed: Sequence[Mark],
        version: int,
        clock: Callable[[], int],
    ) -> None:
        self._connection = connection
        self._heights = heights
        self.claimed = claimed
        self.context_version = version
        self._clock = clock

    def heard(self, marks: Collection[Mark]) -> Mapping[Mark, Mapping[str, Sequence[MetricTally]]]:
        """For schools' marks: the tallies of the classes that have a ledger, by class id."""
        wanted = list(marks)
        rows = self._connection.execute(
            """
            SELECT k.n, l.class_id, l.tallies
            FROM unnest(%b::text[], %b::text[], %b::date[])
                 WITH ORDINALITY AS k (school_id, management, day, n)
            JOIN ledger l USING (school_id, management, day)
            WHERE l.day BETWEEN %b AND %b
            """,
            (
                [mark.unit_id for mark in wanted],
                [mark.management for mark in wanted],
                [mark.day for mark in wanted],
                *_days_of(wanted),
            ),
            binary=True,
        ).fetchall()
        heard: dict[Mark, dict[str, Sequence[MetricTally]]] = {mark: {} for mark in wanted}
        for number, class_id, tallies in rows:
            heard[wanted[number - 1]][class_id] = decode_tallies(tallies)
        return heard

    def sums(self, children: Mapping[Mark, Collection[str]]) -> Mapping[Mark, Figures]:
        """For each mark the sums over the figures of these children."""
        wanted = list(children)
        keys = [
            (number, child, metric.name, mark.day)
            for number, mark in enumerate(wanted)
            for child in children[mark]
            for metric in MANAGEMENTS[mark.management].metrics
        ]
        rows = self._connection.execute(
            f"""
            SELECT k.n, t.stage, t.grade, t.metric, sum(t.expected), sum(t.reported),
                   sum(t.judged), sum(t.compliant), sum(t.total)::bigint,
                   array_agg(DISTINCT t.rules), {", ".join(SUMS_OF_BINS)}
            FROM unnest(%b::int[], %b::text[], %b::text[], %b::date[])
                 AS k (n, unit_id, metric, day)
            JOIN unit_tally t USING (unit_id, metric, day)
            WHERE t.day BETWEEN %b AND %b
            GROUP BY k.n, t.stage, t.grade, t.metric
            """,
            [*_columns(keys, 4), *_days_of(wanted)],
        ).fetchall()
        figures: dict[Mark, dict[Cell, Figure]] = {mark: {} for mark in wanted}
        for number, stage, grade, metric, *sums in rows:
            figures[wanted[number]][Cell(stage, grade, metric)] = figure_of(metric, sums)
        return figures

    def overwrite(self, figures: Mapping[Mark, Figures]) -> Collection[Mark]:
        """Makes the units' rows equal to these figures. The marks whose rows moved."""
        rows = [
            (
                mark.unit_id, cell.metric, mark.day, cell.stage, cell.grade,
                one.tally.expected, one.tally.reported, one.tally.judged, one.tally.compliant,
                one.tally.total, array_literal(one.tally.bins), " ".join(sorted(one.rules)),
            )
            for mark in sorted(figures)
            for cell, one in sorted(figures[mark].items(), key=_by_cell)
        ]  # fmt: skip
        moved = {
            Mark(unit, day, management_of(metric))
            for unit, day, metric in (
                *self._delete_others(figures.keys(), rows),
                *self._upsert(rows),
            )
        }
        insert_period_marks(
            self._connection,
            [PeriodMark(mark.unit_id, mark.management, mark.day) for mark in sorted(moved)],
        )
        watched = ((AlertMark(mark.unit_id, mark.management), mark.day) for mark in moved)
        mark_moved(self._connection, watched, self._clock())
        return moved

    def mark(self, marks: Collection[Mark]) -> None:
        """Asks for the parents' figures to be rolled up."""
        insert_marks(self._connection, self._heights, marks)

    def _delete_others(
        self, marks: Collection[Mark], rows: Sequence[tuple[Any, ...]]
    ) -> Sequence[tuple[Any, ...]]:
        """Deletes what is no longer expected; unit, day and metric of each."""
        keys = [
            (mark.unit_id, metric.name, mark.day)
            for mark in marks
            for metric in MANAGEMENTS[mark.management].metrics
        ]
        return self._connection.execute(
            """
            DELETE FROM unit_tally t
            USING unnest(%b::text[], %b::text[], %b::date[]) AS k (unit_id, metric, day)
            WHERE t.unit_id = k.unit_id AND t.metric = k.metric AND t.day = k.day
              AND (t.unit_id, t.metric, t.day, t.stage, t.grade) NOT IN (
                  SELECT * FROM unnest(%b::text[], %b::text[], %b::date[], %b::text[],
                                       %b::smallint[]))
              AND t.day BETWEEN %b AND %b
            RETURNING t.unit_id, t.day, t.metric
            """,
            [*_columns(keys, 3), *_columns([row[:5] for row in rows], 5), *_days_of(marks)],
        ).fetchall()

    def _upsert(self, rows: Sequence[tuple[Any, ...]]) -> Sequence[tuple[Any, ...]]:
        """Writes the rows that differ, in key order; unit, day and metric of each."""
        # Compared before the upsert, not in its WHERE: there every row would be locked, and a
        # roll-up that changes nothing would write as much as one that changes all.
        return self._connection.execute(
            """
            INSERT INTO unit_tally (unit_id, metric, day, stage, grade, expected, reported,
                                    judged, compliant, total, bins, rules)
            SELECT k.unit_id, k.metric, k.day, k.stage, k.grade, k.expected, k.reported,
                   k.judged, k.compliant, k.total, k.bins::int[], k.rules
            FROM unnest(%b::text[], %b::text[], %b::date[], %b::text[], %b::smallint[],
                        %b::int[], %b::int[], %b::int[], %b::int[], %b::bigint[],
                        %b::text[], %b::text[])
                 WITH ORDINALITY AS k (unit_id, metric, day, stage, grade, expected, reported,
                                       judged, compliant, total, bins, rules, n)
            LEFT JOIN (SELECT * FROM unit_tally WHERE day BETWEEN %b AND %b) AS t
                 USING (unit_id, metric, day, stage, grade)
            WHERE t.unit_id IS NULL
               OR (t.expected, t.reported, t.judged, t.compliant, t.total, t.bins, t.rules)
                  IS DISTINCT FROM
                  (k.expected, k.reported, k.judged, k.compliant, k.total, k.bins::int[], k.rules)
            ORDER BY k.n
            ON CONFLICT (unit_id, metric, day, stage, grade) DO UPDATE SET
                expected = EXCLUDED.expected, reported = EXCLUDED.reported,
                judged = EXCLUDED.judged, compliant = EXCLUDED.compliant,
                total = EXCLUDED.total, bins = EXCLUDED.bins, rules = EXCLUDED.rules
            RETURNING unit_id, day, metric
            """,
            [*_columns(rows, 12), *date_range(row[2] for row in rows)],
        ).fetchall()


def _days_of(marks: Collection[Mark]) -> tuple[date, date]:
    """The first and last day of the marks: by constants a hypertable leaves chunks out."""
    return date_range(mark.day for mark in marks)


def date_range(days: Iterable[date]) -> tuple[date, date]:
    """The first and the last of some days; an empty range where there are none."""
    found = sorted(days)
    return (found[0], found[-1]) if found else (date.max, date.min)


def _by_cell(item: tuple[Cell, Figure]) -> Cell:
    return item[0]


def _columns(rows: Sequence[tuple[Any, ...]], width: int) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)] or [[] for _ in range(width)]


def array_literal(numbers: Sequence[int]) -> str:
    """Integers as PostgreSQL writes an array; `unnest` would flatten an array of arrays."""
    return "{" + ",".join(map(str, numbers)) + "}"


def figure_of(metric: str, sums: Sequence[Any]) -> Figure:
    """A figure from summed columns: five numbers, the distinct rules, and the bins."""
    numbers, rules, bins = sums[:5], sums[5], sums[6:]
    tally = _tally(numbers, bins[: METRICS[metric].bin_count])
    return Figure(tally, frozenset(rule for text in rules for rule in text.split()))


def _tally(numbers: Sequence[Any], bins: Sequence[Any]) -> Tally:
    expected, reported, judged, compliant, total = map(int, numbers)
    return Tally(expected, reported, judged, compliant, total, tuple(map(int, bins)))


def _claim_some(connection: Connection, limit: int, school_level: bool) -> Sequence[Mark]:
    """The first marks that nobody else holds: several workers take one page each."""
    for page in range(_PAGES):
        candidates = _candidates(connection, limit, school_level, page)
        claimed = _claim(connection, candidates)
        if claimed or not candidates:
            return claimed
    return ()


def _candidates(
    connection: Connection, limit: int, school_level: bool, page: int
) -> Sequence[Mark]:
    # Newest days first: somebody is waiting for today, nobody for last October.
    wanted = "0" if school_level else "(SELECT min(height) FROM dirty WHERE height > 0)"
    rows = connection.execute(
        f"""
        SELECT unit_id, day, management FROM dirty WHERE height = {wanted}
        ORDER BY height, day DESC, unit_id, management LIMIT %s OFFSET %s
        """,
        (limit, page * limit),
    ).fetchall()
    return list(dict.fromkeys(Mark(*row) for row in rows))


def _claim(connection: Connection, candidates: Sequence[Mark]) -> Sequence[Mark]:
    if not candidates:
        return ()
    names = [advisory("rollup", *mark) for mark in candidates]
    rows = connection.execute(
        "SELECT n FROM unnest(%b::text[]) WITH ORDINALITY AS u (name, n)"
        " WHERE pg_try_advisory_xact_lock(hashtextextended(name, 1))",
        (names,),
    ).fetchall()
    locked = [candidates[number - 1] for (number,) in rows]
    deleted = connection.execute(
        """
        DELETE FROM dirty d USING unnest(%b::text[], %b::date[], %b::text[])
                                  AS k (unit_id, day, management)
        WHERE d.unit_id = k.unit_id AND d.day = k.day AND d.management = k.management
        RETURNING d.unit_id, d.day, d.management
        """,
        (
            [mark.unit_id for mark in locked],
            [mark.day for mark in locked],
            [mark.management for mark in locked],
        ),
    ).fetchall()
    # A mark that another writer finished in between has nothing left to delete.
    return sorted({Mark(*row) for row in deleted})

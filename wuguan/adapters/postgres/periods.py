"""Figures of units over periods, summed by the database without losing an update.

The protocol is that of the roll-up, for one management of a unit: lock it or skip it, delete its
marks, only then read its days, overwrite. Months and terms are summed from half-months, and from
days where a term begins or ends within one: while the lock is held nobody else writes these rows,
so a half-month that is read is as late as the marks that were deleted.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any, NamedTuple

from wuguan.adapters.postgres.alert_marks import mark_moved
from wuguan.adapters.postgres.connections import Connection, Connections, advisory
from wuguan.adapters.postgres.marks import insert_period_marks
from wuguan.adapters.postgres.period_sums import FORGET, KEEP_MARKED, WRITE_SUMS
from wuguan.adapters.postgres.system_counts import overwrite_counts
from wuguan.domain.managements import METRICS
from wuguan.domain.periods import (
    PeriodKey,
    PeriodMark,
    PeriodSpan,
    end_of_halfmonth,
    whole_halfmonths,
)
from wuguan.domain.roster import STAGES
from wuguan.domain.systems import kept_since
from wuguan.ports import AlertMark

_PAGES = 4
_MARKS_A_KEY = 20
_DAY = timedelta(days=1)


class PostgresPeriods:
    """Periods on the tables `period_dirty` and `period_tally`."""

    def __init__(self, connections: Connections, clock: Callable[[], int]) -> None:
        self._connections = connections
        self._clock = clock

    def mark(self, marks: Collection[PeriodMark]) -> None:
        """Asks for periods to be summed again."""
        with self._connections.transaction(relaxed=True) as connection:
            insert_period_marks(connection, marks)

    @contextmanager
    def writing(self, limit: int, today: date) -> Iterator["PostgresPeriodWriting"]:
        """Claims marks, and commits what is done with them."""
        with self._connections.transaction(relaxed=True) as connection:
            claimed = _claim_some(connection, limit, today)
            # Not locked: a change of the context marks whom it concerns, whatever rows it sees.
            row = connection.execute("SELECT version FROM context").fetchone()
            assert row is not None
            yield PostgresPeriodWriting(connection, claimed, row[0], today, self._clock)


class PostgresPeriodWriting:
    """What happens inside one transaction."""

    def __init__(
        self,
        connection: Connection,
        claimed: Mapping[PeriodKey, Collection[date] | None],
        version: int,
        today: date,
        clock: Callable[[], int],
    ) -> None:
        self._connection = connection
        self.claimed = claimed
        self.context_version = version
        self._today = today
        self._clock = clock

    def days_with_figures(
        self, keys: Collection[PeriodKey]
    ) -> Mapping[PeriodKey, tuple[date, date]]:
        """The first and the last day with figures, up to today."""
        rows = self._connection.execute(
            """
            SELECT k.unit_id, k.management, min(d.first), max(d.last)
            FROM unnest(%b::text[], %b::text[]) AS k (unit_id, management)
            JOIN unnest(%b::text[], %b::text[]) AS m (metric, management) USING (management),
            LATERAL (SELECT min(day) AS first, max(day) AS last FROM unit_tally t
                     WHERE t.unit_id = k.unit_id AND t.metric = m.metric AND t.day <= %b) AS d
            WHERE d.first IS NOT NULL GROUP BY 1, 2
            """,
            [*_columns(keys, 2), *_METRICS, self._today],
        ).fetchall()
        return {PeriodKey(*key): (first, last) for *key, first, last in rows}

    def overwrite(self, spans: Mapping[PeriodKey, Sequence[PeriodSpan]]) -> None:
        """Makes the rows of these periods the sums of the unit's days up to today."""
        targets = [_Target(*key, span) for key in sorted(spans) for span in spans[key]]
        whole = [key for key, days in self.claimed.items() if days is None]
        if whole:
            execute = self._connection.execute
            columns = {**_target_columns(targets), **_key_columns(whole), **_OF_METRICS}
            execute(FORGET, {**columns, "every_stage": list(STAGES)})
        halves = [one for one in targets if one.span.grain == "halfmonth"]
        days = [(number, one.span.since, one.span.until) for number, one in enumerate(halves)]
        self._write(halves, [], days)
        longer = [one for one in targets if one.span.grain != "halfmonth"]
        self._write(longer, *_parts(longer))
        # All that was claimed: where another worker was faster, only a mark of tomorrow is left to
        # claim, and no span.
        self._keep_marked(self.claimed)

    def count_systems(self, days: Mapping[PeriodKey, Collection[date]]) -> None:
        """Makes the counts of systems on these days those of the schools' ledgers."""
        moved = overwrite_counts(self._connection, days, kept_since(self._today))
        watched = ((AlertMark(*key), day) for *key, day in moved)
        mark_moved(self._connection, watched, self._clock())

    def _write(
        self,
        targets: Sequence["_Target"],
        halves: Sequence["_Part"],
        days: Sequence["_Part"],
    ) -> None:
        """Sums targets from half-months and from days, each a range of a numbered target."""
        if not targets:
            return
        columns = {
            **_target_columns(targets),
            **_part_columns("half", halves),
            **_part_columns("day", days),
            **_OF_METRICS,
            "first": min((since for _, since, _ in days), default=date.max),
            "last": min(max((until for _, _, until in days), default=date.min), self._today),
        }
        self._connection.execute(WRITE_SUMS, columns)

    def _keep_marked(self, keys: Iterable[PeriodKey]) -> None:
        """Keeps days after today marked: another's clock may be further, or they are to come."""
        columns = {**_key_columns(sorted(keys)), **_OF_METRICS, "today": self._today}
        self._connection.execute(KEEP_MARKED, columns)


class _Target(NamedTuple):
    """A period of a unit to be summed."""

    unit_id: str
    management: str
    span: PeriodSpan


_Part = tuple[int, date, date]
_METRICS = [[metric.name for metric in METRICS.values()],
            [metric.management for metric in METRICS.values()]]  # fmt: skip
_OF_METRICS = dict(zip(("metrics", "metric_managements"), _METRICS, strict=True))


def _parts(targets: Sequence[_Target]) -> tuple[list[_Part], list[_Part]]:
    """The whole half-months in each target, and the days before and after them."""
    halves: list[_Part] = []
    days: list[_Part] = []
    for number, one in enumerate(targets):
        since, until = one.span.since, one.span.until
        whole = whole_halfmonths(since, until)
        if whole is None:
            days.append((number, since, until))
            continue
        halves.append((number, *whole))
        if since < whole[0]:
            days.append((number, since, whole[0] - _DAY))
        if end_of_halfmonth(whole[1]) < until:
            days.append((number, end_of_halfmonth(whole[1]) + _DAY, until))
    return halves, days


def _claim_some(
    connection: Connection, limit: int, today: date
) -> Mapping[PeriodKey, Collection[date] | None]:
    """The keys that have waited longest and that nobody else holds."""
    rows = connection.execute(
        "SELECT unit_id, management FROM period_dirty WHERE day IS NULL OR day <= %b"
        " ORDER BY number LIMIT %b",
        (today, _MARKS_A_KEY * limit),
    ).fetchall()
    waiting = list(dict.fromkeys(PeriodKey(*row) for row in rows))
    for page in range(_PAGES):
        claimed = _claim(connection, waiting[page * limit : (page + 1) * limit])
        if claimed:
            return claimed
    return {}


def _claim(
    connection: Connection, keys: Sequence[PeriodKey]
) -> Mapping[PeriodKey, Collection[date] | None]:
    if not keys:
        return {}
    names = [advisory("period", *key) for key in keys]
    rows = connection.execute(
        "SELECT n FROM unnest(%b::text[]) WITH ORDINALITY AS u (name, n)"
        " WHERE pg_try_advisory_xact_lock(hashtextextended(name, 1))",
        (names,),
    ).fetchall()
    locked = [keys[number - 1] for (number,) in rows]
    deleted = connection.execute(
        """
        DELETE FROM period_dirty d USING unnest(%b::text[], %b::text[]) AS k (unit_id, management)
        WHERE d.unit_id = k.unit_id AND d.management = k.management
        RETURNING d.unit_id, d.management, d.day
        """,
        _columns(locked, 2),
    ).fetchall()
    claimed: dict[PeriodKey, set[date] | None] = {}
    for unit_id, management, day in deleted:
        key = PeriodKey(unit_id, management)
        days = claimed.setdefault(key, set())
        if day is None:
            claimed[key] = None
        elif days is not None:
            days.add(day)
    return claimed


def _columns(rows: Collection[Sequence[Any]], width: int) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)] or [[] for _ in range(width)]


def _named(names: Sequence[str], rows: Collection[Sequence[Any]]) -> dict[str, list[Any]]:
    return dict(zip(names, _columns(rows, len(names)), strict=True))


def _key_columns(keys: Collection[PeriodKey]) -> dict[str, list[Any]]:
    return _named(("key_units", "key_managements"), keys)


def _part_columns(kind: str, parts: Sequence[_Part]) -> dict[str, list[Any]]:
    return _named((f"{kind}_numbers", f"{kind}_since", f"{kind}_until"), parts)


def _target_columns(targets: Sequence[_Target]) -> dict[str, list[Any]]:
    return _named(
        ("units", "managements", "grains", "stages", "first_days"),
        [(unit, of, span.grain, span.stage, span.first_day) for unit, of, span in targets],
    )

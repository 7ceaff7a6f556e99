"""Marks of units that are to be evaluated: made with what moves their figures, and claimed."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date

from wuguan.adapters.postgres.connections import Connection, advisory
from wuguan.domain.alerting.due import LONGEST_WINDOW, is_watched
from wuguan.domain.managements import MANAGEMENTS, METRICS
from wuguan.ports import AlertMark

_PAGES = 4
_MARKS_A_KEY = 20
_METRICS = [[metric.name for metric in METRICS.values()],
            [metric.management for metric in METRICS.values()]]  # fmt: skip

# Whoever has figures is found by the keys of the roster: to look through the figures of a province
# for them takes minutes. LIMIT keeps the planner from doing so.
_OPEN_DAY = """
    INSERT INTO alert_dirty (unit_id, management)
    SELECT unit_id, management FROM (
        SELECT DISTINCT u.unit_id, m.management
        FROM (SELECT unit_id FROM unit UNION SELECT school_id FROM school) AS u
        CROSS JOIN unnest(%b::text[], %b::text[]) AS m (metric, management)
        CROSS JOIN LATERAL (SELECT FROM unit_tally t WHERE t.unit_id = u.unit_id
                            AND t.metric = m.metric AND t.day > %b AND t.day <= %b LIMIT 1) AS f
        UNION
        SELECT a.unit_id, o.management FROM alert a CROSS JOIN unnest(%b::text[]) AS o (management)
        WHERE a.state <> 'resolved'
    ) AS k ORDER BY 1, 2
"""


def insert_alert_marks(connection: Connection, marks: Collection[AlertMark]) -> None:
    """Appends marks. Nothing is ever taken for already marked, as of figures."""
    if marks:
        connection.execute(
            "INSERT INTO alert_dirty (unit_id, management)"
            " SELECT * FROM unnest(%b::text[], %b::text[])",
            [list(column) for column in zip(*marks, strict=True)],
        )


def mark_moved(connection: Connection, moved: Iterable[tuple[AlertMark, date]], at_us: int) -> None:
    """Marks the units of which a day moved that alerts look at now."""
    insert_alert_marks(connection, sorted({one for one, day in moved if is_watched(day, at_us)}))


def open_day(connection: Connection, day: date) -> bool:
    """Marks every unit with figures or an open alert, once for each day; whether it was new."""
    new = connection.execute(
        "INSERT INTO alert_day (day) VALUES (%b) ON CONFLICT DO NOTHING RETURNING day", (day,)
    ).fetchone()
    if new is None:
        return False
    connection.execute(_OPEN_DAY, (*_METRICS, day - LONGEST_WINDOW, day, list(MANAGEMENTS)))
    return True


def claim_marks(connection: Connection, limit: int) -> Sequence[AlertMark]:
    """The marks that have waited longest and whose units nobody else holds, deleted."""
    rows = connection.execute(
        "SELECT unit_id, management FROM alert_dirty ORDER BY number LIMIT %b",
        (_MARKS_A_KEY * limit,),
    ).fetchall()
    waiting = list(dict.fromkeys(AlertMark(*row) for row in rows))
    for page in range(_PAGES):
        claimed = _claim(connection, waiting[page * limit : (page + 1) * limit])
        if claimed:
            return claimed
    return ()


def hold_unit(connection: Connection, unit_id: str) -> None:
    """Waits until nobody else writes the unit's alerts, and keeps others from it until the end."""
    connection.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended(%b, 1))", (advisory("alert", unit_id),)
    )


def _claim(connection: Connection, marks: Sequence[AlertMark]) -> Sequence[AlertMark]:
    units = sorted({mark.unit_id for mark in marks})
    rows = connection.execute(
        "SELECT n FROM unnest(%b::text[]) WITH ORDINALITY AS u (name, n)"
        " WHERE pg_try_advisory_xact_lock(hashtextextended(name, 1))",
        ([advisory("alert", unit_id) for unit_id in units],),
    ).fetchall()
    locked = {units[number - 1] for (number,) in rows}
    ours = [mark for mark in marks if mark.unit_id in locked]
    deleted = connection.execute(
        """
        DELETE FROM alert_dirty d USING unnest(%b::text[], %b::text[]) AS k (unit_id, management)
        WHERE d.unit_id = k.unit_id AND d.management = k.management
        RETURNING d.unit_id, d.management
        """,
        [[mark.unit_id for mark in ours], [mark.management for mark in ours]],
    ).fetchall()
    # A mark that another writer finished in between has nothing left to delete.
    return sorted({AlertMark(*row) for row in deleted})

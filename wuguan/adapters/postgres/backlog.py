"""What waits, counted in the database."""

from datetime import date

from wuguan.adapters.postgres.connections import Connections
from wuguan.ports import FigureBacklog, Waiting

_MICROSECONDS = "(extract(epoch FROM {}) * 1000000)::bigint"
# The last and the next frame are found by the log's key, however long the log is.
_OF_LOG = f"""
    SELECT coalesce((SELECT max(position) FROM event_log), 0) + 1 - c.next_offset,
           {_MICROSECONDS.format("coalesce(f.received_at, now())")}
    FROM consumer_position c
    LEFT JOIN LATERAL (SELECT received_at FROM event_log WHERE position >= c.next_offset
                       ORDER BY position LIMIT 1) AS f ON true
    WHERE c.topic = 'event_log' AND c.partition = 0
"""
# Whole tables, without an index: they are nearly always almost empty, and an index on the time
# would cost every fold and every roll-up something. Over a million marks a look takes 0.2 s; who
# looks then looks more seldom.
_OF_FIGURES = f"""
    SELECT (SELECT count(*) FROM remeasure), d.number, {_MICROSECONDS.format("d.since")},
           p.number, {_MICROSECONDS.format("p.since")}
    FROM (SELECT count(*) AS number, coalesce(min(made_at), now()) AS since FROM dirty) AS d,
         (SELECT count(*) AS number, coalesce(min(made_at), now()) AS since FROM period_dirty
          WHERE day IS NULL OR day <= %s) AS p
"""
_OF_ALERTS = f"""
    SELECT count(*), {_MICROSECONDS.format("coalesce(min(made_at), now())")} FROM alert_dirty
"""


class PostgresBacklogs:
    """Backlogs on the tables of marks and on `event_log`."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def of_log(self) -> Waiting:
        """Frames that nobody has folded yet."""
        with self._connections.transaction(relaxed=True) as connection:
            row = connection.execute(_OF_LOG).fetchone()
        assert row is not None
        return Waiting(max(row[0], 0), row[1])

    def of_figures(self, today: date) -> FigureBacklog:
        """What is to be measured again, added up and summed."""
        with self._connections.transaction(relaxed=True) as connection:
            row = connection.execute(_OF_FIGURES, (today,)).fetchone()
        assert row is not None
        return FigureBacklog(row[0], Waiting(row[1], row[2]), Waiting(row[3], row[4]))

    def of_alerts(self) -> Waiting:
        """Marks of units whose alerts are to be evaluated."""
        with self._connections.transaction(relaxed=True) as connection:
            row = connection.execute(_OF_ALERTS).fetchone()
        assert row is not None
        return Waiting(row[0], row[1])

    def stored_bytes(self) -> int:
        """How large the database is on disk."""
        with self._connections.transaction(relaxed=True) as connection:
            row = connection.execute("SELECT pg_database_size(current_database())").fetchone()
        assert row is not None
        return int(row[0])

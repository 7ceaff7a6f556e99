"""The event log as a table, for where there is no Kafka."""

from collections.abc import Sequence

from wuguan.adapters.postgres.connections import Connections
from wuguan.ports import Frame, LogRecord

_LOCK = 0x4C4F47  # "LOG"


class PostgresEventLog:
    """EventLog on the table `event_log`."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def append(self, frames: Sequence[Frame]) -> None:
        """Durable when it returns; all of them or none."""
        if not frames:
            return
        with self._connections.transaction() as connection:
            # A sequence is not commit order: without this lock a reader could see position 8
            # before 7 is committed, and would never come back for 7.
            connection.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
            connection.execute(
                """
                INSERT INTO event_log (position, received_at, school_id, management, frame_id, body)
                SELECT nextval('event_log_position'), to_timestamp(received_us / 1e6),
                       school_id, management, frame_id, body
                FROM unnest(%b::bigint[], %b::text[], %b::text[], %b::uuid[], %b::bytea[])
                     WITH ORDINALITY AS f (received_us, school_id, management, frame_id, body, n)
                ORDER BY n
                """,
                (
                    [frame.received_us for frame in frames],
                    [frame.school_id for frame in frames],
                    [frame.management for frame in frames],
                    [frame.frame_id for frame in frames],
                    [frame.body for frame in frames],
                ),
            )

    def end(self) -> int:
        """The position after the last record."""
        with self._connections.transaction(relaxed=True) as connection:
            row = connection.execute("SELECT coalesce(max(position), 0) FROM event_log").fetchone()
        assert row is not None
        return int(row[0]) + 1

    def read(self, after: int, limit: int) -> Sequence[LogRecord]:
        """The next records after a position, oldest first."""
        with self._connections.transaction(relaxed=True) as connection:
            rows = connection.execute(
                """
                SELECT position, school_id, management, frame_id::text,
                       (extract(epoch FROM received_at) * 1000000)::bigint, body
                FROM event_log WHERE position > %s ORDER BY position LIMIT %s
                """,
                (after, limit),
                binary=True,
            ).fetchall()
        return [
            LogRecord(position, Frame(school, management, frame_id, received_us, body))
            for position, school, management, frame_id, received_us, body in rows
        ]

"""Replies of schools on the table `reply`."""

from collections.abc import Collection, Sequence
from datetime import date

from wuguan.adapters.postgres.connections import Connections
from wuguan.domain.reply import FindingKey, Reply

_PUT = """
    INSERT INTO reply (day, school_id, management, kind, text, said_us)
    VALUES (%s, %s, %s, %s, %s, %s)
    ON CONFLICT (school_id, day, management, kind)
    DO UPDATE SET text = EXCLUDED.text, said_us = EXCLUDED.said_us
"""
_TAKE_BACK = """
    DELETE FROM reply WHERE (day, school_id, management, kind) = (%s, %s, %s, %s)
"""
_LIST = """
    SELECT day, school_id, management, kind, text, said_us FROM reply
    WHERE school_id = ANY(%s) AND day BETWEEN %s AND %s
      AND (%s::date IS NULL OR (day, school_id, management, kind)
                             > (%s::date, %s::text, %s::text, %s::text))
    ORDER BY day, school_id, management, kind LIMIT %s
"""


class PostgresReplies:
    """Replies by what they answer."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def put(self, reply: Reply) -> None:
        """Takes the place of the reply to the same finding; an empty text takes it back."""
        with self._connections.transaction() as connection:
            if reply.text:
                connection.execute(_PUT, (*reply.finding, reply.text, reply.said_us))
            else:
                connection.execute(_TAKE_BACK, reply.finding)

    def list(
        self,
        schools: Collection[str],
        from_day: date,
        to_day: date,
        after: FindingKey | None,
        limit: int,
    ) -> Sequence[Reply]:
        """The next replies in order."""
        seen = after or (None,) * 4
        with self._connections.transaction(relaxed=True) as connection:
            rows = connection.execute(
                _LIST, (list(schools), from_day, to_day, seen[0], *seen, limit)
            ).fetchall()
        return [Reply(FindingKey(*row[:4]), *row[4:]) for row in rows]

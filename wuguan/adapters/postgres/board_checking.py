"""What a check of boards asks of a database of its own: as a login, and what a query reads."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import psycopg
from psycopg.conninfo import make_conninfo

from wuguan.adapters.postgres.connections import Connection
from wuguan.domain.errors import Misconfigured
from wuguan.ports import BoardRows

# The words of a rule keep every relation that was named, those of the system as well, by number;
# what stands below a view is not among them.
_NAMED = """
    SELECT DISTINCT n.nspname || '.' || c.relname
    FROM pg_rewrite w, regexp_matches(w.ev_action::text, ':relid ([1-9][0-9]*)', 'g') AS found (id)
    JOIN pg_class c ON c.oid = found.id[1]::oid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE w.ev_class = 'public.asked'::regclass AND c.oid <> w.ev_class ORDER BY 1
"""


class BoardLogin:
    """A session of a login."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def rows(self, sql: str) -> BoardRows:
        """The answer to a statement as it stands; Misconfigured with the database's words."""
        cursor = _executed(self._connection, sql)
        return BoardRows([column.name for column in cursor.description or ()], cursor.fetchall())


@contextmanager
def logged_in(dsn: str, role: str, password: str) -> Iterator[BoardLogin]:
    """A session of a login, with nothing prepared: as Grafana asks."""
    of_login = make_conninfo(dsn, user=role, password=password)
    with psycopg.connect(of_login, autocommit=True, prepare_threshold=None) as connection:
        yield BoardLogin(connection)


def relations_named(dsn: str, sql: str) -> Sequence[str]:
    """The relations that a SELECT names, as `board.day`; Misconfigured where one has no schema.

    The query is made a view and read back, so that no way of writing a name escapes; then the
    transaction is rolled back.
    """
    with psycopg.connect(dsn) as connection:
        # Without a path a relation has to be named with its schema, or be of the system.
        connection.execute("SET LOCAL search_path = ''")
        _executed(connection, f"CREATE VIEW public.asked AS SELECT * FROM (\n{sql}\n) AS asked")
        names = [name for (name,) in connection.execute(_NAMED).fetchall()]
        connection.rollback()
    return names


def _executed(connection: Connection, sql: str) -> psycopg.Cursor[tuple[object, ...]]:
    try:
        return connection.execute(sql.encode())
    except psycopg.Error as error:
        reason = error.diag.message_primary or type(error).__name__
        raise Misconfigured([reason]) from error

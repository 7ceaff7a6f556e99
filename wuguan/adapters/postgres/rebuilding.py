"""Ledgers folded anew, in a table of their own."""

from collections.abc import Iterator
from contextlib import contextmanager

from wuguan.adapters.postgres.connections import Connection, Connections
from wuguan.adapters.postgres.ledgers import PostgresLedgers
from wuguan.domain.errors import TemporarilyUnavailable

_LOCK = 0x52454255  # "REBU"


class PostgresRebuiltLedgers(PostgresLedgers):
    """Ledgers in a table that a crash of the server empties."""

    def __init__(self, connections: Connections, cached_facts: int, session: Connection) -> None:
        super().__init__(connections, lambda _: 0, cached_facts, "ledger_rebuilt")
        self._session = session

    def require_intact(self) -> None:
        """A crash ends all sessions: while the first one lives, nothing was lost."""
        self._session.execute("SELECT 1")


class PostgresRebuilding:
    """Rebuilding on the table `ledger_rebuilt`."""

    def __init__(self, connections: Connections, cached_facts: int) -> None:
        self._connections = connections
        self._cached_facts = cached_facts

    @contextmanager
    def begun(self) -> Iterator[PostgresRebuiltLedgers]:
        """The table, emptied before and after; a lock of the session keeps others out."""
        with self._connections.session() as session:
            row = session.execute("SELECT pg_try_advisory_lock(%s)", (_LOCK,)).fetchone()
            if row is None or not row[0]:
                raise TemporarilyUnavailable("another rebuild is at work on this database")
            session.execute("TRUNCATE ledger_rebuilt")
            try:
                yield PostgresRebuiltLedgers(self._connections, self._cached_facts, session)
            finally:
                if not session.broken:
                    session.execute("TRUNCATE ledger_rebuilt")
                    session.execute("SELECT pg_advisory_unlock(%s)", (_LOCK,))

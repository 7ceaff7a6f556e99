"""What a database is, looked at without changing it."""

import psycopg
from msgspec import Struct

from wuguan.adapters.postgres.naming import require_dsn
from wuguan.domain.errors import TemporarilyUnavailable

_CONNECT_SECONDS = 5


class Seen(Struct, frozen=True):
    """A database as it presents itself."""

    version: str
    timescaledb: str | None
    """The version in use; None where there is none."""
    plain_though_available: bool
    may_create: bool

    @property
    def summary(self) -> str:
        """In a line."""
        plain = "without TimescaleDB"
        return f"PostgreSQL {self.version}, " + (
            f"TimescaleDB {self.timescaledb}" if self.timescaledb else plain
        )


def look_at(dsn: str) -> Seen:
    """What a database is; TemporarilyUnavailable if it cannot be reached."""
    require_dsn(dsn)
    try:
        with psycopg.connect(dsn, connect_timeout=_CONNECT_SECONDS) as connection:
            row = connection.execute(
                """
                SELECT current_setting('server_version'),
                       (SELECT extversion FROM pg_extension WHERE extname = 'timescaledb'),
                       EXISTS (SELECT 1 FROM pg_available_extensions WHERE name = 'timescaledb')
                           AND to_regclass('ledger') IS NOT NULL
                           AND NOT EXISTS (SELECT 1 FROM pg_extension
                                           WHERE extname = 'timescaledb'),
                       has_schema_privilege(current_schema(), 'CREATE')
                """
            ).fetchone()
    except psycopg.Error as error:
        reason = " ".join(str(error).split())
        raise TemporarilyUnavailable(f"WUGUAN_DSN: {reason}") from None
    assert row is not None
    return Seen(*row)

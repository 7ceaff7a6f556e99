"""Bringing a database to the schema of this version.

The migrations are plain SQL files under yoyo. An advisory lock keeps two programs that start at
once apart; yoyo's own lock is a row, which a killed program would leave behind for good.
"""

from importlib.resources import as_file, files
from urllib.parse import urlencode

import psycopg
import yoyo
from psycopg.conninfo import conninfo_to_dict

from wuguan.domain.errors import TemporarilyUnavailable

_LOCK = 0x57554755414E  # "WUGUAN"


def migrate(dsn: str) -> int:
    """Applies what is missing; how many migrations that were. Safe to call by many at once."""
    try:
        return _guarded(dsn)
    except psycopg.OperationalError as error:
        reason = " ".join(str(error).split())
        raise TemporarilyUnavailable(f"the database cannot be reached: {reason}") from error


def _guarded(dsn: str) -> int:
    with psycopg.connect(dsn, autocommit=True) as guard:
        guard.execute("SELECT pg_advisory_lock(%s)", (_LOCK,))
        with as_file(files(__package__) / "migrations") as folder:
            migrations = yoyo.read_migrations(str(folder))
            return _apply(_yoyo_uri(dsn), migrations)


def _apply(uri: str, migrations: yoyo.migrations.MigrationList) -> int:
    backend = yoyo.get_backend(uri)
    try:
        missing = backend.to_apply(migrations)
        backend.apply_migrations(missing)
        return len(missing)
    finally:
        backend.connection.close()


def _yoyo_uri(dsn: str) -> str:
    # Everything as parameters: a socket's folder cannot stand where a host name does.
    parts = {name: str(value) for name, value in conninfo_to_dict(dsn).items() if value is not None}
    database = parts.pop("dbname", "postgres")
    return f"postgresql+psycopg:///{database}?{urlencode(parts)}"

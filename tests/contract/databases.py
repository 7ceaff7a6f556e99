"""An empty database for every test: one of the schema of this version, emptied before each use."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from wuguan.adapters.postgres.migrating import migrate

# As the migrations leave them; `consumer_position` and `context` begin with a row.
_EMPTY = """
    DO $$ DECLARE names text; BEGIN
        SELECT string_agg(quote_ident(tablename), ', ') INTO names FROM pg_tables
        WHERE schemaname = current_schema() AND tablename NOT LIKE '%yoyo%';
        EXECUTE 'TRUNCATE ' || names || ' RESTART IDENTITY';
    END $$;
    ALTER SEQUENCE event_log_position RESTART;
    ALTER SEQUENCE ledger_revision RESTART;
    INSERT INTO consumer_position VALUES ('event_log', 0, 1);
    INSERT INTO context (version) VALUES (0);
"""


class Databases:
    """One database of its own on a server; every other one is left alone."""

    def __init__(self, dsn: str) -> None:
        self._server = dsn
        self._name = f"wuguan_contract_{uuid4().hex[:12]}"
        self._on_server("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'")
        self._dsn = make_conninfo(dsn, dbname=self._name)
        migrate(self._dsn)

    @contextmanager
    def fresh(self) -> Iterator[str]:
        """The DSN of an empty database of the schema of this version."""
        with psycopg.connect(self._dsn) as connection:
            connection.execute("SET synchronous_commit = off")
            connection.execute(_EMPTY)
        yield self._dsn

    def close(self) -> None:
        """Drops the database."""
        self._on_server("DROP DATABASE IF EXISTS {} WITH (FORCE)")

    def _on_server(self, statement: str) -> None:
        with psycopg.connect(self._server, autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(sql.Identifier(self._name)))

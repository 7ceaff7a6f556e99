"""Fresh databases on one PostgreSQL server, copied from one that was migrated once."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from uuid import uuid4

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from wuguan.adapters.postgres.store import open_store


class Databases:
    """Makes and drops databases; names that it did not make are left alone."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._template = f"wuguan_contract_{uuid4().hex[:12]}"
        self._numbers = count(1)
        self._create(self._template, "template0")
        open_store(self._named(self._template)).close()

    @contextmanager
    def fresh(self) -> Iterator[str]:
        """The DSN of an empty database of the schema of this version; dropped at the end."""
        name = f"{self._template}_{next(self._numbers)}"
        self._create(name, self._template)
        try:
            yield self._named(name)
        finally:
            self._drop(name)

    def close(self) -> None:
        """Drops what all of them were copied from."""
        self._drop(self._template)

    def _named(self, name: str) -> str:
        return make_conninfo(self._dsn, dbname=name)

    def _create(self, name: str, template: str) -> None:
        self._execute("CREATE DATABASE {} TEMPLATE {} ENCODING 'UTF8'", name, template)

    def _drop(self, name: str) -> None:
        self._execute("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)

    def _execute(self, statement: str, *names: str) -> None:
        identifiers = [sql.Identifier(name) for name in names]
        with psycopg.connect(self._dsn, autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*identifiers))

"""Databases on a TimescaleDB: copied, swapped, left without connections."""

import time
from collections.abc import Sequence

import psycopg
from psycopg.conninfo import make_conninfo

from tests.services import run_sql

_TRIES = 50


def dsn_of(server: str, name: str) -> str:
    """The DSN of a database on the same server."""
    return make_conninfo(server, dbname=name)


def copy(server: str, original: str, name: str) -> None:
    """Makes a database like another, to which nobody is connected while it is copied."""
    _alone(server, original, [f'CREATE DATABASE "{name}" TEMPLATE "{original}"'])


def swap(server: str, name: str, restored: str) -> None:
    """Puts a database in the place of another, as after a restore; its clients are cut off."""
    steps = [f'DROP DATABASE "{name}"', f'ALTER DATABASE "{restored}" RENAME TO "{name}"']
    _alone(server, name, steps)


def drop(server: str, *names: str) -> None:
    """Deletes databases, whoever is connected to them."""
    for name in names:
        run_sql(server, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _alone(server: str, name: str, statements: Sequence[str]) -> None:
    run_sql(server, f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
    for statement in statements:
        _insist(server, name, statement)
    # Neither forbids it any longer: the original of a copy, or what was put in its place.
    run_sql(server, f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')


def _insist(server: str, name: str, statement: str) -> None:
    # TimescaleDB has a process in each database that comes back by itself.
    for _ in range(_TRIES):
        run_sql(server, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                        f" WHERE datname = '{name}'")  # fmt: skip
        try:
            run_sql(server, statement)
            return
        except psycopg.errors.ObjectInUse:
            time.sleep(0.1)
    raise AssertionError(f"{name} stays in use")

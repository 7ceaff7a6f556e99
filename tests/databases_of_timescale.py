"""Databases on a TimescaleDB: copied, and put in the place of one another."""

import time

import psycopg

from tests.services import run_sql

_TRIES = 100


def copy(server: str, original: str, name: str) -> None:
    """Makes a database like another, whose clients are cut off for a moment."""
    _alone(server, original, f'CREATE DATABASE "{name}" TEMPLATE "{original}"')
    run_sql(server, f'ALTER DATABASE "{original}" ALLOW_CONNECTIONS true')


def restore(server: str, name: str, earlier: str) -> None:
    """Puts an earlier copy in the place of a database, as a restore does."""
    _alone(server, name, f'ALTER DATABASE "{name}" RENAME TO "{name}-lost"')
    _alone(server, earlier, f'ALTER DATABASE "{earlier}" RENAME TO "{name}"')
    run_sql(server, f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
    drop(server, f"{name}-lost")


def drop(server: str, name: str) -> None:
    """Deletes a database, whoever is connected to it."""
    run_sql(server, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _alone(server: str, name: str, statement: str) -> None:
    """Runs a statement that nobody else may look on at; the database is closed afterwards."""
    run_sql(server, f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
    # TimescaleDB has a process in each database that comes back by itself.
    for _ in range(_TRIES):
        run_sql(
            server,
            f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'",
        )
        try:
            run_sql(server, statement)
            return
        except psycopg.errors.ObjectInUse:
            time.sleep(0.1)
    raise AssertionError(f"somebody stays in {name}")

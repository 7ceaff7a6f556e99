"""Connections to one database, and the drivers' errors made Wuguan's own."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import psycopg
from psycopg_pool import ConnectionPool, PoolTimeout

from wuguan.domain.errors import TemporarilyUnavailable

Connection = psycopg.Connection[tuple[Any, ...]]
Cursor = psycopg.Cursor[tuple[Any, ...]]

_WAIT_SECONDS = 5.0
# Key lists of one and of thousands take the same statement: each is planned for what it is given.
_SETTINGS = " ".join(
    f"-c {setting}"
    for setting in (
        "statement_timeout=120s",
        "lock_timeout=30s",
        "idle_in_transaction_session_timeout=120s",
        "timezone=UTC",
        "jit=off",
        # A few rows by their keys, from tables that lie in memory: what the defaults of a server
        # take for a reason to read the whole table, in parallel.
        "random_page_cost=1.1",
        "max_parallel_workers_per_gather=0",
        "plan_cache_mode=force_custom_plan",
    )
)


class PoolUse(NamedTuple):
    """How full a pool is."""

    used: int
    most: int
    waiting: int
    """Requests that wait for a connection."""


class Connections:
    """A pool of connections. `on_loss` is called when the database does not answer."""

    def __init__(self, dsn: str, *, size: int, on_loss: Callable[[], None] | None = None) -> None:
        self._listeners: list[Callable[[], None]] = [on_loss] if on_loss else []
        self._pool = ConnectionPool(
            dsn,
            min_size=2,
            max_size=size,
            timeout=_WAIT_SECONDS,
            reconnect_timeout=1.0,
            kwargs={"options": _SETTINGS, "connect_timeout": 5, "autocommit": True},
            # A server that restarted leaves dead connections behind; none may be handed out.
            check=self._check,
            open=True,
        )

    def when_lost(self, listener: Callable[[], None]) -> None:
        """Calls `listener` whenever the database did not answer."""
        self._listeners.append(listener)

    @contextmanager
    def transaction(self, *, relaxed: bool = False) -> Iterator[Connection]:
        """A transaction in READ COMMITTED, so that each statement sees what was committed before.

        `relaxed`: the commit may be lost with the server, not torn. For what the log can restore.
        """
        with self._translated(), self._pool.connection() as connection, connection.transaction():
            if relaxed:
                connection.execute("SET LOCAL synchronous_commit = off")
            yield connection

    @contextmanager
    def pipelined(self) -> Iterator[Connection]:
        """A relaxed transaction whose statements are sent without waiting for one another.

        An answer is waited for where it is fetched, and all of them at the end. Each wait costs a
        busy process more than its round trip: it must come by the interpreter again.
        """
        with (
            self._translated(),
            self._pool.connection() as connection,
            connection.pipeline(),
            connection.transaction(),
        ):
            connection.execute("SET LOCAL synchronous_commit = off")
            yield connection

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """One consistent view of the database, for reading."""
        with self._translated(), self._pool.connection() as connection, connection.transaction():
            connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield connection

    @contextmanager
    def session(self) -> Iterator[Connection]:
        """A connection of one's own, each statement committed by itself."""
        with self._translated(), self._pool.connection() as connection:
            yield connection

    def use(self) -> PoolUse:
        """How full the pool is now. Asks nobody outside this process."""
        told = self._pool.get_stats()
        used = told["pool_size"] - told["pool_available"]
        return PoolUse(used, told["pool_max"], told["requests_waiting"])

    def close(self) -> None:
        """Closes all connections."""
        self._pool.close()

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except PoolTimeout as error:
            self._lost()
            raise TemporarilyUnavailable("the database cannot be reached") from error
        except (psycopg.OperationalError, psycopg.InterfaceError) as error:
            # Lost connections, a full disk, deadlocks and time-outs alike: try again.
            self._lost()
            raise TemporarilyUnavailable(f"the database did not answer: {error}") from error

    def _check(self, connection: Connection) -> None:
        """Whether a connection still lives; the pool replaces a dead one, and tells nobody."""
        try:
            ConnectionPool.check_connection(connection)
        except psycopg.Error:
            self._lost()
            raise

    def _lost(self) -> None:
        for listener in self._listeners:
            listener()


def advisory(space: str, *parts: object) -> str:
    """The name of an advisory lock; PostgreSQL hashes it to 64 bits."""
    return "/".join((space, *map(str, parts)))

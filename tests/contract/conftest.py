"""The stores on which every contract is tried, and the clock they go by."""

import os
from collections.abc import Iterator
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from tests.absent_services import absent
from tests.builders import Clock
from wuguan.adapters.memory.store import MemoryStore
from wuguan.ports import Store

if TYPE_CHECKING:
    from tests.contract.databases import Databases

_OTHER_SERVER = "WUGUAN_TEST_DSN"
"""A PostgreSQL to try the contracts on as well; its user may create databases."""
_TIMESCALE = "WUGUAN_TEST_TIMESCALE"
"""A PostgreSQL with TimescaleDB, whose hypertables must keep the same contracts."""
_STORES = [
    "memory",
    "postgres-embedded",
    *(["postgres-dsn"] * (_OTHER_SERVER in os.environ)),
    *(["timescale"] * (_TIMESCALE in os.environ)),
]


@pytest.fixture
def clock() -> Clock:
    """The store's clock: noon of TODAY, until a test moves it."""
    return Clock()


@pytest.fixture(params=_STORES)
def store(request: pytest.FixtureRequest, clock: Clock) -> Iterator[Store]:
    """An empty store."""
    if request.param == "memory":
        yield MemoryStore(clock)
        return
    servers = {
        "postgres-embedded": "embedded_databases",
        "postgres-dsn": "databases_of_dsn",
        "timescale": "databases_of_timescale",
    }
    databases: Databases = request.getfixturevalue(servers[request.param])
    from wuguan.adapters.postgres.store import open_store

    with databases.fresh() as dsn, closing(open_store(dsn, clock=clock)) as opened:
        yield opened


@pytest.fixture(scope="session")
def embedded_databases(postgres_dsn: str) -> "Iterator[Databases]":
    """Databases on the embedded server."""
    yield from _databases(postgres_dsn)


@pytest.fixture(scope="session")
def databases_of_dsn() -> "Iterator[Databases]":
    """Databases on the server named in the environment."""
    yield from _databases(os.environ[_OTHER_SERVER])


@pytest.fixture(scope="session")
def databases_of_timescale() -> "Iterator[Databases]":
    """Databases on the TimescaleDB named in the environment."""
    yield from _databases(os.environ[_TIMESCALE])


def _databases(dsn: str) -> "Iterator[Databases]":
    try:
        from tests.contract.databases import Databases
    except ImportError:
        absent("The PostgreSQL adapter", "pip install 'wuguan[postgres]'")
    with closing(Databases(dsn)) as databases:
        yield databases

"""Stores on one fresh database of the embedded server."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing

import pytest

from deploy.local.kafka import Broker
from deploy.local.timescale import Timescale
from tests.builders import Clock
from tests.contract.databases import Databases
from tests.integration.faust_world import World, world_on
from tests.services import own_broker, own_timescale
from wuguan.adapters.postgres.store import PostgresStore, open_store

OpenStore = Callable[[], PostgresStore]


@pytest.fixture(scope="session")
def databases(postgres_dsn: str) -> Iterator[Databases]:
    """Fresh databases on the embedded server."""
    with closing(Databases(postgres_dsn)) as databases:
        yield databases


@pytest.fixture
def clock() -> Clock:
    """Noon of TODAY, until a test moves it."""
    return Clock()


@pytest.fixture
def dsn(databases: Databases) -> Iterator[str]:
    """A fresh database, for what no port can do."""
    with databases.fresh() as fresh:
        yield fresh


@pytest.fixture
def open_another(dsn: str, clock: Clock) -> Iterator[OpenStore]:
    """Opens stores on one and the same database, each as a process of its own would."""
    with ExitStack() as opened:

        def open_one() -> PostgresStore:
            return opened.enter_context(closing(open_store(dsn, clock=clock, size=4)))

        yield open_one


@pytest.fixture
def store(open_another: OpenStore) -> PostgresStore:
    """The first store on the database."""
    return open_another()


@pytest.fixture(scope="module")
def services() -> Iterator[tuple[Broker, Timescale]]:
    """A broker and a TimescaleDB of a module's own."""
    with own_broker() as broker, own_timescale() as timescale:
        yield broker, timescale


@pytest.fixture
def world(services: tuple[Broker, Timescale]) -> Iterator[World]:
    """Empty topics, a database and a group of the test's own."""
    with world_on(*services) as world:
        yield world

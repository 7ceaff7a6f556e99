"""Two districts on every server: the embedded one, and those that the environment names."""

import os
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from tests.integration.boards.world import LABEL, LOGINS, World, board_world, log_in, on_server

_SERVERS = {
    "embedded": None,
    "other": "WUGUAN_TEST_DSN",
    "timescale": "WUGUAN_TEST_TIMESCALE",
}


def _there(name: str) -> bool:
    variable = _SERVERS[name]
    return variable is None or variable in os.environ


@pytest.fixture(scope="module", params=[name for name in _SERVERS if _there(name)])
def server(request: pytest.FixtureRequest) -> str:
    """The DSN of a server; its user may make databases and roles."""
    variable = _SERVERS[request.param]
    return os.environ[variable] if variable else str(request.getfixturevalue("postgres_dsn"))


@pytest.fixture(scope="module")
def world(server: str) -> Iterator[World]:
    """Two districts, and logins for both and for a school."""
    with board_world(server) as world:
        yield log_in(world, *LOGINS)


@pytest.fixture
def own_world(server: str) -> Iterator[World]:
    """The same, for one test that changes it."""
    with board_world(server) as world:
        yield log_in(world, *LOGINS)


@pytest.fixture(scope="module")
def application(world: World) -> Iterator[psycopg.Connection[Any]]:
    """A session of the application, which others may see and must not read."""
    with world.as_application() as connection:
        connection.execute(f"SELECT '{LABEL}'".encode())
        yield connection


@pytest.fixture
def plain_user(server: str) -> Iterator[str]:
    """A user of the server without any right of its own."""
    name = f"wuguan_plain_{uuid4().hex[:8]}"
    on_server(server, "CREATE ROLE {} LOGIN", name)
    yield name
    on_server(server, "DROP ROLE {}", name)

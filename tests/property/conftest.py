"""Databases to try properties on."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from tests.contract.databases import Databases


@pytest.fixture(scope="session")
def databases(postgres_dsn: str) -> Iterator[Databases]:
    """Fresh databases on the embedded server."""
    with closing(Databases(postgres_dsn)) as databases:
        yield databases

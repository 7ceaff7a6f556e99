"""What all tests may share: one embedded PostgreSQL for the whole session."""

from collections.abc import Iterator

import pytest

from tests.absent_services import absent


@pytest.fixture(scope="session")
def postgres_dsn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The DSN of an embedded PostgreSQL that is empty when the session begins."""
    try:
        from wuguan.adapters.postgres.embedded import EmbeddedServer
    except ImportError:
        absent("The embedded PostgreSQL", "pip install 'wuguan[postgres]'")
    server = EmbeddedServer(tmp_path_factory.mktemp("server"))
    dsn = server.start()
    yield dsn
    server.stop()

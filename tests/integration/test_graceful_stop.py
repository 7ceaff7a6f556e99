"""SIGTERM in the middle of a push: the server ends by itself and keeps all it answered for."""

import json
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.load import Load, LoadRequest
from tests.pushing import Pushing
from tests.server import Server, running_server, start_server
from wuguan.adapters.postgres.embedded import EmbeddedServer
from wuguan.adapters.postgres.store import open_store
from wuguan.client.client import Client

LOAD = Load(schools=2, classes_a_grade=5, days=4)
SETTINGS = {"WUGUAN_RATE_LIMIT": "0"}


@pytest.fixture
def data() -> Iterator[Path]:
    """A data folder that every user may enter: as root, PostgreSQL runs as another one."""
    with tempfile.TemporaryDirectory(prefix="wuguan-tests-", ignore_cleanup_errors=True) as folder:
        yield Path(folder) / "data"


def test_what_was_answered_before_a_stop_is_in_the_log_after_it(data: Path) -> None:
    answered: set[str] = set()

    def note(request: LoadRequest, answer: bytes) -> None:
        assert json.loads(answer)["accepted"] == len(request.ids)
        answered.update(request.ids)

    # given a push from several connections
    with running_server(data, env=SETTINGS) as server:
        keys = keys_of(server)
        requests = list(LOAD.requests())
        pushing = Pushing(server.base_url, keys, requests, connections=4, on_answer=note)
        pushing.start()
        while pushing.pushed < len(requests) // 4:
            time.sleep(0.005)

        # when the server is told to stop in the middle of it, and started again
        exit_code = server.stop()
        port = int(server.base_url.rpartition(":")[2])
        again = start_server(data, env=SETTINGS, port=port, admin_key=server.admin_key)
        pushing.wait()
        again.stop()

    # then it ended well, and nothing answered is missing
    assert exit_code == 0
    assert len(answered) == sum(len(request.ids) for request in requests)
    assert answered <= logged(data)


def keys_of(server: Server) -> dict[str, str]:
    """An ingest key for every school of the load."""
    with Client(server.base_url, server.admin_key) as admin:
        return {
            school: admin.create_key("ingest", school_id=school, label="test").key
            for school in LOAD.school_ids()
        }


def logged(data: Path) -> set[str]:
    """The ids of all events in the log."""
    database = EmbeddedServer(data)
    with closing(open_store(database.start())) as store:
        ids, position = set[str](), 0
        while records := store.log.read(position, 1_000):
            ids.update(e["id"] for r in records for e in json.loads(r.frame.body))
            position = records[-1].position
    database.stop()
    return ids

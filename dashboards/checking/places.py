"""A seeded city on a database that is there for the time of a check."""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from datetime import date
from pathlib import Path

from msgspec import Struct

from dashboards.checking.seeding import CITY, DISTRICT, seed
from wuguan.adapters.postgres.board_checking import BoardLogin, logged_in
from wuguan.adapters.postgres.embedded import EmbeddedServer
from wuguan.adapters.postgres.store import open_store

# For a database that listens on a socket of its own folder, and is deleted afterwards.
_PASSWORD = "for-a-check-alone"


class Places(Struct, frozen=True):
    """The database, and the logins of the district and of the city, by unit."""

    dsn: str
    logins: Mapping[str, BoardLogin]


@contextmanager
def seeded(today: date) -> Iterator[Places]:
    """Starts, fills and afterwards deletes a database."""
    with tempfile.TemporaryDirectory(prefix="wuguan-check-") as folder, ExitStack() as stack:
        server = EmbeddedServer(Path(folder))
        dsn = server.start()
        stack.callback(server.stop)
        store = stack.enter_context(closing(open_store(dsn, size=2)))
        seed(store, today)
        roles = {one: store.board_access.ensure_role(one, _PASSWORD) for one in (DISTRICT, CITY)}
        logins = {
            unit_id: stack.enter_context(logged_in(dsn, role, _PASSWORD))
            for unit_id, role in roles.items()
        }
        yield Places(dsn, logins)

"""All ports on one PostgreSQL database."""

import time
from collections.abc import Callable, Mapping

from wuguan.adapters.postgres.access import PostgresKeys, PostgresRejects, PostgresRequests
from wuguan.adapters.postgres.alerts import PostgresAlerts
from wuguan.adapters.postgres.backlog import PostgresBacklogs
from wuguan.adapters.postgres.board_queries import PostgresBoards
from wuguan.adapters.postgres.board_roles import PostgresBoardRoles
from wuguan.adapters.postgres.connections import Connections
from wuguan.adapters.postgres.figures import PostgresFigures
from wuguan.adapters.postgres.ledgers import PostgresLedgers
from wuguan.adapters.postgres.log import PostgresEventLog
from wuguan.adapters.postgres.migrating import migrate
from wuguan.adapters.postgres.naming import require_dsn
from wuguan.adapters.postgres.notices import PostgresNotices
from wuguan.adapters.postgres.periods import PostgresPeriods
from wuguan.adapters.postgres.rebuilding import PostgresRebuilding
from wuguan.adapters.postgres.remeasuring import PostgresRemeasuring
from wuguan.adapters.postgres.replies import PostgresReplies
from wuguan.adapters.postgres.rollups import PostgresRollups
from wuguan.adapters.postgres.roster import PostgresRoster
from wuguan.metric_names import MetricName
from wuguan.ports import LogEnds

_CACHED_FACTS = 100_000


def system_clock() -> int:
    """Microseconds since the epoch."""
    return time.time_ns() // 1000


class PostgresStore:
    """The store of an installation: a database of the schema of this version."""

    def __init__(
        self,
        connections: Connections,
        *,
        clock: Callable[[], int],
        cached_facts: int,
        ends: LogEnds | None = None,
    ) -> None:
        self._connections = connections
        self.log = PostgresEventLog(connections)
        self.roster = PostgresRoster(connections)
        self.ledgers = PostgresLedgers(connections, self.roster.height, cached_facts)
        self.remeasuring = PostgresRemeasuring(connections)
        self.rebuilding = PostgresRebuilding(connections, cached_facts)
        self.rollups = PostgresRollups(connections, self.roster.height, clock)
        self.periods = PostgresPeriods(connections, clock)
        self.figures = PostgresFigures(connections, clock, ends)
        self.backlogs = PostgresBacklogs(connections)
        self.keys = PostgresKeys(connections)
        self.requests = PostgresRequests(connections)
        self.rejects = PostgresRejects(connections)
        self.replies = PostgresReplies(connections)
        self.alerts = PostgresAlerts(connections)
        self.notices = PostgresNotices(connections)
        self.boards = PostgresBoards(connections)
        self.board_access = PostgresBoardRoles(connections)

    @property
    def asked(self) -> Mapping[MetricName, Callable[[], float]]:
        """What the store tells of itself whenever it is asked."""
        pool = self._connections
        return {
            "wuguan_pool_connections_used": lambda: pool.use().used,
            "wuguan_pool_connections_most": lambda: pool.use().most,
            "wuguan_pool_waiting_requests": lambda: pool.use().waiting,
        }

    def close(self) -> None:
        """Closes all connections."""
        self._connections.close()


def open_store(
    dsn: str,
    *,
    clock: Callable[[], int] = system_clock,
    restart: Callable[[], None] | None = None,
    size: int = 16,
    cached_facts: int = _CACHED_FACTS,
    ends: LogEnds | None = None,
) -> PostgresStore:
    """Opens the database at `dsn`, brought to the schema of this version.

    `ends` tells how far the log has been written where it is no table of this database.

    `restart` is called, from whatever thread finds it out, when the database does not answer.
    """
    require_dsn(dsn)
    migrate(dsn)
    connections = Connections(dsn, size=size, on_loss=restart)
    return PostgresStore(connections, clock=clock, cached_facts=cached_facts, ends=ends)

"""The application's own reading of the views for boards."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from psycopg.errors import InvalidSchemaName, QueryCanceled, UndefinedTable

from wuguan.adapters.postgres.connections import Connection, Connections
from wuguan.domain.errors import Misconfigured, TemporarilyUnavailable
from wuguan.ports import BoardRows

_SECONDS = 15
_LOOK_FROM = """
    SELECT set_config('transaction_read_only', 'on', true),
           set_config('statement_timeout', %s, true),
           set_config('search_path', 'board, pg_temp', true),
           set_config('enable_memoize', 'off', true),
           set_config('wuguan.board_unit', %s, true)
"""
TOO_LONG = (
    f"看板查询超过 {_SECONDS} 秒，已中止；请稍后再试，或选择较短的时段"
    f" / a board's query took more than {_SECONDS} seconds and was ended: try again later, or"
    " choose a shorter period"
)
NO_VIEWS = (
    "看板视图不存在，因为数据库用户不能建立模式。请由数据库所有者执行 GRANT CREATE ON DATABASE "
    "数据库 TO 用户，然后重新启动 / the views for boards are missing, because the database user "
    "may not make a schema; have the database's owner run GRANT CREATE ON DATABASE database TO "
    "user, then start again"
)


class PostgresBoards:
    """Boards on the views of the schema `board`."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    @contextmanager
    def looking_from(self, unit_id: str) -> Iterator["PostgresBoardLook"]:
        """All that is asked in it is answered from the same moment."""
        try:
            with self._connections.transaction() as connection:
                connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
                connection.execute(_LOOK_FROM, (f"{_SECONDS}s", unit_id))
                yield PostgresBoardLook(connection)
        except (UndefinedTable, InvalidSchemaName):
            self._require_views()
            raise

    def _require_views(self) -> None:
        with self._connections.transaction(relaxed=True) as connection:
            row = connection.execute("SELECT to_regclass('board.reply')").fetchone()
        if row is None or row[0] is None:
            raise Misconfigured([NO_VIEWS]) from None


class PostgresBoardLook:
    """Questions within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def rows(self, sql: str, parameters: Mapping[str, object], limit: int) -> BoardRows:
        """At most `limit` rows of one SELECT."""
        # As a subquery, so that it can only be one SELECT; on a line of its own, lest it end in a
        # comment. Its order stays: nothing here is done in parallel.
        asked = f"SELECT * FROM (\n{sql}\n) AS panel LIMIT %(row_limit)s"
        try:
            cursor = self._connection.execute(asked.encode(), {**parameters, "row_limit": limit})
        except QueryCanceled:
            raise TemporarilyUnavailable(TOO_LONG) from None
        return BoardRows([column.name for column in cursor.description or ()], cursor.fetchall())

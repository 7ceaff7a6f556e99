"""Keys, requests in work or answered, and what was refused."""

from collections.abc import Sequence
from datetime import date, timedelta

from wuguan.adapters.postgres.connections import Connection, Connections
from wuguan.domain.instants import DAY_US, midnight_us
from wuguan.ports import ApiKey, EarlierRequest, RejectedRow

_TAKEN_OVER_US = 30_000_000
_REMEMBERED_US = DAY_US
_KEY = "key_id, scope, unit_id, label, created_us"


class PostgresKeys:
    """Keys on the table `api_key`."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def add(self, key: ApiKey, digest: bytes) -> None:
        """Keeps a key."""
        with self._connections.transaction() as connection:
            connection.execute(
                f"INSERT INTO api_key (digest, {_KEY}) VALUES (%s, %s, %s, %s, %s, %s)",
                (digest, key.key_id, key.scope, key.unit_id, key.label, key.created_us),
            )

    def add_first_admin(self, key: ApiKey, digest: bytes) -> bool:
        """Keeps an admin key if there never was one."""
        with self._connections.transaction() as connection:
            # Two servers that start at once must not both print one.
            connection.execute("LOCK TABLE api_key IN EXCLUSIVE MODE")
            found = connection.execute("SELECT 1 FROM api_key WHERE scope = 'admin' LIMIT 1")
            if found.fetchone() is not None:
                return False
            connection.execute(
                f"INSERT INTO api_key (digest, {_KEY}) VALUES (%s, %s, %s, %s, %s, %s)",
                (digest, key.key_id, key.scope, key.unit_id, key.label, key.created_us),
            )
            return True

    def find(self, digest: bytes) -> ApiKey | None:
        """The key of this digest, if it is in force."""
        with self._connections.transaction(relaxed=True) as connection:
            row = connection.execute(
                f"SELECT {_KEY} FROM api_key WHERE digest = %s AND NOT ended", (digest,)
            ).fetchone()
        return None if row is None else ApiKey(*row)

    def list(self) -> Sequence[ApiKey]:
        """All keys in force, oldest first."""
        with self._connections.transaction(relaxed=True) as connection:
            rows = connection.execute(
                f"SELECT {_KEY} FROM api_key WHERE NOT ended ORDER BY created_us, key_id"
            ).fetchall()
        return [ApiKey(*row) for row in rows]

    def delete(self, key_id: str) -> bool:
        """Ends a key; whether there was one."""
        with self._connections.transaction() as connection:
            # The row stays: there was a first admin key, whatever became of it.
            cursor = connection.execute(
                "UPDATE api_key SET ended = true WHERE key_id = %s AND NOT ended", (key_id,)
            )
            return cursor.rowcount > 0


class PostgresRequests:
    """Requests on the table `request`."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def begin(self, key_id: str, name: str, digest: bytes, now_us: int) -> EarlierRequest | None:
        """Takes the request into work, or tells what stands under this name."""
        key = (key_id, name.encode("utf-8", "surrogatepass"))
        with self._connections.transaction() as connection:
            # What is over: remembered for a day; in work for 30 s, then its server has died.
            connection.execute(
                "DELETE FROM request WHERE key_id = %s AND name = %s AND (started_us < %s"
                " OR answer IS NULL AND started_us < %s)",
                (*key, now_us - _REMEMBERED_US, now_us - _TAKEN_OVER_US),
            )
            taken = connection.execute(
                "INSERT INTO request (key_id, name, digest, started_us) VALUES (%s, %s, %s, %s)"
                " ON CONFLICT DO NOTHING",
                (*key, digest, now_us),
            )
            if taken.rowcount:
                self._forget_old(connection, now_us)
                return None
            row = connection.execute(
                "SELECT digest, answer FROM request WHERE key_id = %s AND name = %s", key
            ).fetchone()
        # Gone between the two statements: as good as in work, the sender asks again.
        return EarlierRequest(*row) if row else EarlierRequest(digest, None)

    def finish(self, key_id: str, name: str, answer: bytes) -> None:
        """Keeps the answer."""
        with self._connections.transaction() as connection:
            connection.execute(
                "UPDATE request SET answer = %s WHERE key_id = %s AND name = %s",
                (answer, key_id, name.encode("utf-8", "surrogatepass")),
            )

    def abandon(self, key_id: str, name: str) -> None:
        """Forgets a request that was not answered with 202."""
        with self._connections.transaction() as connection:
            connection.execute(
                "DELETE FROM request WHERE key_id = %s AND name = %s AND answer IS NULL",
                (key_id, name.encode("utf-8", "surrogatepass")),
            )

    @staticmethod
    def _forget_old(connection: Connection, now_us: int) -> None:
        connection.execute(
            "DELETE FROM request WHERE ctid IN (SELECT ctid FROM request WHERE started_us < %s"
            " ORDER BY started_us LIMIT 20 FOR UPDATE SKIP LOCKED)",
            (now_us - _REMEMBERED_US,),
        )


class PostgresRejects:
    """Rejects on the table `rejected`."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def add(self, rows: Sequence[RejectedRow]) -> None:
        """Keeps rows; their reject_id is given here."""
        with self._connections.transaction(relaxed=True) as connection:
            insert_rejects(connection, rows)

    def list(
        self, school_id: str, from_day: date, to_day: date, after: int | None, limit: int
    ) -> Sequence[RejectedRow]:
        """Rows received on these days (UTC+8), newest first."""
        with self._connections.transaction(relaxed=True) as connection:
            rows = connection.execute(
                "SELECT reject_id, school_id, received_us, source, type, event_id, code, path,"
                " message, message_zh FROM rejected WHERE school_id = %s AND received_us >= %s"
                " AND received_us < %s AND (%s::bigint IS NULL OR reject_id < %s)"
                " ORDER BY reject_id DESC LIMIT %s",
                (
                    school_id,
                    midnight_us(from_day),
                    midnight_us(to_day + timedelta(days=1)),
                    after,
                    after,
                    limit,
                ),
            ).fetchall()
        return [RejectedRow(*row) for row in rows]


def insert_rejects(connection: Connection, rows: Sequence[RejectedRow]) -> None:
    """Writes rows of `rejected`."""
    connection.cursor().executemany(
        "INSERT INTO rejected (school_id, received_us, source, type, event_id, code, path,"
        " message, message_zh) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
        [
            (
                row.school_id, row.received_us, row.source, row.type, row.id, row.code,
                row.path, row.message, row.message_zh,
            )
            for row in rows
        ],
    )  # fmt: skip

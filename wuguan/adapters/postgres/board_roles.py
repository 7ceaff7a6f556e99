"""Logins of the database for boards: each sees one unit and what stands below it, by views only.

All that is done here is done in one transaction, and again in vain: it may be repeated at any time,
and after a restore or a change of the views it should be.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress

from psycopg import errors, sql

from wuguan.adapters.postgres.board_naming import login_of, owner_of_views
from wuguan.adapters.postgres.board_queries import NO_VIEWS
from wuguan.adapters.postgres.board_rights import (
    functions_to_close,
    give_views_to,
    is_superuser,
    let_read_views,
    still_open,
    take_from_everybody,
)
from wuguan.adapters.postgres.board_tables import make_views, put_alert_titles
from wuguan.adapters.postgres.connections import Connection, Connections, advisory
from wuguan.domain.alerting.rule import AlertRule
from wuguan.domain.errors import Misconfigured
from wuguan.ports import BoardRole

_MOST_CONNECTIONS = 10
# What a session begins with. All but the last it may change for itself, as any session may.
_SETTINGS: Mapping[str, str] = {
    "default_transaction_read_only": "on",
    "statement_timeout": "15s",
    "lock_timeout": "2s",
    "idle_in_transaction_session_timeout": "15s",
    "search_path": "board",
    "timezone": "UTC",
    "jit": "off",
    "random_page_cost": "1.1",
    "max_parallel_workers_per_gather": "0",
    # The views look up the rows of each unit once: what is remembered of it nobody asks again.
    "enable_memoize": "off",
}
_OF_SUPERUSERS: Mapping[str, str] = {"temp_file_limit": "256MB"}

_NO_ROLES = (
    "看板登录：数据库用户不能建立角色。请由超级用户执行 ALTER ROLE 用户 CREATEROLE，"
    "或改用有此权限的用户 / board logins: the database user may not create roles; have a "
    "superuser run ALTER ROLE user CREATEROLE, or use a user who may"
)
_NO_RIGHT = (
    "看板登录：数据库用户缺少权限，须为各表的所有者，并对已有的看板角色有 ADMIN 权限 / board "
    "logins: the database user lacks a right; it must own the tables, and have the ADMIN option on "
    "board roles that exist already"
)
_NO_UNIT = "看板登录：今日的机构名册中没有该单位 / board logins: today's roster has no such unit"
_NO_PASSWORD = "看板登录：口令至少 12 个字符 / board logins: a password has at least 12 characters"
_OPEN = (
    "看板登录：以下权限仍对所有人开放，因此未建立登录；请由数据库所有者或超级用户执行 / board "
    "logins: what follows is still open to everybody, so no login was made; have the database's "
    "owner or a superuser run: "
)


class PostgresBoardRoles:
    """Logins on the table `board_role` and the roles of the server."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def ensure_role(self, unit_id: str, password: str) -> str:
        """Makes the login of a unit, or makes it anew with this password. Its name."""
        if len(password) < 12:
            raise Misconfigured([_NO_PASSWORD])
        with self._changing() as connection:
            _require_place(connection, unit_id)
            role = login_of(connection.info.dbname, unit_id)
            _ensure_owner(connection)
            _ensure_login(connection, role, password)
            connection.execute("DELETE FROM board_role WHERE role = %s", (role,))
            connection.execute("INSERT INTO board_role VALUES (%s, %s)", (role, unit_id))
            let_read_views(connection, role)
            _close(connection, role)
        return role

    def drop_role(self, unit_id: str) -> bool:
        """Ends the login of a unit and its sessions; whether there was one."""
        with self._changing() as connection:
            # From the commit on its views are empty, whatever else can be taken away.
            rows = connection.execute(
                "DELETE FROM board_role WHERE unit_id = %s RETURNING role", (unit_id,)
            ).fetchall()
            for (role,) in rows:
                if _exists(connection, role):
                    _drop(connection, role)
        return bool(rows)

    def roles(self) -> Sequence[BoardRole]:
        """The logins there are, by name."""
        with self._connections.transaction(relaxed=True) as connection:
            rows = connection.execute(
                "SELECT b.role, b.unit_id FROM board_role b JOIN pg_roles r ON r.rolname = b.role"
                " WHERE r.rolcanlogin ORDER BY b.role"
            ).fetchall()
        return [BoardRole(*row) for row in rows]

    def title_alerts(self, rules: Sequence[AlertRule]) -> None:
        """Says what alerts of these rules are called."""
        with self._connections.transaction() as connection:
            put_alert_titles(connection, rules)

    def left_open(self) -> Sequence[str]:
        """SQL for a superuser: functions that everybody may call, and logins need not."""
        with self._connections.transaction(relaxed=True) as connection:
            return functions_to_close(connection)

    @contextmanager
    def _changing(self) -> Iterator[Connection]:
        """A transaction of the only one who changes rights in this database."""
        try:
            with self._connections.transaction() as connection:
                connection.execute(
                    "SELECT pg_advisory_xact_lock(hashtextextended(%s, 1))",
                    (advisory("board", "roles"),),
                )
                yield connection
        except (errors.InsufficientPrivilege, errors.InvalidGrantOperation) as error:
            raise Misconfigured([f"{_NO_RIGHT}: {error.diag.message_primary}"]) from error


def _require_place(connection: Connection, unit_id: str) -> None:
    """Misconfigured without the views, the unit, or the right to create roles."""
    if not make_views(connection):
        raise Misconfigured([NO_VIEWS])
    row = connection.execute(
        "SELECT rolsuper OR rolcreaterole, EXISTS (SELECT FROM board_unit WHERE unit_id = %s)"
        " FROM pg_roles WHERE rolname = current_user",
        (unit_id,),
    ).fetchone()
    may, known = row or (False, False)
    faults = [*[_NO_ROLES] * (not may), *[_NO_UNIT] * (not known)]
    if faults:
        raise Misconfigured(faults)


def _ensure_owner(connection: Connection) -> None:
    """The views belong to a role that is no superuser and that nobody can log in as."""
    owner = owner_of_views(connection.info.dbname)
    _create(connection, owner)
    name = sql.Identifier(owner)
    connection.execute(sql.SQL("ALTER ROLE {} NOLOGIN NOINHERIT").format(name))
    if not is_superuser(connection):
        # Only a member may give away what is its own.
        connection.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(name))
    give_views_to(connection, owner)


def _ensure_login(connection: Connection, role: str, password: str) -> None:
    _create(connection, role)
    name = sql.Identifier(role)
    # Made into a verifier here: what is sent may be logged.
    verifier = connection.pgconn.encrypt_password(
        password.encode(), role.encode(), b"scram-sha-256"
    ).decode()
    connection.execute(
        sql.SQL("ALTER ROLE {} LOGIN NOINHERIT CONNECTION LIMIT {} PASSWORD {}").format(
            name, sql.Literal(_MOST_CONNECTIONS), sql.Literal(verifier)
        )
    )
    connection.execute(sql.SQL("ALTER ROLE {} RESET ALL").format(name))
    superuser = is_superuser(connection)
    settings = {**_SETTINGS, **(_OF_SUPERUSERS if superuser else {})}
    for setting, value in settings.items():
        statement = sql.SQL("ALTER ROLE {} SET {} = {}")
        connection.execute(statement.format(name, sql.Identifier(setting), sql.Literal(value)))


def _close(connection: Connection, role: str) -> None:
    """Takes from everybody what a login must not have, or raises Misconfigured."""
    take_from_everybody(connection, role)
    statements = still_open(connection, role)
    if statements:
        raise Misconfigured([_OPEN + "; ".join(statements)])


def _create(connection: Connection, role: str) -> None:
    """Makes a role, unless there is one: a server's other databases may make some as well."""
    with (
        suppress(errors.DuplicateObject, errors.UniqueViolation),
        connection.transaction(),
    ):
        connection.execute(
            sql.SQL("CREATE ROLE {} NOLOGIN NOINHERIT NOCREATEDB NOCREATEROLE").format(
                sql.Identifier(role)
            )
        )


def _drop(connection: Connection, role: str) -> None:
    name = sql.Identifier(role)
    connection.execute(sql.SQL("ALTER ROLE {} NOLOGIN PASSWORD NULL").format(name))
    connection.execute(sql.SQL("REVOKE ALL ON ALL TABLES IN SCHEMA board FROM {}").format(name))
    connection.execute(sql.SQL("REVOKE ALL ON SCHEMA board FROM {}").format(name))
    _end_sessions(connection, role)
    # A copy of this database may know it too; nobody can log in as it any more.
    with suppress(errors.DependentObjectsStillExist), connection.transaction():
        connection.execute(sql.SQL("DROP ROLE {}").format(name))


def _end_sessions(connection: Connection, role: str) -> None:
    # Where that is not allowed, they see nothing from now on.
    with suppress(errors.InsufficientPrivilege), connection.transaction():
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = %s", (role,)
        )


def _exists(connection: Connection, role: str) -> bool:
    found = connection.execute("SELECT FROM pg_roles WHERE rolname = %s", (role,))
    return found.fetchone() is not None

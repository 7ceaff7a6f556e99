"""What the views for boards may read, and what everybody else may no longer do beside them."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from psycopg import sql
from psycopg.errors import InsufficientPrivilege

from wuguan.adapters.postgres.connections import Connection

_SUMS = ("expected", "reported", "judged", "compliant", "total", "bins", "rules")
# Column by column: whatever a view should say one day, it cannot show facts or event ids.
_READ_BY_VIEWS: Mapping[str, Sequence[str]] = {
    "board_role": ("role", "unit_id"),
    "board_unit": ("above", "unit_id", "level", "name", "parent"),
    "board_metric": (
        "metric", "management", "counts", "title", "title_zh", "edges", "closed", "about_school",
        "coverage_by_reporting", "of_pupils",
    ),
    "unit_tally": ("unit_id", "metric", "day", "stage", "grade", *_SUMS),
    "period_tally": ("grain", "first_day", "grade", "metric", "unit_id", "stage", *_SUMS),
    "system_tally": ("unit_id", "day", "management", "system", "classes"),
    "board_alert_rule": ("rule_id", "title", "title_zh"),
    "alert": (
        "rule_id", "kind", "unit_id", "system", "state", "severity", "breach_days", "fired_on",
        "ended_on", "cause", "value", "threshold",
    ),
    "rule": ("rule_id", "body"),
    "ledger": ("school_id", "day", "management", "findings"),
    "rejected": ("school_id", "received_us", "code"),
    "reply": ("school_id", "day", "management", "kind", "text", "said_us"),
    "dirty": ("unit_id", "day"),
    "period_dirty": ("unit_id", "day"),
    "remeasure": ("school_id",),
    "event_log": ("position", "school_id"),
    "consumer_position": ("topic", "partition", "next_offset"),
}  # fmt: skip
VIEWS = (
    "viewer", "unit", "below", "metric", "day", "period", "rule", "standing", "finding",
    "rejected", "reply", "system", "alert", "freshness",
)  # fmt: skip

# Functions that everybody may call by default, and that reach beyond what a reader may do: they
# hold up writers (by the very locks that these take), fill the disk, or write to the server's log
# of changes.
_FUNCTIONS_TO_CLOSE = """
    SELECT format('pg_catalog.%I(%s)', p.proname, pg_get_function_identity_arguments(p.oid))
    FROM pg_proc p
    WHERE p.pronamespace = 'pg_catalog'::regnamespace
      AND p.proname ~ '^(pg_(try_)?advisory_|lo_|loread$|lowrite$|pg_logical_emit_message$)'
      AND EXISTS (SELECT FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
                  WHERE a.grantee = 0 AND a.privilege_type = 'EXECUTE')
    ORDER BY 1
"""
_SCHEMA_OID = "(SELECT relnamespace FROM pg_class WHERE oid = 'ledger'::regclass)"
# Whoever has been given a table keeps what everybody had until now.
_USERS = f"""
    SELECT r.rolname FROM pg_roles r
    WHERE NOT r.rolsuper AND r.rolname !~ '^wuguan_views_' AND r.oid IN (
        SELECT c.relowner FROM pg_class c WHERE c.oid = 'ledger'::regclass
        UNION SELECT a.grantee FROM pg_class c, aclexplode(c.relacl) a
        WHERE c.relnamespace = {_SCHEMA_OID})
    ORDER BY 1
"""
_KEEP_SCHEMA = f"""
    SELECT format('GRANT %s ON SCHEMA %s TO %I', of_user.right_kept,
                  {_SCHEMA_OID}::regnamespace, u.rolname)
    FROM ({_USERS}) u, unnest(ARRAY['USAGE', 'CREATE']) AS of_user (right_kept)
    WHERE has_schema_privilege(u.rolname, {_SCHEMA_OID}, of_user.right_kept)
"""
_CLOSE_DATABASE = """
    SELECT format('REVOKE TEMPORARY, CREATE ON DATABASE %%I FROM PUBLIC', current_database())
    WHERE has_database_privilege(%(role)s, current_database(), 'TEMPORARY, CREATE')
"""
_CLOSE_SCHEMA = f"""
    SELECT format('REVOKE ALL ON SCHEMA %%s FROM PUBLIC', {_SCHEMA_OID}::regnamespace)
    WHERE has_schema_privilege(%(role)s, {_SCHEMA_OID}, 'USAGE, CREATE')
"""
_CLOSE_ROLE = """
    SELECT format('REVOKE %%s FROM %%I', m.roleid::regrole, r.rolname)
    FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.member WHERE r.rolname = %(role)s
    UNION ALL SELECT format('ALTER ROLE %%I NOSUPERUSER NOREPLICATION NOBYPASSRLS NOCREATEDB'
                            ' NOCREATEROLE', rolname)
    FROM pg_roles WHERE rolname = %(role)s
     AND (rolsuper OR rolreplication OR rolbypassrls OR rolcreatedb OR rolcreaterole)
    UNION ALL SELECT format('DROP EXTENSION %%I', extname)
    FROM pg_extension WHERE extname IN ('dblink', 'postgres_fdw', 'file_fdw')
"""
_CLOSE_TABLES = f"""
    SELECT format('REVOKE ALL ON %%s FROM PUBLIC, %%I', c.oid::regclass, %(role)s::text)
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')
      AND (n.oid = {_SCHEMA_OID}
           OR n.nspname = '_timescaledb_internal' AND c.relname ~ '^(_hyper|compress_hyper)_')
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e'
                      AND d.classid = 'pg_class'::regclass)
      AND has_any_column_privilege(%(role)s, c.oid, 'SELECT, INSERT, UPDATE')
    ORDER BY 1 LIMIT 5
"""


def give_views_to(connection: Connection, owner: str) -> None:
    """Lets this role read what the views need and nothing else, and makes them its own."""
    name = sql.Identifier(owner)
    for table, columns in _READ_BY_VIEWS.items():
        if not _reads(connection, owner, table, columns):
            of_table = sql.SQL("GRANT SELECT ({}) ON {} TO {}")
            listed = sql.SQL(", ").join(map(sql.Identifier, columns))
            connection.execute(of_table.format(listed, sql.Identifier(table), name))
    others = [view for view in VIEWS if not _belongs_to(connection, view, owner)]
    if others:
        connection.execute(sql.SQL("GRANT CREATE ON SCHEMA board TO {}").format(name))
        for view in others:
            connection.execute(sql.SQL("ALTER VIEW {} OWNER TO {}").format(_view(view), name))
        connection.execute(sql.SQL("REVOKE CREATE ON SCHEMA board FROM {}").format(name))


def let_read_views(connection: Connection, role: str) -> None:
    """Lets a login reach and read the views."""
    name = sql.Identifier(role)
    connection.execute(sql.SQL("GRANT USAGE ON SCHEMA board TO {}").format(name))
    views = sql.SQL(", ").join(map(_view, VIEWS))
    connection.execute(sql.SQL("GRANT SELECT ON {} TO {}").format(views, name))


def take_from_everybody(connection: Connection, role: str) -> None:
    """Takes away what everybody may do by default in this database, as far as this user may.

    A reader in SQL has no use for temporary tables, for the schema of the tables, or for locks.
    """
    for statements in (
        _statements(connection, _CLOSE_DATABASE, role),
        _statements(connection, _CLOSE_SCHEMA, role),
        functions_to_close(connection) if is_superuser(connection) else [],
    ):
        with suppress(InsufficientPrivilege), connection.transaction():
            for statement in statements:
                connection.execute(statement.encode())


def functions_to_close(connection: Connection) -> list[str]:
    """Statements for a superuser: what closes functions that are open to everybody."""
    functions = ", ".join(_names(connection, _FUNCTIONS_TO_CLOSE))
    if not functions:
        return []
    users = [sql.Identifier(name).as_string(connection) for name in _names(connection, _USERS)]
    keep = [f"GRANT EXECUTE ON FUNCTION {functions} TO {', '.join(users)}"] if users else []
    return [*keep, f"REVOKE EXECUTE ON FUNCTION {functions} FROM PUBLIC"]


def still_open(connection: Connection, role: str) -> Sequence[str]:
    """What a login may do that it must not: the statements that would end it."""
    questions = (_CLOSE_DATABASE, _CLOSE_SCHEMA, _CLOSE_ROLE, _CLOSE_TABLES)
    return [one for question in questions for one in _statements(connection, question, role)]


def is_superuser(connection: Connection) -> bool:
    """Whether the application's own user is one."""
    return bool(_value(connection, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user"))


def _statements(connection: Connection, question: str, role: str) -> list[str]:
    found = connection.execute(question.encode(), {"role": role}).fetchall()
    keep = _names(connection, _KEEP_SCHEMA) if found and question == _CLOSE_SCHEMA else []
    return [*keep, *(statement for (statement,) in found)]


def _names(connection: Connection, question: str) -> list[str]:
    return [name for (name,) in connection.execute(question.encode()).fetchall()]


def _reads(connection: Connection, owner: str, table: str, columns: Sequence[str]) -> bool:
    asked = (
        "SELECT bool_and(has_column_privilege(%s, %s, c, 'SELECT')) FROM unnest(%s::text[]) AS c"
    )
    return bool(_value(connection, asked, owner, table, list(columns)))


def _belongs_to(connection: Connection, view: str, owner: str) -> bool:
    asked = "SELECT pg_get_userbyid(relowner) = %s FROM pg_class WHERE oid = %s::regclass"
    return bool(_value(connection, asked, owner, f"board.{view}"))


def _view(view: str) -> sql.Identifier:
    return sql.Identifier("board", view)


def _value(connection: Connection, question: str, *parameters: Any) -> Any:
    row = connection.execute(question.encode(), parameters).fetchone()
    assert row is not None
    return row[0]

"""Logins for boards: what they may, and who may make them."""

from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from tests.builders import DISTRICT, SCHOOL, TODAY
from tests.integration.boards.world import (
    LOGINS,
    PASSWORD,
    World,
    board_world,
    log_in,
    look,
    on_server,
    run,
)
from wuguan.adapters.postgres.board_naming import owner_of_views
from wuguan.domain.calendar import NationalDays
from wuguan.domain.errors import Misconfigured
from wuguan.domain.policy import PolicyBook

# ---- logins


def test_the_sessions_of_a_login_begin_with_limits(world: World) -> None:
    dsn = make_conninfo(world.dsn, user=world.logins[DISTRICT])
    with psycopg.connect(dsn, autocommit=True) as connection:
        shown = [
            connection.execute(f"SHOW {setting}".encode()).fetchone()
            for setting in ("statement_timeout", "default_transaction_read_only", "search_path",
                            "idle_in_transaction_session_timeout", "temp_file_limit",
                            "enable_memoize")
        ]  # fmt: skip

    assert shown == [("15s",), ("on",), ("board",), ("15s",), ("256MB",), ("off",)]


def test_logins_and_the_owner_of_the_views_have_no_rights_beside(world: World) -> None:
    owner = owner_of_views(str(world.database))
    with world.as_application() as connection:
        roles = connection.execute(
            "SELECT rolname, rolcanlogin, rolsuper OR rolinherit OR rolcreaterole OR rolcreatedb"
            " OR rolreplication OR rolbypassrls, rolconnlimit FROM pg_roles"
            " WHERE rolname = ANY (%s) ORDER BY rolcanlogin, rolname",
            ([owner, *world.logins.values()],),
        ).fetchall()
        owners = connection.execute(
            "SELECT DISTINCT viewowner FROM pg_views WHERE schemaname = 'board'"
        ).fetchall()

    assert roles == [
        (owner, False, False, -1),
        *((login, True, False, 10) for login in sorted(world.logins.values())),
    ]
    assert owners == [(owner,)]


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("ledger", "facts"), ("ledger", "class_id"), ("event_log", "body"), ("api_key", "digest"),
        ("rejected", "event_id"), ("rejected", "path"), ("request", "answer"),
    ],
)  # fmt: skip
def test_the_views_cannot_read_facts_keys_or_frames(table: str, column: str, world: World) -> None:
    owner = owner_of_views(world.database)
    with world.as_application() as connection:
        may = connection.execute(
            "SELECT has_column_privilege(%s, %s, %s, 'SELECT')", (owner, table, column)
        ).fetchone()

    assert may == (False,)


def test_all_attacks_have_left_the_rights_as_they_were(world: World) -> None:
    with world.as_application() as connection:
        found = connection.execute(
            "SELECT count(*) FROM pg_class c, aclexplode(c.relacl) a"
            " WHERE c.relnamespace = 'board'::regnamespace AND a.grantee = 0"
        ).fetchone()

    assert found == (0,)


def test_a_login_of_one_database_reads_nothing_of_another(world: World, own_world: World) -> None:
    dsn = make_conninfo(own_world.dsn, user=world.logins[DISTRICT])

    with (
        psycopg.connect(dsn, autocommit=True) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute("SELECT * FROM board.unit")


def test_a_login_made_anew_has_its_settings_again_and_another_password(own_world: World) -> None:
    login = own_world.logins[DISTRICT]
    with own_world.connect(DISTRICT) as connection:
        connection.execute(f"ALTER ROLE {login} SET statement_timeout = 0".encode())
    before = _verifier(own_world, login)

    assert own_world.store.board_access.ensure_role(DISTRICT, "another-password") == login

    dsn = make_conninfo(own_world.dsn, user=login)
    with psycopg.connect(dsn) as connection:
        assert connection.execute("SHOW statement_timeout").fetchone() == ("15s",)
    after = _verifier(own_world, login)
    assert before != after
    assert after.startswith("SCRAM-SHA-256$")


def _verifier(world: World, login: str) -> str:
    (((verifier,),)) = run(
        world.dsn, f"SELECT rolpassword FROM pg_authid WHERE rolname = '{login}'"
    )
    return str(verifier)


def test_a_login_that_is_ended_sees_nothing_at_once_and_is_gone(own_world: World) -> None:
    access, login = own_world.store.board_access, own_world.logins[SCHOOL]
    with own_world.connect(SCHOOL) as connection:
        assert access.drop_role(SCHOOL)
        with pytest.raises(psycopg.OperationalError):
            connection.execute("SELECT * FROM board.unit")

    assert login not in {role.role for role in access.roles()}
    assert run(own_world.dsn, f"SELECT FROM pg_roles WHERE rolname = '{login}'") == []
    assert not access.drop_role(SCHOOL)


def test_logins_are_listed_with_their_units(world: World) -> None:
    assert {role.unit_id: role.role for role in world.store.board_access.roles()} == world.logins


def test_logins_made_at_the_same_time_are_all_made(server: str) -> None:
    with board_world(server) as one, board_world(server) as other:
        tasks = [(of, unit) for of in (one, other) for unit in LOGINS * 2]
        with ThreadPoolExecutor(6) as threads:
            made = list(threads.map(lambda task: log_in(task[0], task[1]).logins, tasks))

        assert len(made) == len(tasks)
        assert {len(of.store.board_access.roles()) for of in (one, other)} == {len(LOGINS)}


@pytest.mark.parametrize(
    ("unit_id", "password", "words"),
    [
        ("no-such-unit", PASSWORD, "no such unit"),
        (DISTRICT, "short", "at least 12"),
    ],
)
def test_what_cannot_be_a_login_is_refused_without_repeating_it(
    unit_id: str, password: str, words: str, world: World
) -> None:
    with pytest.raises(Misconfigured, match=words) as refused:
        world.store.board_access.ensure_role(unit_id, password)

    assert unit_id not in str(refused.value)
    assert password not in str(refused.value)


def test_a_login_with_rights_of_others_is_not_made(own_world: World) -> None:
    login = own_world.logins[DISTRICT]
    with own_world.as_application() as connection:
        connection.execute(f"GRANT pg_read_all_data TO {login}".encode())

    with pytest.raises(Misconfigured, match=f"REVOKE pg_read_all_data FROM {login}"):
        own_world.store.board_access.ensure_role(DISTRICT, PASSWORD)


def test_a_table_open_to_everybody_is_found(own_world: World) -> None:
    with own_world.as_application() as connection:
        connection.execute("GRANT SELECT ON unit_tally TO PUBLIC")

    with pytest.raises(Misconfigured, match="REVOKE ALL ON unit_tally FROM PUBLIC"):
        own_world.store.board_access.ensure_role(DISTRICT, PASSWORD)


# ---- an application that is no superuser


def test_an_owner_who_may_create_roles_makes_logins(server: str, plain_user: str) -> None:
    on_server(server, "ALTER ROLE {} CREATEROLE", plain_user)

    with board_world(server, user=plain_user) as world:
        log_in(world, DISTRICT)
        login = world.logins[DISTRICT]

        assert world.rows(DISTRICT, "SELECT unit_id FROM unit WHERE level = 'district'")
        assert login == world.store.board_access.ensure_role(DISTRICT, PASSWORD)
        assert _closed_by_a_superuser(world)
        with world.connect(DISTRICT) as connection:
            for statement in ("CREATE TEMP TABLE t ()", "SELECT pg_try_advisory_lock(1)",
                              "TABLE public.unit"):  # fmt: skip
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    connection.execute(statement.encode())
        assert world.store.board_access.drop_role(DISTRICT)


def _closed_by_a_superuser(world: World) -> bool:
    """What only a superuser may close is said, and then nothing of the application is missing."""
    statements = world.store.board_access.left_open()
    with psycopg.connect(world.server, dbname=world.database, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.encode())
    with world.store.ledgers.writing([SCHOOL]) as writing:
        writing.mark([])
    return len(statements) == 2 and world.store.board_access.left_open() == []


def test_a_login_of_before_there_were_replies_reads_them_when_it_is_made_anew(
    server: str, plain_user: str
) -> None:
    on_server(server, "ALTER ROLE {} CREATEROLE", plain_user)
    with board_world(server, user=plain_user) as world:
        log_in(world, DISTRICT)
        with psycopg.connect(world.server, dbname=world.database, autocommit=True) as connection:
            connection.execute("DROP VIEW board.reply")
        # As a server of the newer version does at its start.
        world.store.roster.put_rules(PolicyBook([]), NationalDays({}), TODAY)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            world.rows(DISTRICT, "SELECT * FROM reply")
        seen = look(world, DISTRICT, "SELECT unit_id FROM reply", {}, 10)

        log_in(world, DISTRICT)

        assert len(world.rows(DISTRICT, "SELECT * FROM reply")) == len(seen.rows) == 2


def test_an_owner_who_may_not_create_roles_is_told(server: str, plain_user: str) -> None:
    with board_world(server, user=plain_user) as world:
        seen = look(world, DISTRICT, "SELECT count(*) FROM unit", {}, 1)
        with pytest.raises(Misconfigured, match="CREATEROLE") as refused:
            log_in(world, DISTRICT)

    assert list(seen.rows) == [(3,)]
    assert "数据库用户不能建立角色" in str(refused.value)


def test_without_the_right_to_make_a_schema_all_but_boards_works(
    server: str, plain_user: str
) -> None:
    on_server(server, "ALTER ROLE {} CREATEROLE", plain_user)

    with board_world(server, user=plain_user, owner=False) as world:
        with pytest.raises(Misconfigured, match="GRANT CREATE ON DATABASE") as refused:
            look(world, DISTRICT, "SELECT * FROM unit", {}, 1)
        with pytest.raises(Misconfigured, match="GRANT CREATE ON DATABASE"):
            log_in(world, DISTRICT)
        with world.store.figures.reading() as reading:
            assert reading.settled([SCHOOL], []).settled is False

    assert "看板视图不存在" in str(refused.value)


@pytest.mark.parametrize(
    "remedy",
    ["GRANT CREATE ON DATABASE {{}} TO {user}", "CREATE SCHEMA board AUTHORIZATION {user}"],
)
def test_views_that_could_not_be_made_are_made_at_a_later_start(
    remedy: str, server: str, plain_user: str
) -> None:
    with board_world(server, user=plain_user, owner=False) as world:
        of_database = make_conninfo(server, dbname=world.database)
        on_server(of_database, remedy.format(user=plain_user), world.database)
        world.store.roster.put_rules(PolicyBook([]), NationalDays({}), TODAY)

        seen = look(world, DISTRICT, "SELECT count(*) FROM unit", {}, 1)

    assert list(seen.rows) == [(3,)]


def test_where_the_database_is_anothers_it_is_said_what_is_still_open(
    server: str, plain_user: str
) -> None:
    on_server(server, "ALTER ROLE {} CREATEROLE", plain_user)

    with board_world(server, user=plain_user, owner=False) as world:
        on_server(server, f"GRANT CREATE ON DATABASE {{}} TO {plain_user}", world.database)
        with pytest.raises(Misconfigured) as refused:
            log_in(world, DISTRICT)
        statements = str(refused.value).split("run: ")[1].split("; ")
        with psycopg.connect(server, dbname=world.database, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.encode())
        log_in(world, DISTRICT)

        assert world.rows(DISTRICT, "SELECT count(*) FROM unit") == [(3,)]

"""A database that an older version made, brought to this one."""

from collections.abc import Iterator
from importlib.resources import as_file, files
from uuid import uuid4

import psycopg
import pytest
import yoyo
from psycopg.conninfo import make_conninfo

from tests.builders import DISTRICT, SCHOOL, TODAY
from tests.integration.boards.world import on_server
from wuguan.adapters import postgres
from wuguan.adapters.postgres import migrating
from wuguan.adapters.postgres.migrating import migrate

DAY = f"VALUES (%s, 'phone.classroom', '{TODAY}', 'primary', 4, 1, 1, 1, 1, 1, '{{}}', '')"

NOW = "(now() AT TIME ZONE 'UTC' + INTERVAL '8 hours')::date"


@pytest.fixture
def older(postgres_dsn: str) -> Iterator[str]:
    """A database as it was before units above schools had periods, with a day of two units."""
    name = f"wuguan_older_{uuid4().hex[:8]}"
    on_server(postgres_dsn, "CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'", name)
    dsn = make_conninfo(postgres_dsn, dbname=name)
    with as_file(files(postgres) / "migrations") as folder:
        every = yoyo.read_migrations(str(folder))
        migrating._apply(migrating._yoyo_uri(dsn), every.filter(lambda one: one.id < "0006"))
    with psycopg.connect(dsn) as connection:
        for unit in (SCHOOL, DISTRICT):
            connection.execute(f"INSERT INTO unit_tally {DAY}".encode(), (unit,))
    yield dsn
    on_server(postgres_dsn, "DROP DATABASE {} WITH (FORCE)", name)


def test_periods_of_units_above_schools_are_marked_once(older: str) -> None:
    migrate(older)
    assert migrate(older) == 0

    with psycopg.connect(older) as connection:
        marks = connection.execute("SELECT unit_id, management, day FROM period_dirty").fetchall()
    # Those of the school were marked by the version that gave schools periods.
    assert marks == [(DISTRICT, "phone", None)]


def test_days_of_the_last_two_months_are_marked_so_that_systems_are_counted(older: str) -> None:
    with psycopg.connect(older) as connection:
        for behind in (0, 61, 62):
            connection.execute(
                "INSERT INTO ledger (school_id, management, day, class_id, revision, facts,"
                f" tallies) VALUES (%s, 'phone', {NOW} - %s::int, 'P2023-04', 1, '', '')".encode(),
                (SCHOOL, behind),
            )

    migrate(older)

    with psycopg.connect(older) as connection:
        marked = connection.execute(
            f"SELECT management, {NOW} - day FROM period_dirty"
            " WHERE unit_id = %s AND day IS NOT NULL ORDER BY 2".encode(),
            (SCHOOL,),
        ).fetchall()
    assert marked == [("phone", 0), ("phone", 61)]


@pytest.mark.parametrize("views", ["there before", "made later"])
def test_standings_become_those_of_schools_alone(older: str, views: str) -> None:
    if views == "made later":
        with psycopg.connect(older) as connection:
            connection.execute("DROP SCHEMA board CASCADE")

    migrate(older)

    with psycopg.connect(older) as connection:
        assert connection.execute("SELECT make_board_views()").fetchone() == (True,)
        row = connection.execute("SELECT pg_get_viewdef('board.standing'::regclass)").fetchone()
    assert row is not None
    assert row[0].count("^[0-9]{10}$") == 1

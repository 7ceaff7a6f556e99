"""`python -m dashboards login` on a database."""

from collections.abc import Iterator

import psycopg
import pytest
from psycopg.conninfo import make_conninfo
from typer.testing import CliRunner, Result

from dashboards.__main__ import main
from tests.builders import DISTRICT
from tests.integration.boards.world import PASSWORD, World, board_world, on_server


@pytest.fixture
def bare_world(server: str) -> Iterator[World]:
    """Two districts, and nobody who logs in."""
    with board_world(server) as world:
        yield world


def run(world: World, *arguments: str) -> Result:
    environment = {"WUGUAN_DSN": world.dsn, f"WUGUAN_BOARD_PASSWORD_{DISTRICT}": PASSWORD}
    return CliRunner().invoke(main, ["login", *arguments], env=environment)


def _as(world: World, login: str) -> str:
    return make_conninfo(world.dsn, user=login, password=PASSWORD)


def test_a_login_is_made_listed_and_ended(bare_world: World) -> None:
    before = run(bare_world, "--list")
    made = run(bare_world, DISTRICT)
    listed = run(bare_world, "--list")
    with psycopg.connect(_as(bare_world, made.stdout.strip())) as connection:
        seen = connection.execute("SELECT unit_id FROM unit WHERE level = 'district'").fetchall()
    ended = run(bare_world, DISTRICT, "--end")

    assert (before.stdout, before.exit_code) == ("", 0)
    assert "没有看板登录" in before.stderr
    assert seen == [(DISTRICT,)]
    assert listed.stdout == f"{DISTRICT}\t{made.stdout}"
    assert (ended.exit_code, run(bare_world, "--list").stdout) == (0, "")


def test_what_only_a_superuser_may_close_is_told_beside_the_name(
    server: str, plain_user: str
) -> None:
    on_server(server, "ALTER ROLE {} CREATEROLE", plain_user)

    with board_world(server, user=plain_user) as world:
        made = run(world, DISTRICT)
        statements = world.store.board_access.left_open()

    assert len(made.stdout.splitlines()) == 1
    assert statements
    assert [one for one in statements if f"  {one};" not in made.stderr] == []


def test_who_has_no_login_cannot_lose_it(bare_world: World) -> None:
    ended = run(bare_world, DISTRICT, "--end")

    assert ended.exit_code == 1
    assert "没有看板登录 / the unit has no login" in ended.stderr

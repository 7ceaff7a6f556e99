"""What is asked of `python -m dashboards login` is checked before the database is."""

import pytest
from typer.testing import CliRunner

from dashboards.__main__ import main

PASSWORD = "WUGUAN_BOARD_PASSWORD_330106"
ENVIRONMENT = {
    "WUGUAN_DSN": "postgresql://who:hidden@127.0.0.1:1/wuguan",
    "WUGUAN_BOARD_PASSWORD": None,
    PASSWORD: "a-password-to-hide",
}


def asked(*arguments: str, **other: str | None) -> str:
    """What the command says when it refuses."""
    run = CliRunner().invoke(main, ["login", *arguments], env={**ENVIRONMENT, **other})
    assert run.exit_code == 1
    return run.output


@pytest.mark.parametrize("arguments", [[], ["--end"], ["330106", "--list"], ["--list", "--end"]])
def test_what_to_do_must_be_one_thing(arguments: list[str]) -> None:
    said = asked(*arguments)

    assert "请写明单位代码" in said
    assert "name a unit" in said


def test_what_is_no_id_of_a_unit_is_not_repeated() -> None:
    said = asked("33/0106")

    assert "单位代码：应为" in said
    assert "33/0106" not in said


@pytest.mark.parametrize(
    ("name", "arguments"),
    [(PASSWORD, ["330106"]), ("WUGUAN_DSN", ["330106"]), ("WUGUAN_DSN", ["--list"])],
)
def test_a_missing_setting_is_named_by_its_variable(name: str, arguments: list[str]) -> None:
    assert f"{name}: " in asked(*arguments, **{name: None})


def test_a_database_that_is_not_there_is_said_without_secrets() -> None:
    said = asked("330106")

    assert "WUGUAN_DSN: 数据库没有应答" in said
    assert "the database does not answer" in said
    assert not [one for one in ("hidden", "a-password-to-hide") if one in said]

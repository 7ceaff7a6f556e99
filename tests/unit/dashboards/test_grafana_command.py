"""What is asked of `python -m dashboards publish` is checked before anything is sent."""

import pytest
from typer.testing import CliRunner

from dashboards.__main__ import main
from dashboards.grafana.refusals import refusal
from dashboards.publishing import Grafana
from dashboards.words import Text
from wuguan.domain.errors import Misconfigured, TemporarilyUnavailable

USUAL = {
    "--district": "330106=西湖区",
    "--grafana": "http://127.0.0.1:1",
    "--database": "database:5432/wuguan",
}
SECRETS = {"WUGUAN_GRAFANA_TOKEN": "a-token", "WUGUAN_BOARD_PASSWORD_330106": "a-password"}


def asked(env: dict[str, str], **other: str) -> str:
    """What the command says when it refuses."""
    options = USUAL | {f"--{name}": value for name, value in other.items()}
    given = [part for option in options.items() for part in option]
    unset = {"WUGUAN_GRAFANA_TOKEN": None, "WUGUAN_BOARD_PASSWORD": None}
    run = CliRunner().invoke(main, ["publish", *given, "--yes"], env={**unset, **env})
    assert run.exit_code == 1
    return run.output


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("district", "330106"),
        ("district", "330106="),
        ("district", "33/0106=西湖区"),
        ("database", "wuguan"),
        ("language", "fr"),
        ("organisation", "some"),
        ("grafana", "127.0.0.1:3000"),
    ],
)
def test_an_option_that_cannot_be_used_is_named_with_what_to_write(option: str, value: str) -> None:
    said = asked(SECRETS, **{option: value})

    assert f"--{option}: 应为" in said
    assert f"--{option}: write" in said


@pytest.mark.parametrize("name", sorted(SECRETS))
def test_a_missing_secret_is_named_by_its_variable(name: str) -> None:
    said = asked({other: value for other, value in SECRETS.items() if other != name})

    assert f"{name}: " in said


def test_nobody_there_is_said_without_secrets() -> None:
    said = asked(SECRETS, grafana="http://who:hidden@127.0.0.1:1")

    assert "http://127.0.0.1:1 没有应答" in said
    assert not [one for one in ("hidden", *SECRETS.values()) if one in said]


def test_an_address_is_kept_without_its_login() -> None:
    grafana = Grafana("https://who:hidden@grafana.example.cn/boards/", "a-token")

    assert grafana.url == "https://grafana.example.cn/boards/"
    assert grafana.api.client.url == "https://grafana.example.cn/boards/api"


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 412, 418, 429])
def test_every_refusal_says_what_and_how_to_mend_it_in_both_languages(status: int) -> None:
    error = refusal(status, Text("写入 看板", "writing a board"), "its own words")

    assert isinstance(error, Misconfigured)
    assert f"写入 看板 ({status})" in str(error)
    assert f"writing a board ({status})" in str(error)
    assert "[its own words]" in str(error)


def test_a_fault_of_grafanas_own_may_pass() -> None:
    assert isinstance(refusal(503, Text("甲", "a"), ""), TemporarilyUnavailable)

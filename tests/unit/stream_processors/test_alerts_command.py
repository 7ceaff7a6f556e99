"""`alerts check | list | export`: what each prints, and how a pack that is wrong is told."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from stream_processors.alerts_command import alerts, described
from wuguan.alert_packs import fingerprint_of, shipped_alert_rules

RULES = {one.rule_id: one for one in shipped_alert_rules()}


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(alerts, [*map(str, arguments)], env={"WUGUAN_ALERTS": ""})


def test_a_folder_that_is_in_order_is_said_to_be(tmp_path: Path) -> None:
    (tmp_path / "off.toml").write_text('off = ["rejects"]', "utf-8")

    found = run("check", tmp_path)

    assert found.exit_code == 0
    assert f"{len(RULES) - 1} rules are in order" in found.stdout


def test_all_that_is_wrong_is_listed_and_nothing_exported(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text("= 7", "utf-8")
    (tmp_path / "b.toml").write_text('off = ["nothing"]', "utf-8")

    for command in (["check"], ["list"], ["export", "--to", "grafana"]):
        found = run(*command, tmp_path)

        assert found.exit_code == 2
        assert [line.split(":")[0] for line in found.stderr.splitlines()] == [
            "a.toml",
            "b.toml · off (1)",
        ]
        assert found.stdout == ""


def test_the_folder_of_the_setting_is_taken(tmp_path: Path) -> None:
    (tmp_path / "off.toml").write_text('off = ["rejects"]', "utf-8")

    found = CliRunner().invoke(alerts, ["check"], env={"WUGUAN_ALERTS": str(tmp_path)})

    assert f"{len(RULES) - 1} rules" in found.stdout


def test_the_list_names_every_rule_in_both_languages() -> None:
    said = run("list").stdout

    assert [one for one in RULES if f" {one} " not in said] == []
    assert "作业管理连续未上报" in said
    assert f"{len(RULES)} 条规则 rules，指纹 fingerprint {fingerprint_of(RULES.values())}" in said


@pytest.mark.parametrize(
    ("rule_id", "said"),
    [
        (
            "homework-minutes-primary",
            (
                "school", "homework.minutes (primary)", "compliance < policy in 5 d", "3 d",
                "school 0 d, inspector 3 d, district 7 d, city 15 d",
            ),
        ),
        (
            "silent-system-phone",
            (
                "school", "phone.reporting", "silent by system > 0 in 1 d", "5 d",
                "school 0 d, inspector 5 d",
            ),
        ),
    ],
)  # fmt: skip
def test_a_rule_is_told_in_short(rule_id: str, said: tuple[str, ...]) -> None:
    assert described(RULES[rule_id]) == (rule_id, *said)


@pytest.mark.parametrize(
    ("to", "begins"),
    [("grafana", "apiVersion"), ("prometheus", "groups"), ("alertmanager", "route")],
)
def test_what_is_exported_is_json_and_so_yaml(to: str, begins: str) -> None:
    found = run("export", "--to", to)

    assert found.exit_code == 0
    assert next(iter(json.loads(found.stdout))) == begins


def test_grafana_asks_the_datasource_that_is_named() -> None:
    said = run("export", "--to", "grafana", "--datasource", "wuguan-330106").stdout

    assert '"datasourceUid": "wuguan-330106"' in said


def test_another_program_is_refused_with_those_that_there_are() -> None:
    found = run("export", "--to", "nagios")

    assert found.exit_code == 2
    assert "grafana, prometheus or alertmanager" in found.stderr
    assert "nagios" not in found.stderr

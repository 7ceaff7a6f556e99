"""What is exported of the alert rules, taken by the programs that it is for."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from stream_processors.alert_exports.alertmanager import configuration
from stream_processors.alert_exports.prometheus import rule_groups
from stream_processors.alert_exports.server_rules import SERVER_RULES
from tests.absent_services import absent
from wuguan.alert_packs import shipped_alert_rules

RULES = shipped_alert_rules()
(SILENT,) = (one for one in RULES if one.rule_id == "silent-homework")


def accepted(tmp_path: Path, command: list[str], content: Any) -> str:
    """What a program says of a file that it takes."""
    file = tmp_path / "exported.yml"
    file.write_text(json.dumps(content, ensure_ascii=False), "utf-8")
    run = subprocess.run([*command, str(file)], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout


@pytest.fixture
def promtool() -> str:
    found = shutil.which("promtool")
    return found or absent("promtool", "apt-get install prometheus")


def test_prometheus_takes_the_rules(tmp_path: Path, promtool: str) -> None:
    said = accepted(tmp_path, [promtool, "check", "rules"], rule_groups(RULES))

    assert f"{len(RULES) + len(SERVER_RULES)} rules found" in said


def test_prometheus_raises_what_fires_and_what_is_absent(tmp_path: Path, promtool: str) -> None:
    """Two roll-ups tell of the same alert, which is one; nobody folds."""
    rules = rule_groups([SILENT])
    rules["groups"][1]["rules"] = [
        one for one in rules["groups"][1]["rules"] if one["alert"] == "wuguan-no-fold"
    ]
    (tmp_path / "rules.yml").write_text(json.dumps(rules), "utf-8")
    told = (
        'wuguan_alerts_firing{rule_id="silent-homework", kind="data", severity="major", job="%s"}'
    )
    firing = {
        "exp_labels": {
            "rule_id": "silent-homework", "kind": "data", "severity": "major",
            "management": "homework", "metric": "homework.reporting",
        },
        "exp_annotations": {
            "summary": SILENT.title, "summary_zh": SILENT.title_zh,
            "description": "3 个预警中 / firing",
        },
    }  # fmt: skip
    summaries = {
        "summary": "Nobody takes events from the log",
        "summary_zh": "没有程序在处理收到的事件",
    }
    no_fold = {
        "exp_labels": {"part": "log", "kind": "server", "severity": "critical"},
        "exp_annotations": summaries,
    }
    case = {
        "interval": "1m",
        "input_series": [{"series": told % job, "values": "3x30"} for job in ("one", "other")],
        "alert_rule_test": [
            {"eval_time": "15m", "alertname": "silent-homework", "exp_alerts": [firing]},
            {"eval_time": "5m", "alertname": "wuguan-no-fold", "exp_alerts": []},
            {"eval_time": "15m", "alertname": "wuguan-no-fold", "exp_alerts": [no_fold]},
        ],
    }

    tested = {"rule_files": [str(tmp_path / "rules.yml")], "tests": [case]}
    accepted(tmp_path, [promtool, "test", "rules"], tested)


def test_prometheus_raises_what_is_not_told_for_two_hours(tmp_path: Path, promtool: str) -> None:
    """Two processes tell of the same notices; what arrives within two hours raises nothing."""
    rules = rule_groups([SILENT])
    (rule,) = (one for one in rules["groups"][1]["rules"] if one["alert"] == "wuguan-not-told")
    rules["groups"][1]["rules"] = [rule]
    (tmp_path / "rules.yml").write_text(json.dumps(rules), "utf-8")
    raised = {
        "exp_labels": {"kind": "server", "severity": "major"},
        "exp_annotations": rule["annotations"],
    }
    case = {
        "interval": "1m",
        "input_series": [
            {"series": f'wuguan_notices_waiting{{job="{job}"}}', "values": "3x90 0x9 2x200"}
            for job in ("one", "other")
        ],
        "alert_rule_test": [
            {"eval_time": at, "alertname": "wuguan-not-told", "exp_alerts": alerts}
            for at, alerts in (("90m", []), ("219m", []), ("225m", [raised]))
        ],
    }

    tested = {"rule_files": [str(tmp_path / "rules.yml")], "tests": [case]}
    accepted(tmp_path, [promtool, "test", "rules"], tested)


@pytest.mark.skipif(
    not shutil.which("amtool"), reason="needs amtool: apt-get install prometheus-alertmanager"
)
def test_alertmanager_takes_the_configuration(tmp_path: Path) -> None:
    content = configuration(RULES)

    accepted(tmp_path, ["amtool", "check-config"], content)

"""The rules in the form of other programs: every rule, and nothing asked for that nobody tells."""

import re
from typing import Any

import pytest
from msgspec.structs import replace

from stream_processors.alert_exports.alertmanager import configuration
from stream_processors.alert_exports.grafana import provisioning
from stream_processors.alert_exports.prometheus import rule_groups
from stream_processors.alert_exports.server_rules import SERVER_RULES, ServerRule
from tests.promql import assert_told
from wuguan.alert_packs import shipped_alert_rules
from wuguan.domain.alerting.rule import AlertRule

RULES = shipped_alert_rules()
(SILENT,) = (one for one in RULES if one.rule_id == "silent-homework")


# ---- Prometheus


def test_each_alert_rule_is_one_of_prometheus() -> None:
    of_alerts, _ = rule_groups([SILENT])["groups"]

    assert of_alerts["rules"] == [
        {
            "alert": "silent-homework",
            "expr": "max by (rule_id, severity, kind)"
            ' (wuguan_alerts_firing{rule_id="silent-homework"}) > 0',
            "labels": {"management": "homework", "metric": "homework.reporting"},
            "annotations": {
                "summary": "The school reports nothing of homework",
                "summary_zh": "作业管理连续未上报",
                "description": "{{ $value }} 个预警中 / firing",
            },
        }
    ]


@pytest.mark.parametrize("rule", rule_groups(RULES)["groups"][0]["rules"], ids=lambda r: r["alert"])
def test_an_alert_rule_asks_for_what_is_told(rule: dict[str, str]) -> None:
    assert_told(rule["expr"])


@pytest.mark.parametrize("rule", SERVER_RULES, ids=lambda rule: rule.name)
def test_a_rule_about_the_server_asks_for_what_is_told(rule: ServerRule) -> None:
    assert_told(rule.expression)


# ---- Alertmanager


def test_alerts_of_both_kinds_go_apart_and_are_mute_in_quiet_hours() -> None:
    found = configuration(RULES)

    routes = {one["receiver"]: one for one in found["route"]["routes"]}
    assert {name: one["matchers"] for name, one in routes.items()} == {
        "wuguan-compliance": ['kind="compliance"'],
        "wuguan-data": ['kind="data"'],
    }
    assert {*routes, "wuguan-operators"} == {one["name"] for one in found["receivers"]}
    assert {name for one in routes.values() for name in one["mute_time_intervals"]} == {
        one["name"] for one in found["time_intervals"]
    }


def test_rules_of_other_quiet_hours_have_a_route_of_their_own() -> None:
    other = replace(SILENT, rule_id="at.noon", quiet_from="00:00", quiet_until="12:00")

    found = configuration([SILENT, other])

    assert [one["matchers"] for one in found["route"]["routes"]] == [
        ['kind="data"', 'alertname=~"silent-homework"'],
        ['kind="data"', 'alertname=~"at[.]noon"'],
    ]
    times = [one["time_intervals"][0]["times"] for one in found["time_intervals"]]
    assert times == [
        [
            {"start_time": "18:00", "end_time": "24:00"},
            {"start_time": "00:00", "end_time": "07:30"},
        ],
        [{"start_time": "00:00", "end_time": "12:00"}],
    ]


def test_quiet_hours_until_midnight_have_no_second_part() -> None:
    one = replace(SILENT, quiet_from="18:00", quiet_until="00:00")

    (interval,) = configuration([one])["time_intervals"]

    assert interval["time_intervals"][0]["times"] == [{"start_time": "18:00", "end_time": "24:00"}]


def test_a_silent_school_inhibits_what_would_be_said_of_that_management() -> None:
    (found,) = configuration(RULES)["inhibit_rules"]

    pattern = found["source_matchers"][0].removeprefix('alertname=~"').rstrip('"')
    inhibiting = {one.rule_id for one in RULES if re.fullmatch(pattern, one.rule_id)}
    assert inhibiting == {
        one.rule_id for one in RULES if one.statistic == "silent" and not one.by_system
    }
    assert found["target_matchers"] == ['kind="compliance"']
    assert found["equal"] == ["unit_id", "management"]


def test_without_rules_of_silence_nothing_inhibits() -> None:
    loud = [one for one in RULES if one.statistic != "silent"]

    assert configuration(loud)["inhibit_rules"] == []


# ---- Grafana


def grafana_rules(*rules: AlertRule) -> list[dict[str, Any]]:
    groups = provisioning(rules, "wuguan-330106")["groups"]
    return [one for group in groups for one in group["rules"]]


def test_each_alert_rule_is_one_of_grafana_in_the_group_of_its_kind() -> None:
    compliance, data = provisioning(RULES, "wuguan")["groups"]

    assert [one["labels"]["kind"] for one in compliance["rules"]] == ["compliance"] * len(
        [one for one in RULES if one.kind == "compliance"]
    )
    assert {one["labels"]["rule_id"] for one in (*compliance["rules"], *data["rules"])} == {
        one.rule_id for one in RULES
    }


def test_a_rule_of_grafana_asks_the_board_for_what_is_firing() -> None:
    (found,) = grafana_rules(SILENT)

    query, condition = found["data"]
    assert query["datasourceUid"] == "wuguan-330106"
    assert "FROM board.alert " in query["model"]["rawSql"]
    assert "a.rule_id = 'silent-homework'" in query["model"]["rawSql"]
    assert condition["model"]["expression"] == "$open > 0"
    assert (found["condition"], condition["refId"]) == ("firing", "firing")


def test_whatever_the_id_a_uid_is_one_that_grafana_takes() -> None:
    ids = ("a", "A", "a.b", "a:b", "x" * 64)

    uids = [one["uid"] for one in grafana_rules(*(replace(SILENT, rule_id=i) for i in ids))]

    assert len({*uids}) == len(ids)
    assert all(re.fullmatch(r"[a-zA-Z0-9_-]{1,40}", uid) for uid in uids)

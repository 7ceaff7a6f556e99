"""Alert rules for Grafana, to be provisioned: one for each rule, an instance for each unit.

They read the view `board.alert` by the datasource of a district's boards, so each Grafana raises
what its own district may see.
"""

from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from wuguan.domain.alerting.rule import AlertRule, Kind

Json = dict[str, Any]
FOLDER = "五管 预警 Alerts"
_GROUPS: tuple[Kind, ...] = ("compliance", "data")
_EVERY = "5m"


def provisioning(rules: Sequence[AlertRule], datasource: str) -> Json:
    """The content of a file for `provisioning/alerting`; `datasource` is a uid."""
    return {
        "apiVersion": 1,
        "groups": [
            {
                "orgId": 1,
                "name": f"wuguan-{kind}",
                "folder": FOLDER,
                "interval": _EVERY,
                "rules": [_rule(one, datasource) for one in rules if one.kind == kind],
            }
            for kind in _GROUPS
        ],
    }


def _rule(rule: AlertRule, datasource: str) -> Json:
    return {
        # At most 40 letters, digits, - and _; an id of ours may be longer, and have other signs.
        "uid": f"wuguan-{sha256(rule.rule_id.encode()).hexdigest()[:16]}",
        "title": f"{rule.title_zh} · {rule.title} ({rule.rule_id})",
        "condition": "firing",
        "data": [_query(rule, datasource), _condition()],
        # No row: nothing is firing.
        "noDataState": "OK",
        "execErrState": "Error",
        "for": "0s",
        "labels": {
            "rule_id": rule.rule_id,
            "kind": rule.kind,
            "management": rule.management,
            "metric": rule.metric,
        },
        "annotations": {"summary": rule.title_zh, "summary_en": rule.title},
    }


def _query(rule: AlertRule, datasource: str) -> Json:
    return {
        "refId": "open",
        "datasourceUid": datasource,
        "relativeTimeRange": {"from": 600, "to": 0},
        "model": {
            "refId": "open",
            "format": "table",
            "rawQuery": True,
            "editorMode": "code",
            "rawSql": _sql(rule),
        },
    }


def _condition() -> Json:
    return {
        "refId": "firing",
        "datasourceUid": "__expr__",
        "relativeTimeRange": {"from": 600, "to": 0},
        "model": {"refId": "firing", "type": "math", "expression": "$open > 0"},
    }


def _sql(rule: AlertRule) -> str:
    """A row for each alert that is firing: its texts become labels, its number the value.

    Whether somebody acknowledged it is no label: it would be another alert then.
    """
    return (
        "SELECT a.unit_id, u.name AS unit, a.system, a.severity, 1.0::float8 AS firing\n"
        "FROM board.alert a JOIN board.unit u ON u.unit_id = a.unit_id\n"
        f"WHERE a.rule_id = '{rule.rule_id}' AND a.state IN ('firing', 'acknowledged')"
    )

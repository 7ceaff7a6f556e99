"""Rules for Prometheus: what Wuguan's alerts say by rule, and the server's own health."""

from collections.abc import Sequence
from typing import Any

from stream_processors.alert_exports.server_rules import SERVER_RULES, ServerRule
from wuguan.domain.alerting.rule import AlertRule

Json = dict[str, Any]


def rule_groups(rules: Sequence[AlertRule]) -> Json:
    """The content of a file for `rule_files` of Prometheus."""
    return {
        "groups": [
            {"name": "wuguan-alerts", "rules": [_of_alerts(one) for one in rules]},
            {"name": "wuguan-server", "rules": [_of_server(one) for one in SERVER_RULES]},
        ]
    }


def _of_alerts(rule: AlertRule) -> Json:
    # All roll-ups tell of the same alerts.
    firing = f'max by (rule_id, severity, kind) (wuguan_alerts_firing{{rule_id="{rule.rule_id}"}})'
    return {
        "alert": rule.rule_id,
        "expr": f"{firing} > 0",
        "labels": {"management": rule.management, "metric": rule.metric},
        "annotations": {
            "summary": rule.title,
            "summary_zh": rule.title_zh,
            "description": "{{ $value }} 个预警中 / firing",
        },
    }


def _of_server(rule: ServerRule) -> Json:
    return {
        "alert": rule.name,
        "expr": rule.expression,
        "for": f"{rule.for_minutes}m",
        "labels": {"kind": "server", "severity": rule.severity},
        "annotations": {"summary": rule.title, "summary_zh": rule.title_zh},
    }

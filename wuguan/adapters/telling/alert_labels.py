"""An alert as Alertmanager knows it: labels, annotations, times."""

from datetime import UTC, datetime
from typing import NamedTuple

from wuguan.domain.alerting.message import Item
from wuguan.domain.alerting.rule import SEVERITIES
from wuguan.domain.alerting.wording import clause_text, days_text, figure_text, title_of
from wuguan.domain.instants import midnight_us

NEVER = "0001-01-01T00:00:00Z"
"""How Go writes a time that is not set."""


class Labelled(NamedTuple):
    """One alert."""

    labels: dict[str, str]
    annotations: dict[str, str]
    starts_at: str
    is_firing: bool
    link: str


def labelled(item: Item) -> list[Labelled]:
    """An alert under its labels, the gravest that is told last.

    Its severity is a label, since routes go by it. An alert that has become graver is another one
    to Alertmanager, so the less grave ones are ended.
    """
    severity = item.entries[-1].severity
    now = _labelled(item, severity, is_firing=not item.is_resolved)
    graver = any(one.happened == "worsened" for one in item.entries)
    less = SEVERITIES[: SEVERITIES.index(severity)] if graver else ()
    return [*(_labelled(item, one, is_firing=False) for one in less), now]


def instant(micros: int) -> str:
    """Microseconds since the epoch as RFC 3339 in UTC."""
    moment = datetime.fromtimestamp(micros // 1_000_000, UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _labelled(item: Item, severity: str, *, is_firing: bool) -> Labelled:
    alert = item.alert
    labels = {
        "alertname": alert.rule_id,
        "rule_id": alert.rule_id,
        "kind": alert.kind,
        "severity": severity,
        "unit_id": alert.unit_id,
        "unit": item.unit_name,
    }
    if alert.system:
        labels["system"] = alert.system
    if item.rule is not None:
        labels |= {"management": item.rule.management, "metric": item.rule.metric}
    starts_at = instant(midnight_us(alert.breach_days[0]) if alert.breach_days else 0)
    return Labelled(labels, _annotations(item), starts_at, is_firing, item.link)


def _annotations(item: Item) -> dict[str, str]:
    found = {
        "summary": title_of(item, "en"),
        "summary_zh": title_of(item, "zh"),
        "alert_id": item.alert.alert_id,
        "days": days_text(item.alert, "en"),
    }
    if item.rule is not None:
        found["figure"] = figure_text(item.rule, item.alert, "en")
        found["figure_zh"] = figure_text(item.rule, item.alert, "zh")
    if item.clauses:
        found["clause"] = "\n".join(clause_text(one) for one in item.clauses)
    return found

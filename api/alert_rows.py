"""Alerts as they are sent: what each is about in words and numbers, and what happened to it."""

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from wuguan.domain.alerting.life import Alert, Entry
from wuguan.domain.alerting.rule import AlertRule
from wuguan.domain.instants import china_datetime
from wuguan.domain.organisation import Organisation

Row = dict[str, Any]


class Naming(NamedTuple):
    """What names rules and units today."""

    rules: Mapping[str, AlertRule]
    organisation: Organisation
    today: date

    def titles(self, rule_id: str) -> tuple[str, str]:
        """The title of a rule in English and Chinese; of one that is gone its id."""
        rule = self.rules.get(rule_id)
        return (rule.title, rule.title_zh) if rule else (rule_id, rule_id)

    def unit(self, unit_id: str) -> str:
        """The name of a unit; of one that is not known its id."""
        return self.organisation.name(unit_id, self.today) or unit_id


def shown(alert: Alert, naming: Naming) -> Row:
    """A row of a list."""
    title, title_zh = naming.titles(alert.rule_id)
    rule = naming.rules.get(alert.rule_id)
    return {
        "id": alert.alert_id,
        "rule_id": alert.rule_id,
        "title": title,
        "title_zh": title_zh,
        "kind": alert.kind,
        "unit": alert.unit_id,
        "unit_name": naming.unit(alert.unit_id),
        "level": naming.organisation.level(alert.unit_id),
        "system": alert.system or None,
        "state": alert.state,
        "severity": alert.severity,
        "breach_days": alert.breach_days,
        "fired_on": alert.fired_on,
        "ended_on": alert.ended_on,
        "cause": alert.cause,
        "value": _rounded(alert.value),
        "threshold": _rounded(alert.threshold),
        "statistic": rule.statistic if rule else None,
        "assignee": alert.assignee or None,
        "silenced_until": _instant(alert.silenced_until_us) if alert.silenced_until_us else None,
        "entries": alert.entries,
    }


def shown_entry(entry: Entry) -> Row:
    """A row of an alert's history."""
    return {
        "number": entry.number,
        "happened": entry.happened,
        "at": _instant(entry.at_us),
        "day": entry.day,
        "severity": entry.severity,
        "value": _rounded(entry.value),
        "cause": entry.cause,
        "step": entry.step,
        "text": entry.text,
        "by": entry.by or None,
    }


def _instant(at_us: int) -> str:
    return china_datetime(at_us).isoformat(timespec="milliseconds")


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)

"""Alerts for tests: made as the evaluator makes them, of days that a test states."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from wuguan.domain.alerting.days import Says, SchoolDay
from wuguan.domain.alerting.life import Alert, Subject, Told, follow
from wuguan.domain.alerting.rule import AlertRule
from wuguan.domain.alerting.verdict import verdict
from wuguan.ports import Store

HOMEWORK = AlertRule(
    rule_id="homework-minutes", kind="compliance", metric="homework.minutes",
    statistic="compliance", threshold="policy", breach="below", for_days=3, clear_days=2,
    least_expected=1,
    title="Homework over the limit", title_zh="书面作业超时",
)  # fmt: skip
SILENT = AlertRule(
    rule_id="homework-silent", kind="data", metric="homework.reporting", statistic="silent",
    threshold=0.5, breach="above", for_days=2, least_expected=1, title="No returns on homework",
    title_zh="作业连续未报", severity="major",
)  # fmt: skip
RULES: Mapping[str, AlertRule] = {rule.rule_id: rule for rule in (HOMEWORK, SILENT)}
_SAYS: Mapping[str, Says] = {"B": "breach", "k": "kept", ".": "nothing"}


def days(said: str, first: date, value: float = 83.3, bound: float = 95.0) -> list[SchoolDay]:
    """A day for each letter: B in breach, k kept, a dot nothing."""
    return [
        SchoolDay(
            first + timedelta(days=n), _SAYS[one], *((value, bound, 11.7) if one == "B" else ())
        )
        for n, one in enumerate(said)
    ]


def told(
    rule: AlertRule, alert_id: str, unit: str, said: Sequence[str], first: date, **subject: Any
) -> Told:
    """What has happened to an alert when the days became known one saying after the other."""
    alert: Alert | None = None
    entries: list[Any] = []
    for at, known in enumerate(said):
        found = verdict(rule, days(known, first))
        more = follow(
            rule, alert, found, Subject(alert_id, unit, **subject), 1_789_876_800_000_000 + at
        )
        if more is not None:
            alert, entries = more.alert, [*entries, *more.entries]
    assert alert is not None, "nothing has happened"
    return Told(alert, entries)


def put_alerts(store: Store, *happened: Told) -> None:
    """Keeps alerts as an evaluator does."""
    with store.alerts.evaluating(0) as writing:
        writing.write(happened, ())

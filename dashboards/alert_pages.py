"""Alerts as pages: the list of a unit, and one alert with what happened and what may be done."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from msgspec import Struct

from dashboards.alert_chart import DrawnDay, chart, title
from dashboards.alert_figures import said_figure, said_rule
from dashboards.alert_words import CAUSES, HAPPENED, KINDS, SEVERITIES, SEVERITY_SHAPES, STATES
from dashboards.words import Language, Text
from wuguan.domain.alerting.action import HAPPENS, Verb
from wuguan.domain.alerting.life import WALK, Alert, Entry
from wuguan.domain.alerting.rule import AlertRule, Kind
from wuguan.domain.instants import china_datetime, parse_instant
from wuguan.domain.policy import Rule


class AlertLine(Struct, frozen=True, kw_only=True):
    """An alert on one line of a list, and at the head of its own page."""

    alert_id: str
    title: Text
    unit_id: str
    unit_name: str
    system: str
    state: Text
    is_open: bool
    severity: str
    severity_text: Text
    shape: str
    figure: Text
    days: Sequence[date]
    assignee: str
    silenced_until: datetime | None
    """None where it is not, or no longer."""
    ended: Text | None
    """Why."""
    ended_on: date | None


class AlertTab(Struct, frozen=True):
    """One of the two kinds, which are never mixed."""

    kind: Kind
    title: Text
    number: int
    """How many are firing or acknowledged."""


class AlertList(Struct, frozen=True, kw_only=True):
    """The page of a unit's alerts."""

    unit_id: str
    name: str
    kind: Kind
    tabs: Sequence[AlertTab]
    lines: Sequence[AlertLine]
    following: str | None
    """The cursor of the next page."""


class HistoryLine(Struct, frozen=True):
    """One thing that happened."""

    at: datetime
    title: Text
    day: date | None
    text: str
    until: datetime | None
    """Until when it was silenced."""
    cause: Text | None
    by: str


class AlertPage(Struct, frozen=True, kw_only=True):
    """The page of one alert."""

    line: AlertLine
    kind: Kind
    explained: Text | None
    """When the rule makes an alert; None where it is gone."""
    clauses: Sequence[Rule]
    days: Sequence[DrawnDay]
    figure_title: Text
    figure: Mapping[str, Any] | None
    history: Sequence[HistoryLine]
    verbs: Sequence[Verb]
    """What the alert's state takes, for whoever may act."""


def alert_line(alert: Alert, rule: AlertRule | None, unit_name: str, now_us: int) -> AlertLine:
    """The line of an alert."""
    was_dropped = not alert.is_open and alert.fired_on is None
    is_silenced = alert.silenced_until_us > now_us
    return AlertLine(
        alert_id=alert.alert_id,
        title=rule_title(rule, alert),
        unit_id=alert.unit_id,
        unit_name=unit_name,
        system=alert.system,
        state=HAPPENED["dropped"] if was_dropped else STATES[alert.state],
        is_open=alert.is_open,
        severity=alert.severity,
        severity_text=SEVERITIES[alert.severity],
        shape=SEVERITY_SHAPES[alert.severity],
        figure=said_figure(alert, rule),
        days=alert.breach_days,
        assignee=alert.assignee,
        silenced_until=china_datetime(alert.silenced_until_us) if is_silenced else None,
        ended=CAUSES[alert.cause] if alert.cause else None,
        ended_on=alert.ended_on,
    )


def alert_tabs(counts: Mapping[Kind, int]) -> list[AlertTab]:
    """Both kinds with their numbers."""
    return [AlertTab(kind, title, counts.get(kind, 0)) for kind, title in KINDS.items()]


def alert_page(
    line: AlertLine,
    alert: Alert,
    rule: AlertRule | None,
    clauses: Sequence[Rule],
    days: Sequence[DrawnDay],
    entries: Sequence[Entry],
    language: Language,
) -> AlertPage:
    """Makes the page of an alert."""
    return AlertPage(
        line=line,
        kind=alert.kind,
        explained=said_rule(rule) if rule else None,
        clauses=clauses,
        days=days,
        figure_title=title(rule) if rule else line.title,
        figure=chart(rule, days, language) if rule and days else None,
        history=[history_line(one) for one in entries],
        verbs=[verb for verb in HAPPENS if _takes(line, alert, verb)],
    )


def history_line(entry: Entry) -> HistoryLine:
    """What happened, and when."""
    until_us = parse_instant(entry.text) if entry.happened == "silenced" else None
    return HistoryLine(
        at=china_datetime(entry.at_us),
        title=HAPPENED[entry.happened],
        day=entry.day,
        text="" if until_us else entry.text,
        until=china_datetime(until_us) if until_us else None,
        cause=CAUSES[entry.cause] if entry.cause else None,
        by=entry.by,
    )


def rule_title(rule: AlertRule | None, alert: Alert) -> Text:
    """The title of a rule; of one that is gone its id."""
    return Text(rule.title_zh, rule.title) if rule else Text(alert.rule_id, alert.rule_id)


def _takes(line: AlertLine, alert: Alert, verb: Verb) -> bool:
    if verb == "unsilence" and line.silenced_until is None:
        return False
    return (alert.state, HAPPENS[verb]) in WALK

"""Reads what the page of an alert shows: the days that its rule looks at, and the clauses."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from msgspec.structs import replace

from api.boards.reading import ALL_ROWS
from dashboards.alert_chart import DrawnDay
from wuguan.domain.alerting.due import first_day, last_due_day
from wuguan.domain.alerting.evaluation import UnitFigures, metrics_of, needs_bins, said_days
from wuguan.domain.alerting.life import Alert
from wuguan.domain.alerting.rule import AlertRule
from wuguan.domain.context import Context
from wuguan.domain.instants import china_day
from wuguan.domain.policy import Rule
from wuguan.ports import Reading, Store, TallyQuery, TallyRow

MOST_REJECTS = 100_000


class AlertDays(NamedTuple):
    """The days of an alert's graph, and the rules of the policy book that judged them."""

    days: Sequence[DrawnDay]
    clauses: Sequence[Rule]


class _Span(NamedTuple):
    first: date
    last: date


def read_days(
    context: Context, store: Store, alert: Alert, rule: AlertRule, now_us: int
) -> AlertDays:
    """What evaluating the alert now would look at."""
    due = last_due_day(now_us)
    path = context.organisation.path(alert.unit_id, due)
    span = _Span(first_day(context.calendars, path, due), due)
    with store.figures.reading() as reading:
        rows = reading.rows(_query(rule, alert.unit_id, span), None, ALL_ROWS)
        systems = _systems(reading, rule, alert.unit_id, span)
    refused = _refused(store, rule, alert.unit_id, span)
    figures = UnitFigures(alert.unit_id, _by_day(rows), systems, refused)
    return AlertDays(_drawn(rule, figures, context, alert.system), _clauses(context, rule, rows))


def _drawn(rule: AlertRule, figures: UnitFigures, context: Context, system: str) -> list[DrawnDay]:
    said = said_days(rule, figures, context.policy).get(system, ())
    if rule.statistic not in ("silent", "identical"):
        return [DrawnDay(one.day, one.value, one.threshold, one.says == "breach") for one in said]
    # Of yes and no there is no graph: what it shows is how much was reported.
    reported = replace(rule, statistic="reporting", threshold=0.0, breach="below")
    shown = said_days(reported, figures, context.policy).get(system, ())
    return [
        DrawnDay(one.day, seen.value, None, one.says == "breach")
        for one, seen in zip(said, shown, strict=True)
    ]


def _query(rule: AlertRule, unit_id: str, span: _Span) -> TallyQuery:
    return TallyQuery(
        units=(unit_id,),
        metrics=metrics_of(rule),
        from_day=span.first,
        to_day=span.last,
        by="stage",
        bins=needs_bins(rule),
    )


def _by_day(rows: Sequence[TallyRow]) -> Mapping[str, Any]:
    found: dict[str, dict[date, dict[str, Any]]] = {}
    for row in rows:
        assert row.stage is not None, "rows are asked for by stage"
        found.setdefault(row.metric, {}).setdefault(row.day, {})[row.stage] = row.figure
    return found


def _systems(
    reading: Reading, rule: AlertRule, school_id: str, span: _Span
) -> Mapping[str, Mapping[str, Mapping[date, int]]]:
    found: dict[str, dict[str, dict[date, int]]] = {}
    for row in reading.systems(school_id, *span) if rule.by_system else ():
        found.setdefault(row.management, {}).setdefault(row.system, {})[row.day] = row.classes
    return found


def _refused(store: Store, rule: AlertRule, school_id: str, span: _Span) -> Mapping[date, int]:
    if rule.statistic != "rejects":
        return {}
    rows = store.rejects.list(school_id, *span, None, MOST_REJECTS)
    return Counter(china_day(row.received_us) for row in rows)


def _clauses(context: Context, rule: AlertRule, rows: Sequence[TallyRow]) -> Sequence[Rule]:
    """The rules that judged what is watched, in the stages that are; of data there are none."""
    if rule.kind == "data":
        return ()
    named = {
        one
        for row in rows
        if row.metric == rule.metric and (not rule.stages or row.stage in rule.stages)
        for one in row.rules
    }
    return context.policy.rules_named(sorted(named))

"""Alerts over HTTP and on pages alike: who may see one, how many there are, what is done to one."""

from collections import Counter
from collections.abc import Mapping
from datetime import date

from api.problems import not_found
from wuguan.domain.alerting.action import Action
from wuguan.domain.alerting.life import Alert
from wuguan.domain.alerting.rule import Kind
from wuguan.domain.context import Context
from wuguan.ports import Alerts, ApiKey, Store


def may_see_alert(key: ApiKey, alert: Alert, context: Context, today: date) -> bool:
    """Whether the key covers the unit that the alert is about, as the tree stands today."""
    if key.scope == "admin":
        return True
    organisation, unit = context.organisation, alert.unit_id
    known = organisation.level(unit) is not None
    return known and organisation.covers(key.unit_id or "", unit, today, today)


def visible_alert(store: Store, key: ApiKey, alert_id: str, today: date) -> Alert:
    """The alert, or 404: one that the key does not cover is as if it were not there."""
    alert = store.alerts.alert(alert_id)
    if alert is None or not may_see_alert(key, alert, store.roster.context(), today):
        raise not_found()
    return alert


def act_on(store: Store, alert_id: str, action: Action, by: str, at_us: int) -> Alert:
    """The alert as it stands after the action; Wrong where its state does not take it."""
    with store.alerts.changing(alert_id) as change:
        if change is None:
            raise not_found()
        told = action.to(change.alert, by, at_us)
        change.write(told)
    return told.alert


def counts_of(alerts: Alerts, context: Context, unit_id: str, today: date) -> Mapping[Kind, int]:
    """How many are firing or acknowledged in the unit and all below it, by kind."""
    units = context.organisation.units_below_within(unit_id, today, today)
    found: Counter[Kind] = Counter()
    for (_, kind), number in alerts.counts(units).items():
        found[kind] += number
    return found

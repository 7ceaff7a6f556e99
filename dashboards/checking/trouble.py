"""What is wrong with the data of a school: refusals, replies to findings, and alerts."""

from collections.abc import Iterable
from datetime import date

from wuguan.adapters.postgres.store import PostgresStore
from wuguan.alert_packs import shipped_alert_rules
from wuguan.domain.alerting.life import Subject, Told, follow
from wuguan.domain.alerting.rule import AlertRule
from wuguan.domain.alerting.verdict import Verdict
from wuguan.domain.instants import DAY_US, midnight_us
from wuguan.domain.reply import FindingKey, Reply
from wuguan.ports import RejectedRow

FINDING = "off_plan"


def put_trouble(store: PostgresStore, school_id: str, days: Iterable[date]) -> None:
    """One of each for every day; of alerts one of each kind, firing since the last day."""
    for day in days:
        us = midnight_us(day) + DAY_US // 2
        refused = RejectedRow(0, school_id, us, None, None, None, "unknown_class", "", "", "")
        store.rejects.add([refused])
        store.replies.put(Reply(FindingKey(day, school_id, "phone", FINDING), "已核对", us))
    _put_alerts(store, school_id, day, us)


def _put_alerts(store: PostgresStore, school_id: str, day: date, at_us: int) -> None:
    rules = shipped_alert_rules()
    store.board_access.title_alerts(rules)
    of_kinds = {rule.kind: rule for rule in rules}.values()
    with store.alerts.evaluating(0) as writing:
        writing.write([_fired(rule, school_id, day, at_us) for rule in of_kinds], [])


def _fired(rule: AlertRule, school_id: str, day: date, at_us: int) -> Told:
    found = Verdict(stands="firing", breach_days=(day,), fired_on=day)
    told = follow(rule, None, found, Subject(f"{rule.rule_id}-{school_id}", school_id), at_us)
    assert told is not None, "what fires anew is always told"
    return told

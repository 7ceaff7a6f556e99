"""Who is told of what happened to an alert, and from when on."""

from collections.abc import Iterator, Sequence

from wuguan.domain.alerting.due import due_us
from wuguan.domain.alerting.life import Alert, Entry, Told
from wuguan.domain.alerting.notice import Notice, Tell
from wuguan.domain.alerting.quiet import next_digest, school_days_of, told_at
from wuguan.domain.alerting.receiver import Receiver, Receivers
from wuguan.domain.alerting.rule import AlertRule, Role
from wuguan.domain.context import Context
from wuguan.domain.instants import MINUTE_US

TOLD = ("fired", "worsened", "reopened", "escalated", "resolved")
"""What people are told of. The rest is on the alert's page for whoever looks."""

# What is evaluated one management after the other comes up within seconds, and is one message.
_GATHERING_US = MINUTE_US
# Data often comes in pieces, and an outage is made up for within minutes: what becomes known long
# after its day was due is told when it has stood for a while.
_LATE_US = 60 * MINUTE_US
# A silence that was made after a notice may be lifted: it is looked at again so often.
_LOOK_AGAIN_US = 15 * MINUTE_US


def telling(receivers: Receivers) -> Tell:
    """Decides by these receivers."""

    def tell(
        rule: AlertRule,
        told: Told,
        path: Sequence[str],
        is_silent: bool,
        at_us: int,
        context: Context,
    ) -> Sequence[Notice]:
        is_school_day = school_days_of(context, path)
        return [
            Notice(
                alert_id=entry.alert_id,
                number=entry.number,
                receiver_id=receiver.receiver_id,
                not_before_us=told_at(rule, _gathered_at(receiver, entry, at_us), is_school_day),
            )
            for entry, receiver in _recipients(receivers, rule, told, path, is_silent)
        ]

    return tell


def held_until(
    rule: AlertRule | None, alert: Alert, path: Sequence[str], at_us: int, context: Context
) -> int:
    """When a notice that is due may be told: now, after the quiet hours, or look again then.

    A silence holds back what happened before it as well. A rule that is gone has no quiet hours
    of its own: those of every rule unless it says otherwise hold.
    """
    if alert.silenced_until_us > at_us:
        at_us = min(alert.silenced_until_us, at_us + _LOOK_AGAIN_US)
    return told_at(rule or _gone(alert), at_us, school_days_of(context, path))


def roles_of(rule: AlertRule, told: Told, entry: Entry) -> frozenset[Role]:
    """Who is told of an entry: at a step those of the step, else all who were reached before."""
    if entry.step is not None:
        return frozenset(rule.tell[entry.step].who if entry.step < len(rule.tell) else ())
    if entry.happened in ("fired", "reopened"):
        return frozenset(who for one in rule.tell if not one.after_days for who in one.who)
    # A step that was reached at the same time has an entry of its own.
    steps = [one.step for one in told.entries if one.step is not None and one.number > entry.number]
    reached = min(steps) if steps else told.alert.told + 1
    return frozenset(who for one in rule.tell[:reached] for who in one.who)


def _recipients(
    receivers: Receivers, rule: AlertRule, told: Told, path: Sequence[str], is_silent: bool
) -> Iterator[tuple[Entry, Receiver]]:
    for entry in told.entries:
        if entry.happened not in TOLD or _is_inhibited(rule, entry, is_silent):
            continue
        for receiver in receivers.for_unit(path, rule.kind, roles_of(rule, told, entry)):
            yield entry, receiver


def _gathered_at(receiver: Receiver, entry: Entry, at_us: int) -> int:
    if entry.day is not None and at_us - due_us(entry.day) > _LATE_US:
        at_us += _LATE_US
    minutes = receiver.digest_minutes
    return next_digest(at_us, minutes) if minutes else at_us + _GATHERING_US


def _is_inhibited(rule: AlertRule, entry: Entry, is_silent: bool) -> bool:
    """Whether silence says it all: nothing is known of what a school does while it is silent."""
    return is_silent and rule.kind == "compliance" and entry.happened != "resolved"


def _gone(alert: Alert) -> AlertRule:
    return AlertRule(
        rule_id=alert.rule_id,
        kind=alert.kind,
        metric="",
        statistic="compliance",
        threshold=0.0,
        breach="below",
        title=alert.rule_id,
        title_zh=alert.rule_id,
    )

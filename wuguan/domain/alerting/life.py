"""The life of an alert: pending, firing, acknowledged, resolved, and firing again.

Entries are what happened, in order; they are kept for ever and sent as `wuguan.alerts.v1`. Which
may follow which is `WALK`; nothing else writes an alert's state.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from wuguan.domain.alerting.rule import SEVERITIES, AlertRule, Kind, Severity
from wuguan.domain.alerting.verdict import Verdict

State = Literal["pending", "firing", "acknowledged", "resolved"]
Happened = Literal[
    "pending", "dropped", "fired", "worsened", "eased", "escalated", "resolved", "reopened",
    "acknowledged", "assigned", "noted", "silenced", "unsilenced",
]  # fmt: skip
Cause = Literal["recovered", "corrected", "rule_ended"]
"""Why an alert ended: the days got better, the days in breach are in breach no more (late or
corrected data), or nobody watches this any more."""

WALK: Mapping[tuple[State | None, Happened], State] = MappingProxyType(
    {
        (None, "pending"): "pending",
        ("pending", "fired"): "firing",
        ("pending", "dropped"): "resolved",
        ("firing", "acknowledged"): "acknowledged",
        ("resolved", "reopened"): "firing",
        **{
            (state, happened): state
            for state in ("firing", "acknowledged")
            for happened in ("worsened", "eased", "assigned", "noted", "silenced", "unsilenced")
        },
        **{(state, "resolved"): "resolved" for state in ("firing", "acknowledged")},
        ("firing", "escalated"): "firing",
        ("pending", "noted"): "pending",
        ("resolved", "noted"): "resolved",
    }
)
OPEN: tuple[State, ...] = ("pending", "firing", "acknowledged")
BEGUN: tuple[Happened, ...] = ("fired", "reopened")
"""With one of these an alert, or its next time, begins."""


class Alert(Struct, frozen=True, kw_only=True):
    """An alert as it stands after its last entry."""

    alert_id: str
    rule_id: str
    kind: Kind
    unit_id: str
    system: str = ""
    """The source system that it is about; empty for the unit as a whole."""
    state: State
    severity: Severity
    breach_days: tuple[date, ...]
    fired_on: date | None = None
    ended_on: date | None = None
    cause: Cause | None = None
    value: float | None = None
    threshold: float | None = None
    told: int = -1
    """The last of the rule's tellings that was reached; -1: none."""
    assignee: str = ""
    silenced_until_us: int = 0
    entries: int = 0
    """How many there are: the number of the next, and what a writer must have seen."""

    @property
    def is_open(self) -> bool:
        """Whether it has not ended."""
        return self.state in OPEN


class Entry(Struct, frozen=True, kw_only=True):
    """One thing that happened to an alert."""

    alert_id: str
    number: int
    """From 0 on."""
    happened: Happened
    at_us: int
    day: date | None
    """The school day that it is about."""
    severity: Severity
    value: float | None = None
    cause: Cause | None = None
    step: int | None = None
    """Which of the rule's tellings was reached."""
    text: str = ""
    by: str = ""
    """The label of the key that acted; empty where nobody did."""


class Told(Struct, frozen=True):
    """An alert after something happened, and what did."""

    alert: Alert
    entries: Sequence[Entry]


class Subject(Struct, frozen=True):
    """What an alert would be about."""

    alert_id: str
    """For a new one."""
    unit_id: str
    system: str = ""


class Wrong(ValueError):
    """An action that an alert in this state does not take."""


def follow(
    rule: AlertRule, before: Alert | None, found: Verdict, subject: Subject, at_us: int
) -> Told | None:
    """What a verdict means for the last alert of a rule and unit; None: nothing happened."""
    match found.stands:
        case "none":
            return _end(before, found, at_us) if before and before.is_open else None
        case "pending":
            return _pend(rule, before, found, subject, at_us)
        case "firing":
            return _fire(rule, before, found, subject, at_us)


def end(before: Alert, at_us: int) -> Told:
    """Nobody watches this any more: the rule is gone, or the unit is."""
    happened: Happened = "dropped" if before.state == "pending" else "resolved"
    life = _Life(before, at_us).add(happened, None, cause="rule_ended")
    life.change(cause="rule_ended", ended_on=before.breach_days[-1])
    return life.told()


def act(  # An action has these parts, and no more than one is ever the same.
    before: Alert,
    happened: Literal["acknowledged", "assigned", "noted", "silenced", "unsilenced"],
    at_us: int,
    *,
    by: str,
    text: str = "",
    until_us: int = 0,
) -> Told:
    """What a person does; Wrong where the alert's state does not take it."""
    if (before.state, happened) not in WALK:
        raise Wrong(happened)
    life = _Life(before, at_us).add(happened, None, text=text, by=by)
    if happened == "assigned":
        life.change(assignee=text)
    if happened in ("silenced", "unsilenced"):
        life.change(silenced_until_us=until_us)
    return life.told()


def _pend(
    rule: AlertRule, before: Alert | None, found: Verdict, subject: Subject, at_us: int
) -> Told | None:
    if before is not None and before.state in ("firing", "acknowledged"):
        # What made it an alert was corrected; what is left of it is not one yet.
        return _end(before, found, at_us)
    if before is not None and before.state == "pending":
        return _seen(before, found)
    if before is not None and _is_soon(rule, before, found):
        return None
    return _begun(rule, found, subject, at_us).told()


def _fire(
    rule: AlertRule, before: Alert | None, found: Verdict, subject: Subject, at_us: int
) -> Told | None:
    if before is None or (not before.is_open and not _is_soon(rule, before, found)):
        life = _begun(rule, found, subject, at_us).add("fired", found)
    elif before.state == "pending":
        life = _Life(before, at_us).add("fired", found)
    elif before.state == "resolved":
        # Whoever dropped out of sight before it was an alert begins now.
        again: Happened = "reopened"
        life = _Life(before, at_us).add(again, found)
        life.change(told=-1, cause=None, ended_on=None)
    else:
        life = _Life(before, at_us)
        _weigh(life, before, found)
    _escalate(rule, life, found)
    life.see(found)
    return life.told() if life.moved else None


def _end(before: Alert, found: Verdict, at_us: int) -> Told:
    if before.state == "pending":
        return _Life(before, at_us).add("dropped", found).see(found).told()
    recovered = found.ended_on is not None and bool({*found.breach_days} & {*before.breach_days})
    cause: Cause = "recovered" if recovered else "corrected"
    life = _Life(before, at_us).add("resolved", found, cause=cause)
    life.change(cause=cause, ended_on=found.ended_on or _last_day(found) or before.breach_days[-1])
    return life.told()


def _weigh(life: "_Life", before: Alert, found: Verdict) -> None:
    change = SEVERITIES.index(found.severity) - SEVERITIES.index(before.severity)
    if change:
        life.add("worsened" if change > 0 else "eased", found)


def _escalate(rule: AlertRule, life: "_Life", found: Verdict) -> None:
    """The tellings that are due; the first is the alert itself and no entry of its own."""
    reached = [n for n, one in enumerate(rule.tell) if one.after_days <= found.days_open]
    for number in reached:
        if number > life.alert.told and life.alert.state == "firing":
            if rule.tell[number].after_days > 0:
                life.add("escalated", found, step=number)
            life.change(told=number)


def _begun(rule: AlertRule, found: Verdict, subject: Subject, at_us: int) -> "_Life":
    alert = Alert(
        alert_id=subject.alert_id,
        rule_id=rule.rule_id,
        kind=rule.kind,
        unit_id=subject.unit_id,
        system=subject.system,
        state="pending",
        severity=found.severity,
        breach_days=found.breach_days,
    )
    return _Life(alert, at_us, is_new=True).add("pending", found).see(found)


def _seen(before: Alert, found: Verdict) -> Told | None:
    life = _Life(before, 0).see(found)
    return life.told() if life.moved else None


def _is_soon(rule: AlertRule, before: Alert, found: Verdict) -> bool:
    """Whether a breach follows so soon on the end of an alert that it is the same."""
    if before.ended_on is None or before.fired_on is None or found.since is None:
        return False
    return (found.since - before.ended_on).days <= rule.reopen_within_days


def _last_day(found: Verdict) -> date | None:
    return found.last.day if found.last else None


class _Life:
    """An alert to which things happen one after the other."""

    def __init__(self, alert: Alert, at_us: int, *, is_new: bool = False) -> None:
        self.alert = alert
        self._before = None if is_new else alert
        self._at_us = at_us
        self._entries: list[Entry] = []

    @property
    def moved(self) -> bool:
        """Whether anything is other than before."""
        return self.alert != self._before

    def add(
        self,
        happened: Happened,
        found: Verdict | None,
        *,
        cause: Cause | None = None,
        step: int | None = None,
        text: str = "",
        by: str = "",
    ) -> "_Life":
        """Lets something happen."""
        state = self.alert.state if self.alert.entries else None
        severity = found.severity if found and found.stands != "none" else self.alert.severity
        entry = Entry(
            alert_id=self.alert.alert_id,
            number=self.alert.entries,
            happened=happened,
            at_us=self._at_us,
            day=_last_day(found) if found else None,
            severity=severity,
            value=found.last.value if found and found.last else None,
            cause=cause,
            step=step,
            text=text,
            by=by,
        )
        self._entries.append(entry)
        self.change(state=WALK[state, happened], severity=severity, entries=entry.number + 1)
        return self

    def change(self, **members: object) -> None:
        """Writes members of the alert."""
        self.alert = replace(self.alert, **members)

    def see(self, found: Verdict) -> "_Life":
        """Takes over what the days say."""
        if found.stands != "none":
            last = found.last
            self.change(
                breach_days=found.breach_days,
                fired_on=found.fired_on,
                value=last.value if last else None,
                threshold=last.threshold if last else None,
            )
        return self

    def told(self) -> Told:
        """The alert, and what happened."""
        return Told(self.alert, tuple(self._entries))

"""A message to one receiver: what happened to alerts of one kind, and what is told of each."""

from collections.abc import Sequence
from hashlib import sha256

from msgspec import Struct

from wuguan.domain.alerting.life import Alert, Entry
from wuguan.domain.alerting.notice import Notice
from wuguan.domain.alerting.rule import AlertRule, Kind
from wuguan.domain.policy import PolicyBook, Rule
from wuguan.domain.roster import Stage

_MOST_CLAUSES = 2


class Item(Struct, frozen=True, kw_only=True):
    """One alert in a message."""

    alert: Alert
    rule: AlertRule | None
    """None: it is gone since."""
    entries: Sequence[Entry]
    """What happened, in order; at least one."""
    unit_name: str
    clauses: Sequence[Rule] = ()
    """What is asked, by the policy book."""
    link: str = ""

    @property
    def is_resolved(self) -> bool:
        """Whether the last that is told is its end."""
        return self.entries[-1].happened == "resolved"


class Message(Struct, frozen=True, kw_only=True):
    """What a sender sends, as text and as what the text was made from."""

    message_id: str
    """The same at every attempt, so that a receiver can tell a repetition."""
    kind: Kind
    title: str
    text: str
    """Plain, in lines; without the title."""
    items: Sequence[Item] = ()
    at_us: int = 0


def message_id_of(notices: Sequence[Notice]) -> str:
    """The id of the message of these notices to one receiver, in whatever order they are."""
    parts = sorted(f"{one.receiver_id} {one.alert_id} {one.number}" for one in notices)
    return sha256("\n".join(parts).encode()).hexdigest()[:20]


def clauses_of(
    rule: AlertRule, alert: Alert, path: Sequence[str], stages: Sequence[Stage], book: PolicyBook
) -> list[Rule]:
    """The must-rules that an alert of a unit rests on; none of an alert about data.

    `path` is the unit itself and what stands above it; `stages` are those that it has.
    """
    if rule.kind == "data" or not alert.breach_days:
        return []
    wanted = frozenset(rule.stages or stages)
    found = [
        one
        for one in book.rules
        if one.metric == rule.metric
        and one.binding == "must"
        and (one.unit is None or one.unit in path)
        and one.in_force(alert.breach_days[-1])
        and (not one.stages or not wanted or wanted.intersection(one.stages))
    ]
    # What the place itself asks for comes before what the state does.
    return sorted(found, key=lambda one: one.unit is None)[:_MOST_CLAUSES]

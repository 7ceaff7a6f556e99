"""The ledger of one class-day and management, and the fold that events make into it.

A ledger is a map of registers, last writer wins (docs/events.md §5). The fold is idempotent,
commutative and associative: any order, batching or redelivery of the same events gives the same
ledger.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from msgspec import Struct

from wuguan.domain.envelope import Envelope
from wuguan.domain.event import EventData, NilReported, Withdrawn, full_type, slot_of
from wuguan.domain.instants import instant_of
from wuguan.domain.managements import management_of


class LedgerKey(NamedTuple):
    """Which ledger: ordered as ledgers are locked and written."""

    school_id: str
    management: str
    class_id: str
    day: date


class Register(Struct, frozen=True, gc=False):
    """What stands for one fact, and the statement that put it there."""

    time_us: int
    id: str
    source: str
    data: EventData
    conflict: bool = False
    """Two statements with the same time, id and source disagreed."""

    @property
    def precedence(self) -> tuple[int, str, str]:
        """What decides which statement stands; text is compared by code point."""
        return (self.time_us, self.id, self.source)


Ledger = Mapping[tuple[str, str], Register]
EMPTY: Ledger = {}


def ledger_key(event: Envelope) -> LedgerKey:
    """The ledger that an event writes into."""
    data = event.data
    return LedgerKey(event.school_id, management_of(data.TYPE), data.class_id, data.day)


def fold(ledger: Ledger, events: Iterable[Envelope]) -> Ledger:
    """The ledger after these events; the very same object if they change nothing."""
    folded: dict[tuple[str, str], Register] | None = None
    standing: Ledger = ledger
    kind: type[EventData] | None = None
    for event in events:
        data: EventData = event.data
        if type(data) is not kind:
            # Most events of a ledger are of one type.
            kind = type(data)
            slot_in = slot_of(kind)
        stated = Register(instant_of(event.time), event.id, event.source, data)
        slot = slot_in(data)
        before = standing.get(slot)
        after = stated if before is None else winner(before, stated)
        if after is not before:
            if folded is None:
                standing = folded = dict(ledger)
            folded[slot] = after
    return standing


def winner(one: Register, other: Register) -> Register:
    """The register that stands of two; `one` itself if `other` changes nothing."""
    if one.precedence != other.precedence:
        return one if one.precedence > other.precedence else other
    if type(one.data) is type(other.data) and one.data == other.data:
        return one if one.conflict >= other.conflict else other
    greater = one if _canonical(one.data) > _canonical(other.data) else other
    if greater.conflict:
        return greater
    return Register(greater.time_us, greater.id, greater.source, greater.data, True)


def _canonical(data: EventData) -> bytes:
    pair = [full_type(data.TYPE), data.canonical()]
    return json.dumps(pair, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def standing_facts(ledger: Ledger) -> Mapping[type[EventData], Sequence[EventData]]:
    """The facts that stand, by event type, without those withdrawn."""
    facts: defaultdict[type[EventData], list[EventData]] = defaultdict(list)
    for register in ledger.values():
        facts[type(register.data)].append(register.data)
    return {kind: told for kind, told in facts.items() if not issubclass(kind, Withdrawn)}


def has_nil(facts: Mapping[type[EventData], Sequence[EventData]]) -> bool:
    """Whether a nil report stands among the facts."""
    return any(issubclass(kind, NilReported) for kind in facts)


def has_conflict(ledger: Ledger) -> bool:
    """Whether any standing register carries the conflict bit."""
    return any(register.conflict for register in ledger.values())

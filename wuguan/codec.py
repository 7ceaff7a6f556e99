"""The bytes that go into logs and tables, each with its version.

A frame is a CloudEvents JSON batch: readable by anybody. A ledger's facts and tallies are
MessagePack behind one byte of version: they are a cache of the log, written a thousand times a
second.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from operator import attrgetter
from typing import Any

import msgspec
from msgspec import UNSET

from wuguan.domain.envelope import Envelope, envelope_union
from wuguan.domain.event import EventData
from wuguan.domain.ledger import Ledger, LedgerKey, Register
from wuguan.domain.managements import EVENT_TYPES
from wuguan.domain.measuring import MetricTally

FRAME_LIMIT_BYTES = 512 * 1024


def _each(names: Sequence[str], data: Any) -> Sequence[Any]:
    return [getattr(data, name) for name in names]


_FACTS_VERSION = b"\x01"
_TALLIES_VERSION = b"\x01"

_json = msgspec.json.Encoder()
_pack = msgspec.msgpack.Encoder()
_batch = msgspec.json.Decoder(list[envelope_union()])  # type: ignore[misc]  # built at run time
_tallies = msgspec.msgpack.Decoder(tuple[MetricTally, ...])
# class_id and day are the ledger's own; they are not written with every fact.
_FIELDS = {short: kind.__struct_fields__[2:] for short, kind in EVENT_TYPES.items()}
# Their values at once; a single field would come without a tuple around it.
_VALUES: dict[str, Callable[[Any], Sequence[Any]]] = {
    short: attrgetter(*names) if len(names) > 1 else partial(_each, names)
    for short, names in _FIELDS.items()
}


def encode_events(events: Sequence[Envelope]) -> Iterable[bytes]:
    """The events as JSON batches, split where one would pass the limit of a frame."""
    body = _json.encode(events)
    if len(body) <= FRAME_LIMIT_BYTES or len(events) == 1:
        yield body
        return
    half = len(events) // 2
    yield from encode_events(events[:half])
    yield from encode_events(events[half:])


def frame_id(now_us: int, randomness: bytes) -> str:
    """A UUIDv7 (RFC 9562): milliseconds first, then ten random bytes."""
    number = (now_us // 1000 & (1 << 48) - 1) << 80 | int.from_bytes(randomness)
    number = number & ~(0xF << 76) | 7 << 76
    number = number & ~(0b11 << 62) | 0b10 << 62
    text = f"{number:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def decode_events(body: bytes) -> list[Envelope]:
    """The events of a frame that passed validation before it was written."""
    events: list[Envelope] = _batch.decode(body)
    return events


def encode_facts(ledger: Ledger) -> bytes:
    """All registers of a ledger, the standing and the withdrawn."""
    rows = []
    kind: type[EventData] | None = None
    for one in ledger.values():
        data = one.data
        if type(data) is not kind:
            # Most facts of a ledger are of one type.
            kind = type(data)
            short = kind.TYPE
            values_of = _VALUES[short]
        values = values_of(data)
        # Optional fields mostly stand last and mostly are absent; absent ones at the end are cut.
        while values and values[-1] is UNSET:
            values = values[:-1]
        if UNSET in values:
            values = [None if value is UNSET else value for value in values]
        # All but `system` of `/schools/<school_id>/<system>` is the ledger's own.
        rows.append((short, one.time_us, one.id, one.source[20:], one.conflict, values))
    return _FACTS_VERSION + _pack.encode(rows)


def decode_facts(key: LedgerKey, packed: bytes) -> Ledger:
    """The ledger that `encode_facts` wrote under this key."""
    if packed[:1] != _FACTS_VERSION:
        raise ValueError(f"facts of an unknown version {packed[:1]!r}")
    registers = (_register(key, row) for row in msgspec.msgpack.decode(packed[1:]))
    return {register.data.slot: register for register in registers}


def systems_in(packed: bytes) -> set[str]:
    """The systems that the facts of a ledger came from, as their sources name them."""
    if packed[:1] != _FACTS_VERSION:
        raise ValueError(f"facts of an unknown version {packed[:1]!r}")
    return {row[3] for row in msgspec.msgpack.decode(packed[1:])}


def encode_tallies(tallies: Sequence[MetricTally]) -> bytes:
    """The tallies of one class-day and management."""
    return _TALLIES_VERSION + _pack.encode(tallies)


def decode_tallies(packed: bytes) -> Sequence[MetricTally]:
    """The tallies that `encode_tallies` wrote."""
    if packed[:1] != _TALLIES_VERSION:
        raise ValueError(f"tallies of an unknown version {packed[:1]!r}")
    return _tallies.decode(packed[1:])


def _register(key: LedgerKey, row: Sequence[Any]) -> Register:
    short, time_us, event_id, system, conflict, values = row
    # A field added to the type after this was written is absent here.
    fields = {
        name: value
        for name, value in zip(_FIELDS[short], values, strict=False)
        if value is not None
    }
    data = EVENT_TYPES[short](class_id=key.class_id, day=key.day, **fields)
    return Register(time_us, event_id, f"/schools/{key.school_id}/{system}", data, conflict)

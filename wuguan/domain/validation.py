"""Holding what was sent to the contract: accept an event, or say what is wrong with it, and where.

Typed decoding is the fast path and accepts only what is right in every way. What it does not
accept is walked field by field, in the order of docs/events.md, from the same declarations, until
the first fault is found. So an answer never depends on the path that led to it.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

import msgspec
from msgspec import Struct

from wuguan.domain import faults
from wuguan.domain.envelope import ATTRIBUTES, ENVELOPES, Envelope, envelope_union
from wuguan.domain.errors import Fault
from wuguan.domain.event import EventData
from wuguan.domain.field_checks import (
    EVENT_ID,
    attribute_fault,
    beyond_types,
    check_data,
    withdrawn_key_fault,
)
from wuguan.domain.forms import SOURCE, looks_personal, whole
from wuguan.domain.instants import FIRST_DAY, MINUTE_US, china_day, parse_instant

MOST_EVENTS = 1000
"""In one request, and in one record of a topic."""
AHEAD_US = 10 * MINUTE_US
"""A `time` further ahead of the server than this is refused: its clock is wrong."""

_BATCH = msgspec.json.Decoder(list[envelope_union()])  # type: ignore[misc]  # built at run time
_ANY = envelope_union()
_SOURCE = whole(SOURCE)
# Lengths at which a string in its form may still look like a person (forms.looks_personal).
_SUSPICIOUS_LENGTHS = frozenset({11, 18, 19})


class Rejection(Struct, frozen=True):
    """An event that cannot be taken: its place in the request, and the first fault."""

    index: int
    id: str | None
    fault: Fault
    source: str | None
    type: str | None


class Checked(NamedTuple):
    """What a request holds: the events to take, repeats, and what is refused."""

    accepted: list[Envelope]
    duplicates: list[tuple[int, str]]
    """Index and id."""
    rejected: list[Rejection]


class Bounds(Struct, frozen=True):
    """What an event is held to beside its form: its sender's school and the clock."""

    school_id: str
    now_us: int

    @property
    def latest_day(self) -> date:
        """Tomorrow in China: some facts are stated the evening before."""
        return china_day(self.now_us) + timedelta(days=1)


def decode_batch(body: bytes) -> list[Envelope] | None:
    """The events of a JSON array, if every one is in its form; else None, and nothing is said."""
    try:
        events: list[Envelope] = _BATCH.decode(body)
    # ValueError: msgspec's own errors, bad UTF-8; RecursionError: brackets without end.
    except (ValueError, RecursionError):
        return None
    return events


def check_typed(events: Sequence[Envelope], bounds: Bounds) -> Checked | None:
    """Takes well-formed events whole; None if any of them needs a closer look."""
    latest, seen = bounds.latest_day, set()
    source = ""
    for event in events:
        # Most requests have one source: what passed once need not be matched again.
        if event.source != source and not _is_source(event.source, bounds.school_id):
            return None
        source = event.source
        if not _clean(event, bounds, latest):
            return None
        seen.add((source, event.id))
    return Checked(list(events), [], []) if len(seen) == len(events) else None


def check_items(items: Sequence[Any], bounds: Bounds) -> Checked:
    """Checks JSON values one by one. One bad event never spoils its neighbours."""
    checked = Checked([], [], [])
    latest = bounds.latest_day
    first: dict[tuple[str, str], list[Envelope]] = {}
    for index, item in enumerate(items):
        event = _typed(item)
        if (
            event is None
            or not _is_source(event.source, bounds.school_id)
            or not _clean(event, bounds, latest)
        ):
            fault = find_fault(item, bounds)
            if fault is not None:
                checked.rejected.append(rejection_of(index, item, fault))
                continue
            event = _convert(item)
        earlier = first.setdefault((event.source, event.id), [])
        twin = next((one for one in earlier if _same_instant(one, event)), None)
        if twin is None:
            earlier.append(event)
            checked.accepted.append(event)
        elif type(twin) is type(event) and twin.data == event.data:
            checked.duplicates.append((index, event.id))
        else:
            checked.rejected.append(rejection_of(index, item, faults.id_conflict()))
    return checked


def find_fault(item: Any, bounds: Bounds) -> Fault | None:
    """The first fault of a JSON value that should be an event, in the contract's order."""
    if not isinstance(item, dict):
        return faults.not_an_event()
    for name in ATTRIBUTES:
        fault = attribute_fault(name, item.get(name), bounds.school_id)
        if fault is None and name == "time":
            fault = _ahead(item["time"], bounds)
        if fault is not None:
            return fault
    data_type = ENVELOPES[item["type"]].__annotations__["data"]
    return check_data(item.get("data"), data_type, bounds.latest_day)


def _ahead(time: str, bounds: Bounds) -> Fault | None:
    instant = parse_instant(time)
    if instant is not None and instant > bounds.now_us + AHEAD_US:
        return faults.time_ahead()
    return None


def _is_source(source: str, school_id: str) -> bool:
    match = _SOURCE.match(source)
    return match is not None and match[1] == school_id


def _clean(event: Envelope, bounds: Bounds, latest: date) -> bool:
    """Whether an event of a right source keeps all else that its types cannot say."""
    instant = parse_instant(event.time)
    return (
        instant is not None
        and instant <= bounds.now_us + AHEAD_US
        and EVENT_ID.match(event.id) is not None
        and FIRST_DAY <= event.data.day <= latest
        and _clean_data(event.data)
    )


def _clean_data(data: EventData) -> bool:
    look = beyond_types(type(data))
    for name, form in look.identifiers:
        value = getattr(data, name)
        if form.match(value) is None:
            return False
        if len(value) in _SUSPICIOUS_LENGTHS and looks_personal(value):
            return False
    for name in look.instants:
        value = getattr(data, name)
        if value is not msgspec.UNSET and parse_instant(value) is None:
            return False
    if look.withdraws and withdrawn_key_fault(*data.slot) is not None:
        return False
    return not look.has_rule or data.broken_rule() is None


def _typed(item: Any) -> Envelope | None:
    try:
        return _convert(item) if isinstance(item, dict) else None
    except (ValueError, RecursionError):
        return None


def _convert(item: Mapping[str, Any]) -> Envelope:
    # Other attributes of CloudEvents are dropped, and `null` is no value there.
    known = {name: item[name] for name in (*ATTRIBUTES, "data") if item.get(name) is not None}
    event: Envelope = msgspec.convert(known, _ANY)
    return event


def _same_instant(one: Envelope, other: Envelope) -> bool:
    return parse_instant(one.time) == parse_instant(other.time)


def rejection_of(index: int, item: Any, fault: Fault) -> Rejection:
    """Shows a part of the event only where it is in its form: the value refused never is."""
    if not isinstance(item, dict):
        return Rejection(index, None, fault, None, None)
    sent_id, source, kind = item.get("id"), item.get("source"), item.get("type")
    return Rejection(
        index,
        sent_id if isinstance(sent_id, str) else None,
        fault,
        source if isinstance(source, str) and _SOURCE.match(source) else None,
        kind if isinstance(kind, str) and kind in ENVELOPES else None,
    )

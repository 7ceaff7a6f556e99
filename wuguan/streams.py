"""The streams of docs/events.md §10: their topics, and what a record in them says.

Pure: bytes in, events and rejections out. What carries the headers of a frame was checked by who
wrote it, so only what is cheap to see is looked at again; every other record, such as a single
event of a district's own integration, passes the same checks as over HTTP.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from operator import attrgetter
from typing import Any, NamedTuple

import msgspec
from msgspec import UNSET
from msgspec.structs import replace

from wuguan.codec import decode_events
from wuguan.domain import faults
from wuguan.domain.alerting.life import Entry
from wuguan.domain.envelope import ENVELOPES, Envelope
from wuguan.domain.errors import Fault
from wuguan.domain.event import full_type
from wuguan.domain.field_checks import beyond_types
from wuguan.domain.forms import CLASS_ID, SCHOOL_ID, whole
from wuguan.domain.instants import FIRST_DAY, MINUTE_US, china_datetime, parse_instant
from wuguan.domain.json_values import NotJson, read_json
from wuguan.domain.managements import MANAGEMENTS, management_of
from wuguan.domain.validation import (
    MOST_EVENTS,
    Bounds,
    Rejection,
    check_items,
    find_fault,
    rejection_of,
)
from wuguan.ports import Frame, Happening, Place

BATCH = b"application/cloudevents-batch+json"
SINGLE = b"application/cloudevents+json"
_FRAME_HEADERS = frozenset({"content-type", "frame-id", "received-at"})
REJECTED_TOPIC = "wuguan.rejected.v1"
ALERTS_TOPIC = "wuguan.alerts.v1"

_ALERT_MEMBERS = ("alert_id", "rule_id", "kind", "unit_id", "system")
_ENTRY_MEMBERS = ("number", "day", "severity", "value", "cause", "step")
_SCHOOL_ID, _CLASS_ID = whole(SCHOOL_ID), whole(CLASS_ID)
_DAMAGED = (
    "the value of the record is neither a JSON array of events nor one event",
    "记录的内容既不是事件的 JSON 数组,也不是一条事件",
)


def topic_of(management: str) -> str:
    """The topic of a management."""
    return f"wuguan.{management}.v1"


EVENT_TOPICS: Mapping[str, str] = {topic_of(name): name for name in MANAGEMENTS}
"""The management of each topic of events."""

_OWN_ENVELOPES: Mapping[str, frozenset[type[Envelope]]] = {
    name: frozenset(kind for full, kind in ENVELOPES.items() if management_of(full[7:]) == name)
    for name in MANAGEMENTS
}


class Record(NamedTuple):
    """A record of a topic of events, and where it stands."""

    place: Place
    offset: int
    key: bytes | None
    value: bytes | None
    is_frame: bool
    """It carries the headers of a frame."""
    written_us: int
    """When the broker took it: what an unchecked event is held to instead of the clock."""


class RecordRead(NamedTuple):
    """What a record says: the events to take, and what is refused."""

    school_id: str | None
    """The record's key, if it is a school's id."""
    events: Sequence[Envelope]
    rejected: Sequence[Rejection]


def headers_of(frame: Frame) -> list[tuple[str, bytes]]:
    """The headers of the record that carries a frame."""
    return [
        ("content-type", BATCH),
        ("frame-id", frame.frame_id.encode()),
        ("received-at", china_datetime(frame.received_us).isoformat().encode()),
    ]


def is_frame(headers: Iterable[tuple[str, bytes]]) -> bool:
    """Whether a record carries the headers of a frame."""
    found = dict(headers)
    return found.keys() >= _FRAME_HEADERS and found["content-type"] == BATCH


def read_record(record: Record) -> RecordRead:
    """The events of a record of an event topic, and what of it cannot be used."""
    management = EVENT_TOPICS[record.place.topic]
    school_id = _school_of(record)
    if school_id is not None and record.value and record.is_frame:
        events = _of_frame(record, school_id, management)
        if events is not None:
            return RecordRead(school_id, events, ())
    return _closely(record, school_id, management)


def rejected_value(record: Record, rejection: Rejection) -> bytes:
    """The value of a record of `wuguan.rejected.v1`: where and why, never what was refused."""
    fault = rejection.fault
    return msgspec.json.encode(
        {
            "topic": record.place.topic,
            "partition": record.place.partition,
            "offset": record.offset,
            "index": rejection.index,
            "code": fault.code,
            "path": fault.path,
            "message": fault.message,
            "message_zh": fault.message_zh,
        }
    )


def alert_record(happening: Happening) -> tuple[bytes, bytes]:
    """Key and value of a record of `wuguan.alerts.v1`: the unit, and a CloudEvent."""
    alert, entry = happening
    event = {
        "specversion": "1.0",
        "id": f"{entry.alert_id}/{entry.number}",
        "source": f"/units/{alert.unit_id}",
        "type": full_type(f"alert.{entry.happened}"),
        "subject": entry.alert_id,
        "time": china_datetime(entry.at_us).isoformat(),
        "datacontenttype": "application/json",
        "data": {name: getattr(alert, name) for name in _ALERT_MEMBERS} | _entry_members(entry),
    }
    return alert.unit_id.encode(), msgspec.json.encode(event)


def _entry_members(entry: Entry) -> dict[str, Any]:
    """What happened; who did it stays in the table, and what somebody wrote as well."""
    return {name: getattr(entry, name) for name in _ENTRY_MEMBERS}


def _school_of(record: Record) -> str | None:
    key = (record.key or b"").decode("ascii", "replace")
    return key if _SCHOOL_ID.match(key) else None


def _of_frame(record: Record, school_id: str, management: str) -> Sequence[Envelope] | None:
    """The events of a frame, if each is of its type, its school and its management."""
    try:
        events = decode_events(record.value or b"")
    # ValueError: msgspec's own errors, bad UTF-8; RecursionError: brackets without end.
    except (ValueError, RecursionError):
        return None
    # Set by set, not event by event: most frames have one kind, one source and one class.
    kinds = set(map(type, events))
    if not kinds <= _OWN_ENVELOPES[management]:
        return None
    prefix = f"/schools/{school_id}/"
    if not all(source.startswith(prefix) for source in {event.source for event in events}):
        return None
    if not all(map(_CLASS_ID.match, {event.data.class_id for event in events})):
        return None
    days = {event.data.day for event in events}
    if days and not FIRST_DAY <= min(days) <= max(days) <= _latest_day(record.written_us):
        return None
    return events if _have_instants(events, kinds) else None


@lru_cache(maxsize=8)
def _latest_day_at(minutes: int) -> date:
    return Bounds("", minutes * MINUTE_US).latest_day


def _latest_day(written_us: int) -> date:
    return _latest_day_at(written_us // MINUTE_US)


def _have_instants(events: Sequence[Envelope], kinds: Collection[type[Envelope]]) -> bool:
    """Whether every instant can be read: one that cannot would fail whenever it is measured."""
    stated: set[Any] = {event.time for event in events}
    for kind in kinds:
        of_kind = events if len(kinds) == 1 else [one for one in events if type(one) is kind]
        for name in beyond_types(kind.__annotations__["data"]).instants:
            stated.update(map(attrgetter(f"data.{name}"), of_kind))
    stated.discard(UNSET)
    return None not in map(parse_instant, stated)


def read_closely(record: Record) -> RecordRead:
    """The same, each event held to all of the contract, whoever wrote the record."""
    return _closely(record, _school_of(record), EVENT_TOPICS[record.place.topic])


def _closely(record: Record, school_id: str | None, management: str) -> RecordRead:
    try:
        value = read_json(record.value or b"")
    except NotJson as error:
        return _refused(school_id, faults.unreadable_record(error.message, error.message_zh))
    if not isinstance(value, list | dict) or value == []:
        return _refused(school_id, faults.unreadable_record(*_DAMAGED))
    items: list[Any] = value if isinstance(value, list) else [value]
    if len(items) > MOST_EVENTS:
        return _refused(school_id, faults.too_many_in_a_record(MOST_EVENTS))
    bounds = Bounds(school_id or "", record.written_us)
    good: dict[int, Any] = {}
    rejected = []
    for index, item in enumerate(items):
        fault = _fault(item, bounds, management)
        if fault is None:
            good[index] = item
        else:
            rejected.append(rejection_of(index, item, fault))
    checked = check_items(list(good.values()), bounds)
    # The checks count from the first of the good ones, a reader from the first of the record.
    indexes = list(good)
    rejected += [replace(one, index=indexes[one.index]) for one in checked.rejected]
    return RecordRead(school_id, checked.accepted, rejected)


def _fault(item: Any, bounds: Bounds, management: str) -> Fault | None:
    """The first fault of an event in a topic: its key stands for the key of a request."""
    fault = find_fault(item, bounds)
    if fault is not None and fault.code == "wrong_school":
        return faults.wrong_record_key()
    # In the contract's order `type` comes before `time` and all that follows it.
    if fault is None or fault.path not in ("", "/specversion", "/id", "/source", "/type"):
        short = str(item["type"])[7:-3]
        if management_of(short) != management:
            return faults.wrong_topic_type(management)
    return fault


def _refused(school_id: str | None, fault: Fault) -> RecordRead:
    return RecordRead(school_id, (), (Rejection(0, None, fault, None, None),))

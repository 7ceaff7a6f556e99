"""What cannot be used is told where and why; what can be used beside it is taken."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from tests.builders import (
    SCHOOL,
    TODAY,
    YESTERDAY,
    class_check,
    event,
    frame,
    ledger_key,
    ledger_of,
)
from tests.unit.stream_processors.records import (
    SLEEP,
    Consumer,
    checks,
    frames,
    ledger,
    records_of,
    unreadable,
)
from wuguan.codec import encode_events
from wuguan.domain.errors import TemporarilyUnavailable
from wuguan.streams import Record


def test_refused_records_are_published_and_kept_before_the_position_moves() -> None:
    consumer = Consumer().begin()

    consumer.take([unreadable(0), *records_of(frames(1), 1), unreadable(2, key=b"board")])

    assert [key for key, _ in consumer.publisher.sent] == [SCHOOL.encode(), None]
    published = [json.loads(value) for _, value in consumer.publisher.sent]
    assert [(one["topic"], one["partition"], one["offset"], one["code"]) for one in published] == [
        ("wuguan.phone.v1", 0, 0, "not_an_event"), ("wuguan.phone.v1", 0, 2, "not_an_event"),
    ]  # fmt: skip
    assert consumer.publisher.positions_when_confirmed == [0]
    assert consumer.position() == 3
    assert ledger(consumer.store) == ledger_of(class_check("c-1", 1))


def test_refused_records_of_a_school_are_there_for_it_to_read() -> None:
    consumer = Consumer().begin()

    consumer.take([unreadable(0), unreadable(1, key=b"board"), unreadable(2, key=b"")])

    tuesday = TODAY.replace(day=TODAY.day + 1)
    (kept,) = consumer.store.rejects.list(SCHOOL, YESTERDAY, tuesday, None, 10)
    assert (kept.code, kept.path, kept.id, kept.source) == ("not_an_event", "", None, None)


def test_where_refused_records_cannot_be_published_nothing_is_written() -> None:
    consumer = Consumer().begin()
    batch = consumer.taking.prepare([unreadable(0), *records_of(frames(1), 1)])
    consumer.publisher.failing = TemporarilyUnavailable("the broker is away")

    with pytest.raises(TemporarilyUnavailable):
        consumer.taking.write(batch)
    assert consumer.position() == 0
    assert ledger(consumer.store) == {}
    assert list(consumer.store.rejects.list(SCHOOL, YESTERDAY, TODAY, None, 10)) == []

    consumer.publisher.failing = None
    consumer.taking.write(batch)
    assert consumer.position() == 2


NIGHT: Mapping[str, Any] = {"pid": "0" * 32, "woke_at": "2026-09-15T06:00:00+08:00"}


def forged(*slept_at: str) -> Record:
    """A frame that claims to be checked, of nights that begin at these instants."""
    nights = [
        event("sleep.bedtime_reported", event_id=f"n-{number}", slept_at=one, **NIGHT)
        for number, one in enumerate(slept_at)
    ]
    (body,) = encode_events(nights)
    return Record(SLEEP, 0, SCHOOL.encode(), body, True, 2_000_000_000_000_000)


def test_a_frame_that_was_not_checked_is_refused_event_by_event() -> None:
    consumer = Consumer().begin()

    consumer.take([*records_of(frames(1)), forged("x", "2026-09-14T21:00:00+08:00")])

    assert [json.loads(value)["path"] for _, value in consumer.publisher.sent] == ["/data/slept_at"]
    (standing,) = ledger(consumer.store, ledger_key(management="sleep")).values()
    assert standing.id == "n-1"
    assert (consumer.position(), consumer.position(SLEEP)) == (1, 1)
    assert ledger(consumer.store) == ledger_of(*checks(1))


def failing_on(consumer: Consumer, event_id: str) -> Callable[..., Any]:
    """The folder's `prepare`, for which one event is something that no check foresaw."""
    prepare = consumer.taking._folder.prepare

    def failing(events: Any, *arguments: Any) -> Any:
        if any(one.id == event_id for of_ledger in events.values() for one in of_ledger):
            raise ValueError
        return prepare(events, *arguments)

    return failing


def test_where_a_fold_fails_only_the_record_at_fault_is_looked_at_closely(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    consumer = Consumer().begin()
    late = class_check("c-9", time="2199-01-01T00:00:00Z")
    neighbour = class_check("c-8", time="2199-01-01T00:00:00Z")
    monkeypatch.setattr(consumer.taking._folder, "prepare", failing_on(consumer, late.id))

    consumer.take(records_of([frame(neighbour), frame(late)]))

    assert [json.loads(value)["path"] for _, value in consumer.publisher.sent] == ["/time"]
    assert ledger(consumer.store) == ledger_of(neighbour)

"""The contract of EventLog."""

import time
from collections.abc import Sequence
from typing import Any

import pytest

from tests.builders import OTHER_SCHOOL, class_check, event, frame
from tests.contract.steps import WAIT_SECONDS, Broken, started
from wuguan.ports import EventLog, Frame, LogRecord, Store


class HalfReadable(Sequence[Frame]):
    """Frames of which only the first can be read."""

    def __len__(self) -> int:
        return 2

    def __getitem__(self, index: Any) -> Any:
        if index == 0:
            return frame(class_check("c-1"))
        raise Broken


def test_what_was_appended_is_read_back_whole(store: Store) -> None:
    sent = frame(class_check("c-1"), class_check("c-2"), received_us=1_789_000_000_123_456)

    store.log.append([sent])

    (record,) = store.log.read(0, 10)
    assert record.frame == sent


def test_records_are_read_in_the_order_of_their_appending(store: Store) -> None:
    frames = [frame(class_check(f"c-{number}")) for number in range(6)]

    store.log.append(frames[:2])
    store.log.append(frames[2:])

    records = store.log.read(0, 10)
    assert [record.frame for record in records] == frames
    assert [record.position for record in records] == [1, 2, 3, 4, 5, 6]


def test_reading_goes_on_after_a_position_and_stops_at_the_limit(store: Store) -> None:
    frames = [frame(class_check(f"c-{number}")) for number in range(5)]
    store.log.append(frames)

    first = store.log.read(0, 2)
    following = store.log.read(first[-1].position, 2)

    assert [record.frame for record in first] == frames[:2]
    assert [record.frame for record in following] == frames[2:4]


def test_at_the_end_of_the_log_nothing_is_read(store: Store) -> None:
    store.log.append([frame(event())])

    assert list(store.log.read(1, 10)) == []


def test_the_end_lies_after_the_last_record(store: Store) -> None:
    assert store.log.end() == 1
    store.log.append([frame(class_check(f"c-{number}")) for number in range(3)])

    last = store.log.read(0, 10)[-1]

    assert store.log.end() == last.position + 1 == 4


def test_appending_nothing_changes_nothing(store: Store) -> None:
    store.log.append([])

    assert list(store.log.read(0, 10)) == []


def test_of_an_append_that_fails_nothing_is_in_the_log(store: Store) -> None:
    with pytest.raises(Broken):
        store.log.append(HalfReadable())

    assert list(store.log.read(0, 10)) == []


def test_a_failed_append_does_not_disturb_the_next(store: Store) -> None:
    with pytest.raises(Broken):
        store.log.append(HalfReadable())

    store.log.append([frame(event(school=OTHER_SCHOOL))])

    assert [record.frame.school_id for record in store.log.read(0, 10)] == [OTHER_SCHOOL]


def test_a_reader_that_follows_never_skips_a_record(store: Store) -> None:
    senders, appends = 4, 20
    expected = senders * appends * 2

    def append(sender: int) -> None:
        for number in range(appends):
            name = f"{sender}-{number}"
            store.log.append([frame(class_check(f"{name}-a")), frame(class_check(f"{name}-b"))])

    with started(*(lambda sender=sender: append(sender) for sender in range(senders))):
        followed = follow(store.log, expected)

    assert followed == list(store.log.read(0, expected + 1))
    assert len(followed) == expected
    for sender in range(senders):
        bodies = [r.frame.body for r in followed if f'"{sender}-'.encode() in r.frame.body]
        sent = [frame(class_check(f"{sender}-{number}-{part}")).body
                for number in range(appends) for part in "ab"]  # fmt: skip
        assert bodies == sent


def follow(log: EventLog, expected: int) -> list[LogRecord]:
    """Reads on from the last record seen, as the consumer does."""
    followed: list[LogRecord] = []
    deadline = time.monotonic() + WAIT_SECONDS
    while len(followed) < expected and time.monotonic() < deadline:
        after = followed[-1].position if followed else 0
        followed += log.read(after, 7)
    return followed

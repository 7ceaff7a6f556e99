"""The contract of FrameWriter: what it answered for is in the log."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, closing
from random import SystemRandom
from typing import Any, Protocol

import pytest

from api.log_writer import LogWriter
from tests.builders import class_check, event, frame
from tests.kafka_clients import KafkaConsumer, TopicPartition
from tests.services import partitions_of, shared_kafka
from wuguan.adapters.kafka.frame_writer import KafkaFrameWriter
from wuguan.adapters.kafka.log_reader import KafkaLogReader
from wuguan.adapters.kafka.partitions import partition_of
from wuguan.adapters.memory.store import MemoryStore
from wuguan.domain.errors import TemporarilyUnavailable
from wuguan.domain.instants import instant_of
from wuguan.metric_names import Silence
from wuguan.ports import Frame, FrameWriter
from wuguan.streams import EVENT_TOPICS, is_frame


class Log(Protocol):
    """Where frames are written, and how a test reads them back."""

    def writer(self) -> FrameWriter:
        """A writer that is not open yet."""

    def written(self) -> list[Frame]:
        """The frames since the test began, those of one school and management in their order."""


class Table:
    """The log of the embedded runtime."""

    def __init__(self) -> None:
        self._store = MemoryStore()

    def writer(self) -> FrameWriter:
        return LogWriter(self._store.log, Silence(), time.monotonic)

    def written(self) -> list[Frame]:
        return [record.frame for record in self._store.log.read(0, 100_000)]


class Topics:
    """The log on Kafka; what others write there at the same time is not looked at."""

    def __init__(self, address: str, reader: KafkaLogReader, partitions: int, school: str) -> None:
        self._address, self._reader, self._school = address, reader, school
        self._partitions = partitions
        self._ends = dict(reader.of([school]))

    def writer(self) -> FrameWriter:
        return KafkaFrameWriter(self._address, Silence(), compression="none", wait_seconds=20)

    def written(self) -> list[Frame]:
        ends = self._reader.of([self._school])
        records = [
            record
            for place, first in self._ends.items()
            for record in self._reader.read(place, first, ends[place])
            if record.key == self._school.encode()
        ]
        assert all(record.is_frame for record in records)
        found = [one for one in self._messages() if one.key == self._school.encode()]
        # Of several topics a client may hand over any first.
        assert sorted(one.value for one in found) == sorted(r.value or b"" for r in records)
        assert {one.partition for one in found} <= {partition_of(self._school, self._partitions)}
        return [_frame_of(one) for one in found]

    def _messages(self) -> list[Any]:
        """Every message since the test began, with its headers."""
        with closing(_consumer(self._address)) as consumer:
            found = []
            for place, end in self._reader.of([self._school]).items():
                partition = TopicPartition(*place)
                consumer.assign([partition])
                consumer.seek(partition, self._ends[place])
                while consumer.position(partition) < end:
                    found += consumer.poll(timeout_ms=1000).get(partition, [])
            return found


def _consumer(address: str) -> KafkaConsumer:
    return KafkaConsumer(bootstrap_servers=address, enable_auto_commit=False)


def _frame_of(message: Any) -> Frame:
    headers = dict(message.headers)
    assert is_frame(message.headers)
    return Frame(
        message.key.decode(),
        EVENT_TOPICS[message.topic],
        headers["frame-id"].decode(),
        instant_of(headers["received-at"].decode()),
        message.value,
    )


@pytest.fixture
def school() -> str:
    """A school that nobody else writes about."""
    return f"2199{SystemRandom().randrange(10**6):06d}"


@pytest.fixture(params=["table", "kafka"])
def log(request: pytest.FixtureRequest, school: str) -> Iterator[Log]:
    """A log to write to."""
    if request.param == "table":
        yield Table()
        return
    address = shared_kafka()
    partitions = partitions_of(address)
    with closing(KafkaLogReader(address, partitions)) as reader:
        yield Topics(address, reader, partitions, school)


@asynccontextmanager
async def opened(log: Log) -> AsyncIterator[FrameWriter]:
    """A writer that takes frames; closed when left."""
    writer = log.writer()
    await writer.open()
    try:
        yield writer
    finally:
        await writer.close()


def run(log: Log, scenario: Callable[[FrameWriter], Coroutine[Any, Any, Any]]) -> Any:
    """What a scenario with an open writer comes to."""

    async def all_of_it() -> Any:
        async with opened(log) as writer:
            return await scenario(writer)

    return asyncio.run(all_of_it())


def check(school: str, number: int, **attributes: Any) -> Frame:
    """A frame of one event."""
    return frame(class_check(f"c-{number}", school=school, **attributes), received_us=RECEIVED_US)


RECEIVED_US = 1_789_000_000_123_456


def test_what_was_appended_is_in_the_log_when_append_returns(log: Log, school: str) -> None:
    sent = [check(school, 1), frame(event(school=school), received_us=RECEIVED_US)]

    async def scenario(writer: FrameWriter) -> list[Frame]:
        await writer.append(sent)
        return await asyncio.to_thread(log.written)

    by_management = sorted(run(log, scenario), key=lambda one: one.management, reverse=True)
    assert by_management == sent


def test_frames_of_one_school_stay_in_their_order(log: Log, school: str) -> None:
    frames = [check(school, number) for number in range(60)]

    async def scenario(writer: FrameWriter) -> None:
        await writer.append(frames[:20])
        for one in frames[20:40]:
            await writer.append([one])
        await writer.append(frames[40:])

    run(log, scenario)
    assert log.written() == frames


def test_what_many_append_at_once_is_all_there(log: Log, school: str) -> None:
    frames = [check(school, number) for number in range(200)]

    async def scenario(writer: FrameWriter) -> None:
        pairs = zip(frames[::2], frames[1::2], strict=True)
        await asyncio.gather(*(writer.append(pair) for pair in pairs))

    run(log, scenario)
    written = log.written()
    assert len(written) == 200
    assert {one.body for one in written} == {one.body for one in frames}


def test_a_large_frame_is_taken_whole(log: Log, school: str) -> None:
    large = Frame(school, "phone", str(frame(event()).frame_id), RECEIVED_US, b"x" * 520_000)

    run(log, lambda writer: writer.append([large, check(school, 1), large]))

    assert log.written() == [large, check(school, 1), large]


def test_appending_nothing_writes_nothing(log: Log) -> None:
    run(log, lambda writer: writer.append([]))

    assert log.written() == []


def test_closing_leaves_nobody_without_an_answer_and_nothing_answered_for_unwritten(
    log: Log, school: str
) -> None:
    frames = [check(school, number) for number in range(50)]

    async def scenario(writer: FrameWriter) -> list[object]:
        waiting = [asyncio.create_task(writer.append([one])) for one in frames]
        await asyncio.sleep(0)
        await writer.close()
        return await asyncio.gather(*waiting, return_exceptions=True)

    answers = run(log, scenario)
    assert {type(one) for one in answers} <= {type(None), TemporarilyUnavailable}
    answered = [one for one, answer in zip(frames, answers, strict=True) if answer is None]
    written = log.written()
    assert [one for one in written if one in answered] == answered
    assert answered, "closing has refused everything that waited"


def test_after_closing_nothing_is_taken_until_it_is_opened_again(log: Log, school: str) -> None:
    async def scenario(writer: FrameWriter) -> None:
        await writer.append([check(school, 1)])
        await writer.close()
        with pytest.raises(TemporarilyUnavailable):
            await writer.append([check(school, 2)])
        await writer.open()
        await writer.append([check(school, 3)])

    run(log, scenario)
    assert log.written() == [check(school, 1), check(school, 3)]


def test_a_sender_that_goes_away_does_not_take_its_frames_with_it(log: Log, school: str) -> None:
    async def scenario(writer: FrameWriter) -> None:
        gone = asyncio.create_task(writer.append([check(school, 1)]))
        await asyncio.sleep(0)
        gone.cancel()
        await writer.append([check(school, 2)])

    run(log, scenario)
    assert check(school, 2) in log.written()

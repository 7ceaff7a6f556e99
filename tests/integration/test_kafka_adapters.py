"""The adapters of Kafka where only a broker of their own will do: absent, full, set otherwise."""

import asyncio
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import closing
from typing import Any

import pytest

from deploy.local.kafka import Broker
from deploy.local.ports import free_port
from tests.bench.topics import made_anew
from tests.builders import SCHOOL, class_check, event, frame
from tests.kafka_clients import KafkaAdminClient, KafkaConsumer, TopicPartition
from tests.services import own_broker, settings_of
from wuguan.adapters.kafka import connecting, frame_writer
from wuguan.adapters.kafka.administration import ensure_topics
from wuguan.adapters.kafka.direct import DirectProducer
from wuguan.adapters.kafka.frame_writer import KafkaFrameWriter
from wuguan.adapters.kafka.groups import KafkaGroup
from wuguan.adapters.kafka.log_reader import KafkaLogReader
from wuguan.adapters.kafka.partitions import partition_of
from wuguan.domain.errors import TemporarilyUnavailable
from wuguan.metric_names import Silence
from wuguan.ports import Frame, Place
from wuguan.streams import REJECTED_TOPIC, read_record, topic_of

PARTITIONS = 4
WAIT_SECONDS = 2.0
PHONE = topic_of("phone")


@pytest.fixture(scope="module")
def broker() -> Iterator[Broker]:
    with own_broker() as broker:
        yield broker


@pytest.fixture
def topics(broker: Broker) -> str:
    """The address of the broker, whose topics are empty."""
    if not broker.running:
        broker.start()
    settings = {"WUGUAN_KAFKA": broker.bootstrap, "WUGUAN_DSN": "postgresql://nowhere"}
    made_anew(settings, PARTITIONS)
    return broker.bootstrap


@pytest.fixture
def reader(topics: str) -> Iterator[KafkaLogReader]:
    with closing(KafkaLogReader(topics, PARTITIONS)) as reader:
        yield reader


def checks(count: int, first: int = 0) -> list[Frame]:
    return [frame(class_check(f"c-{number}")) for number in range(first, first + count)]


def bodies(reader: KafkaLogReader) -> list[bytes | None]:
    """What stands in the topic of phones."""
    places = [Place(PHONE, number) for number in range(PARTITIONS)]
    return [record.value for place, end in reader.ends(places).items()
            for record in reader.read(place, 0, end)]  # fmt: skip


# ---- topics


def test_one_absent_topic_is_made_beside_the_others(topics: str) -> None:
    with KafkaAdminClient(bootstrap_servers=topics) as admin:
        admin.delete_topics([PHONE])
        while PHONE in {topic["name"] for topic in admin.describe_topics()}:
            time.sleep(0.1)

    assert list(ensure_topics(settings_of(topics, kafka_partitions=PARTITIONS))) == [PHONE]


# ---- the writer of the API


def with_writer(
    address: str, scenario: Callable[[KafkaFrameWriter], Coroutine[Any, Any, None]]
) -> None:
    """Runs a scenario with a writer that waits for two seconds."""

    async def run() -> None:
        writer = KafkaFrameWriter(address, Silence(), compression="none", wait_seconds=WAIT_SECONDS)
        await writer.open()
        try:
            await scenario(writer)
        finally:
            await writer.close()

    asyncio.run(run())


async def refused(writer: KafkaFrameWriter, frames: list[Frame]) -> float:
    """How long it takes until these frames are refused as TemporarilyUnavailable."""
    begun = time.monotonic()
    with pytest.raises(TemporarilyUnavailable):
        await writer.append(frames)
    return time.monotonic() - begun


async def append_until_accepted(writer: KafkaFrameWriter, frames: list[Frame]) -> None:
    """As a sender does; fails after a minute."""
    async with asyncio.timeout(60):
        while True:
            try:
                return await writer.append(frames)
            except TemporarilyUnavailable:
                await asyncio.sleep(0.2)


def test_a_broker_that_dies_is_waited_for_so_long_and_no_longer(
    broker: Broker, topics: str, reader: KafkaLogReader
) -> None:
    async def scenario(writer: KafkaFrameWriter) -> None:
        await writer.append(checks(2))
        await asyncio.to_thread(broker.kill)
        took = [await refused(writer, checks(1, 2)) for _ in range(2)]
        # Long enough for the client to give up what it still holds.
        await asyncio.sleep(12)
        took.append(await refused(writer, checks(1, 2)))
        assert max(took) < WAIT_SECONDS + 1
        await asyncio.to_thread(broker.start)
        await append_until_accepted(writer, checks(2, 3))

    with_writer(topics, scenario)

    written = bodies(reader)
    assert {one.body for one in [*checks(2), *checks(2, 3)]} <= {*written}


def test_a_broker_that_is_away_at_the_start_is_found_when_it_comes(
    broker: Broker, topics: str, reader: KafkaLogReader
) -> None:
    broker.stop()

    async def scenario(writer: KafkaFrameWriter) -> None:
        assert await refused(writer, checks(1)) < WAIT_SECONDS + 1
        await asyncio.to_thread(broker.start)
        await append_until_accepted(writer, checks(1))

    with_writer(topics, scenario)

    assert checks(1)[0].body in bodies(reader)


def test_a_full_buffer_refuses_at_once_and_is_free_again_when_the_broker_is_back(
    broker: Broker, topics: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frame_writer, "MOST_WAITING_BYTES", 10_000)
    large = Frame(SCHOOL, "phone", "x", 0, b"x" * 6_000)

    async def scenario(writer: KafkaFrameWriter) -> None:
        await writer.append([large])
        await asyncio.to_thread(broker.stop)
        waiting = asyncio.create_task(refused(writer, [large]))
        await asyncio.sleep(0.1)
        assert await refused(writer, [large]) < 0.1
        await waiting
        # Nobody waits any more, but the client still holds it.
        assert await refused(writer, [large]) < 0.1
        await asyncio.to_thread(broker.start)
        await append_until_accepted(writer, [large])

    with_writer(topics, scenario)


# ---- the producer of programs


def test_frames_and_single_events_sent_directly_are_read_as_what_they_are(
    topics: str, reader: KafkaLogReader
) -> None:
    night = event("sleep.nil_reported")
    with DirectProducer(topics) as producer:
        producer.send_frame(*checks(1))
        producer.send_event(night)

    ends = reader.of([SCHOOL])
    found = [record for place, end in ends.items() for record in reader.read(place, 0, end)]
    phone, sleep = sorted(found, key=lambda record: record.place.topic)
    assert (phone.key, phone.is_frame) == (SCHOOL.encode(), True)
    assert (sleep.key, sleep.is_frame) == (SCHOOL.encode(), False)
    assert list(read_record(phone).events) == [class_check("c-0")]
    assert list(read_record(sleep).events) == [night]


def test_rejections_keep_their_key_even_none(topics: str, reader: KafkaLogReader) -> None:
    with DirectProducer(topics) as producer:
        producer.send_rejections([(b"board", b"{}"), (None, b"[]")])

    places = [Place(REJECTED_TOPIC, number) for number in range(PARTITIONS)]
    found = {(one.key, one.value) for place, end in reader.ends(places).items()
             for one in reader.read(place, 0, end)}  # fmt: skip
    assert found == {(b"board", b"{}"), (None, b"[]")}


def test_asking_in_vain_leaves_no_thread_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connecting, "_BOOTSTRAP_MS", 200)
    address = f"127.0.0.1:{free_port()}"
    reader = KafkaLogReader(address, PARTITIONS)
    group = KafkaGroup(address, "test", reader)
    asks: list[Callable[[], object]] = [
        lambda: reader.ends([Place(PHONE, 0)]),
        lambda: group.committed([Place(PHONE, 0)]),
        lambda: DirectProducer(address),
    ]
    before = threading.active_count()

    # A worker asks again for as long as the broker is away.
    for ask in asks * 3:
        with pytest.raises(TemporarilyUnavailable):
            ask()

    assert threading.active_count() <= before


# ---- places and groups


@pytest.mark.parametrize(
    ("key", "hashed"),
    # Of Kafka's own UtilsTest.java.
    [("21", -973932308), ("foobar", -790332482), ("a-little-bit-long-string", -985981536)],
)
def test_keys_are_hashed_as_in_java(key: str, hashed: int) -> None:
    assert partition_of(key, 1000) == (hashed & 0x7FFFFFFF) % 1000


def test_every_client_puts_a_school_where_readers_look_for_it(
    topics: str, reader: KafkaLogReader
) -> None:
    schools = [f"2199{number:06d}" for number in range(20)]
    frames = [frame(class_check("c-1", school=school)) for school in schools]

    with DirectProducer(topics) as producer:
        for one in frames:
            producer.send_frame(one)
    with_writer(topics, lambda writer: writer.append(frames))

    for number in range(PARTITIONS):
        place = Place(PHONE, number)
        records = reader.read(place, 0, reader.ends([place])[place])
        mine = sorted(school for school in schools if partition_of(school, PARTITIONS) == number)
        assert sorted({(one.key or b"").decode() for one in records}) == mine


def test_what_a_group_has_committed_is_told_for_the_places_asked_about(
    topics: str, reader: KafkaLogReader
) -> None:
    with DirectProducer(topics) as producer:
        for one in checks(5):
            producer.send_frame(one)
    (place,) = [place for place in reader.places_of([SCHOOL]) if place.topic == PHONE]
    commit(topics, "test", place, 3)

    group = KafkaGroup(topics, "test", reader)
    assert group.committed(reader.places()) == {place: 3}
    assert group.committed([Place(topic_of("sleep"), 0)]) == {}
    assert group.ends([place]) == {place: 5}


def commit(address: str, group: str, place: Place, offset: int) -> None:
    consumer = KafkaConsumer(bootstrap_servers=address, group_id=group, enable_auto_commit=False)
    with closing(consumer):
        partition = TopicPartition(*place)
        consumer.assign([partition])
        consumer.seek(partition, offset)
        consumer.commit()


def test_reading_begins_and_ends_where_it_is_told(topics: str, reader: KafkaLogReader) -> None:
    with DirectProducer(topics) as producer:
        for one in checks(9):
            producer.send_frame(one)
    (place,) = [place for place in reader.places_of([SCHOOL]) if place.topic == PHONE]

    found = list(reader.read(place, 3, 7))

    assert [record.offset for record in found] == [3, 4, 5, 6]
    assert [record.value for record in found] == [one.body for one in checks(4, 3)]
    assert list(reader.read(place, 9, 9)) == []
    assert reader.beginnings([place]) == {place: 0}

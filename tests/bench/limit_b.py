"""Limit B: aiokafka, typed decode, COPY. No Faust, no logic."""

import asyncio

import uvloop
from aiokafka import AIOKafkaConsumer

from tests.bench.limit_rows import copy_rows, open_limit
from tests.bench.sleep_frames import TOPIC
from wuguan.adapters.kafka.records import record_of
from wuguan.codec import decode_events
from wuguan.settings import read_settings


async def run() -> None:
    """Copies until it is killed."""
    settings = read_settings()
    assert settings.dsn is not None
    connection = open_limit(settings.dsn)
    consumer = AIOKafkaConsumer(
        TOPIC,
        bootstrap_servers=settings.kafka,
        group_id=settings.kafka_group,
        auto_offset_reset="earliest",
        enable_auto_commit=False,
    )
    await consumer.start()
    while True:
        polled = await consumer.getmany(timeout_ms=100, max_records=settings.take_frames)
        rows, next_offsets = [], {}
        for message in (one for of_partition in polled.values() for one in of_partition):
            record = record_of(message)
            first = decode_events(message.value)[0]
            rows.append((first.school_id, first.data.class_id, first.data.day, record))
            next_offsets[record.place] = record.offset + 1
        if rows:
            copy_rows(connection, rows, next_offsets)
            await consumer.commit()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(run())

"""The obvious design: one Faust record an event, a Faust table, one upsert an event."""

import asyncio
import os
from typing import Any

import faust
import msgspec
import psycopg

from wuguan.settings import read_settings

TOPIC = "bench.sleep.single"


def main() -> None:
    """Runs until it is killed."""
    asyncio.run(_run())


async def _run() -> None:
    settings = read_settings()
    connection = await psycopg.AsyncConnection.connect(str(settings.dsn), autocommit=True)
    await connection.execute("SET synchronous_commit = off")
    app: Any = faust.App(
        os.environ["WUGUAN_KAFKA_GROUP"],
        broker=f"kafka://{settings.kafka}",
        store="memory://",
        web_enabled=False,
        topic_partitions=settings.kafka_partitions,
        consumer_auto_offset_reset="earliest",
    )
    nights = app.Table("nights", default=dict)

    async def take(stream: Any) -> None:
        async for value in stream:
            data = msgspec.json.decode(value)["data"]
            key = f"{data['class_id']}/{data['day']}"
            # The table holds what a class has told of a night, as its documentation shows it.
            night = dict(nights[key])
            night[data["pid"]] = [data["slept_at"], data["woke_at"]]
            nights[key] = night
            await connection.execute(
                "INSERT INTO obvious_night VALUES (%s, %s, %s, %s) ON CONFLICT (class_id, day)"
                " DO UPDATE SET reported = EXCLUDED.reported, events = obvious_night.events + 1",
                (data["class_id"], data["day"], len(night), 1),
            )

    app.agent(app.topic(TOPIC, key_serializer="raw", value_serializer="raw"))(take)
    await app.start()
    await asyncio.Event().wait()


if __name__ == "__main__":
    main()

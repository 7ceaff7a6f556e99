"""A world on Kafka for one test: empty topics, a database and a group of its own."""

import json
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

from psycopg.conninfo import make_conninfo

from deploy.local.kafka import Broker
from deploy.local.timescale import Timescale
from tests.bench.topics import made_anew
from tests.builders import Clock
from tests.databases_of_timescale import drop
from tests.integration.steps import DAYS
from tests.period_sums import wrong_periods
from tests.replay import differences, replay, rows_of
from tests.services import run_sql
from tests.turns import Turns
from tests.workers import Workers, wait_until, workers_of
from tests.worlds import settle_in
from wuguan.adapters.kafka.direct import DirectProducer
from wuguan.adapters.kafka.log_reader import KafkaLogReader
from wuguan.adapters.postgres.store import PostgresStore, open_store
from wuguan.domain.errors import TemporarilyUnavailable
from wuguan.ports import Frame, Place
from wuguan.streams import EVENT_TOPICS, REJECTED_TOPIC, read_record

PARTITIONS = 4


@dataclass
class World:
    """What a test sends, and what became of it."""

    broker: Broker
    timescale: Timescale
    name: str
    workers: Workers

    @property
    def server(self) -> str:
        """The database server itself."""
        return make_conninfo(self.timescale.dsn, dbname="postgres")

    @property
    def dsn(self) -> str:
        """The database of the test."""
        return make_conninfo(self.timescale.dsn, dbname=self.name)

    def send(self, frames: Sequence[Frame]) -> None:
        """Puts frames into the topics; again and again where the broker is away."""

        def sent() -> bool:
            try:
                with DirectProducer(self.broker.bootstrap) as producer:
                    for frame in frames:
                        producer.send_frame(frame)
            except TemporarilyUnavailable:
                return False
            return True

        wait_until(sent)

    def wait_until_taken(self) -> None:
        """Returns when the stored positions are at the ends; a supervisor looks after workers."""

        def taken() -> bool:
            self.workers.keep_one_running()
            try:
                with self.store() as store:
                    ends = self._ends()
                    return dict(store.ledgers.positions(ends.keys())) == ends
            except TemporarilyUnavailable:
                return False

        wait_until(taken, 90)

    def wrong_figures(self) -> list[str]:
        """The rows that differ from the pure fold of the topics."""
        with self.store() as store:
            Turns(store).until_quiet()
            wanted = replay(self._frames(), store.roster.context(), DAYS)
            assert any(wanted["class"].values())
            return [*differences(wanted, rows_of(store, DAYS)), *wrong_periods(store)]

    def rejected(self) -> list[dict[str, Any]]:
        """What stands in the topic of rejected records."""
        with closing(KafkaLogReader(self.broker.bootstrap, PARTITIONS)) as reader:
            places = [Place(REJECTED_TOPIC, number) for number in range(PARTITIONS)]
            return [
                json.loads(record.value or b"")
                for place, end in reader.ends(places).items()
                for record in reader.read(place, 0, end)
            ]

    def empty_topics(self) -> None:
        """Deletes the topics and makes them anew."""
        made_anew({"WUGUAN_KAFKA": self.broker.bootstrap, "WUGUAN_DSN": self.dsn}, PARTITIONS)

    @contextmanager
    def store(self) -> Iterator[PostgresStore]:
        """The store, for a moment."""
        with closing(open_store(self.dsn, clock=Clock(), size=2)) as store:
            yield store

    def _ends(self) -> dict[Place, int]:
        with closing(KafkaLogReader(self.broker.bootstrap, PARTITIONS)) as reader:
            return dict(reader.ends(reader.places()))

    def _frames(self) -> list[Frame]:
        with closing(KafkaLogReader(self.broker.bootstrap, PARTITIONS)) as reader:
            return [
                Frame(str(read.school_id), EVENT_TOPICS[place.topic], "", 0, record.value or b"")
                for place, end in reader.ends(reader.places()).items()
                for record in reader.read(place, 0, end)
                for read in [read_record(record)]
                if read.events and record.is_frame
            ]


@contextmanager
def world_on(broker: Broker, timescale: Timescale) -> Iterator[World]:
    """A world that is gone when left."""
    name = f"wuguan_{uuid4().hex[:12]}"
    server = make_conninfo(timescale.dsn, dbname="postgres")
    run_sql(server, f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")
    settings = {
        "WUGUAN_KAFKA": broker.bootstrap,
        "WUGUAN_DSN": make_conninfo(timescale.dsn, dbname=name),
        "WUGUAN_KAFKA_PARTITIONS": str(PARTITIONS),
        "WUGUAN_KAFKA_GROUP": name,
        "WUGUAN_TAKE_FRAMES": "4",
    }
    made_anew(settings, PARTITIONS)
    with (
        TemporaryDirectory(prefix="wuguan-tests-") as folder,
        workers_of(Path(folder), settings) as workers,
    ):
        world = World(broker, timescale, name, workers)
        with world.store() as store:
            settle_in(store)
        yield world
    drop(server, name)

"""The story of one alert, on both runtimes, by a simulated clock."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing
from datetime import date
from typing import Any

from stream_processors.evaluating_alerts import Alerting
from stream_processors.publishing_alerts import PublishingAlerts
from tests.alert_story import CAP, HAPPENED, Story
from tests.builders import SCHOOL, Clock
from tests.contract.test_alerts import fired
from tests.integration.faust_world import PARTITIONS, World
from tests.integration.steps import WAIT_SECONDS, wait_until
from tests.server import PROJECT
from tests.turns import Turns
from tests.worlds import settle_in
from wuguan.adapters.kafka.direct import DirectProducer
from wuguan.adapters.kafka.log_reader import KafkaLogReader
from wuguan.adapters.memory.store import MemoryStore
from wuguan.adapters.postgres.store import PostgresStore, open_store
from wuguan.domain.alerting.life import WALK
from wuguan.ports import Frame, Place, Store
from wuguan.streams import ALERTS_TOPIC

ALERTING = Alerting([CAP])


class Embedded:
    """The turns of the embedded runtime."""

    def __init__(self, store: Store, alerting: Alerting = ALERTING) -> None:
        self.store = store
        self._alerting = alerting

    def send(self, frames: Sequence[Frame]) -> None:
        """Puts events into the log."""
        self.store.log.append(frames)

    def until_quiet(self, today: date) -> None:
        """Opens the day, and takes turns until nothing is left to do."""
        self.store.roster.open_days(today)
        self.store.alerts.open_day(today)
        Turns(self.store, today=today, alerting=self._alerting).until_quiet()


class OnKafka(Embedded):
    """Topics and Faust workers; what follows is evaluated on TimescaleDB."""

    def __init__(self, store: Store, world: World, alerting: Alerting = ALERTING) -> None:
        super().__init__(store, alerting)
        self._world = world

    def send(self, frames: Sequence[Frame]) -> None:
        """Puts events into the topics, and waits until they are taken."""
        self._world.send(frames)
        self._world.wait_until_taken()


def check_history(story: Story) -> None:
    """All that happened is as it is to be, and a walk of the state machine."""
    assert tuple(entry.happened for entry in story.entries) == HAPPENED
    state = None
    for entry in story.entries:
        state = WALK[state, entry.happened]
    assert state == story.alert.state == "firing"


def test_the_story_on_the_embedded_runtime(store: PostgresStore, clock: Clock) -> None:
    story = Story(Embedded(settle_in(store)), clock)

    story.tell()

    check_history(story)


def test_the_story_in_memory(clock: Clock) -> None:
    story = Story(Embedded(settle_in(MemoryStore(clock))), clock)

    story.tell()

    check_history(story)


def test_the_story_on_kafka_and_its_stream(world: World, clock: Clock) -> None:
    world.workers.start()
    with closing(open_store(world.dsn, clock=clock, size=2)) as store:
        story = Story(OnKafka(store, world), clock)
        story.tell()
        check_history(story)
        with DirectProducer(world.broker.bootstrap) as producer:
            publishing = PublishingAlerts(store.alerts, lambda: producer, limit=3)
            while publishing.turn():
                pass
        entries = story.entries

    published = published_in(world)

    assert [key for key, _ in published] == [SCHOOL] * len(entries)
    assert [event["type"] for _, event in published] == [
        f"wuguan.alert.{one.happened}.v1" for one in entries
    ]
    assert [event["data"]["number"] for _, event in published] == list(range(len(entries)))


def test_a_roll_up_process_publishes_what_happened(world: World) -> None:
    with world.store() as store, store.alerts.evaluating(0) as writing:
        writing.write([fired()], [])
    settings = {"WUGUAN_KAFKA": world.broker.bootstrap, "WUGUAN_DSN": world.dsn}
    clean = {key: text for key, text in os.environ.items() if key[:7] != "WUGUAN_"}

    process = subprocess.Popen(
        [sys.executable, "-m", "stream_processors", "rollup"],
        cwd=PROJECT, env={**clean, **settings}, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        wait_until(lambda: len(published_in(world)) >= 2)
    finally:
        process.terminate()

    assert process.wait(WAIT_SECONDS) == 0
    first, second = published_in(world)[:2]
    assert [first[1]["id"], second[1]["id"]] == ["alert-1/0", "alert-1/1"]


def published_in(world: World) -> list[tuple[str, dict[str, Any]]]:
    """Keys and values of the topic of alerts, which is one partition's by key."""
    with closing(KafkaLogReader(world.broker.bootstrap, PARTITIONS)) as reader:
        places = [Place(ALERTS_TOPIC, number) for number in range(PARTITIONS)]
        return [
            ((record.key or b"").decode(), json.loads(record.value or b""))
            for place, end in reader.ends(places).items()
            for record in reader.read(place, 0, end)
        ]

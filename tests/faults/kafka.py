"""`make faults`: 20 × `kill -9` among API, workers, PostgreSQL and broker, and nothing is lost.

Under load, each request sent again until it is answered. Afterwards everything answered as accepted
must be in the topics, and every tally of every level must equal the pure fold of the topics.
"""

import json
import random
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import typer

from tests.deployment import API, Deployment, running_deployment
from tests.faults.steps import console, is_settled_within, push_under_fire, set_up
from tests.load import Load
from tests.period_sums import wrong_periods
from tests.replay import differences, replay, rows_of
from wuguan.adapters.kafka.log_reader import KafkaLogReader
from wuguan.adapters.postgres.store import open_store
from wuguan.ports import Frame
from wuguan.settings import Settings
from wuguan.streams import EVENT_TOPICS

_KINDS = (API, "worker-1", "worker-2", "PostgreSQL", "broker")


def main(
    schools: int = 10, classes_a_grade: int = 4, days: int = 10, kills: int = 20, seed: int = 1
) -> None:
    """Pushes 10 × 20 × 10 class-days of 100 events under fire, and compares."""
    load = Load(schools, classes_a_grade, days, seed)
    victims = _victims(kills, random.Random(seed))
    with (
        tempfile.TemporaryDirectory(prefix="wuguan-faults-") as folder,
        running_deployment(
            Path(folder), workers=2, rollups=2, env={"WUGUAN_RATE_LIMIT": "0"}
        ) as deployment,
    ):
        keys = set_up(deployment.base_url, deployment.admin_key, load)
        accepted = push_under_fire(deployment.base_url, keys, load, victims, seed, deployment.kill)
        if not is_settled_within(deployment.base_url, deployment.admin_key, load):
            sys.exit(f"the figures did not settle\n{deployment.log_tails()}")
        lost, differ = _compare(deployment, load, accepted)
        console.print(f"restarts: {deployment.supervisor.restarts}")
    for line in differ[:20]:
        print(line)
    print(
        f"faults: {len(victims)} kills, {len(accepted)} accepted, {lost} lost,"
        f" {len(differ)} rows differ"
    )
    sys.exit(1 if lost or differ else 0)


def _victims(kills: int, chance: random.Random) -> Sequence[str]:
    """At random, but everybody at least once."""
    return [*_KINDS, *chance.choices(_KINDS, k=kills)][:kills]


def _compare(deployment: Deployment, load: Load, accepted: set[str]) -> tuple[int, list[str]]:
    """Events answered as accepted that are not in the topics, and rows that differ."""
    frames = list(_frames(deployment))
    logged = {event["id"] for frame in frames for event in json.loads(frame.body)}
    days = load.school_days()
    with closing(open_store(deployment.settings["WUGUAN_DSN"])) as store:
        wanted = replay(frames, store.roster.context(), days)
        differ = [*differences(wanted, rows_of(store, days)), *wrong_periods(store)]
    console.print(f"{len(frames)} frames, {sum(map(len, wanted.values()))} rows compared")
    return len(accepted - logged), differ


def _frames(deployment: Deployment) -> Iterator[Frame]:
    partitions = Settings.model_fields["kafka_partitions"].default
    with closing(KafkaLogReader(deployment.broker.bootstrap, partitions)) as reader:
        for place, end in reader.ends(reader.places()).items():
            for record in reader.read(place, 0, end):
                assert record.key is not None
                assert record.value is not None
                management = EVENT_TOPICS[place.topic]
                yield Frame(record.key.decode(), management, "", 0, record.value)


if __name__ == "__main__":
    typer.run(main)

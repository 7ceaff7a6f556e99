"""`python -m producers kafka` on a real broker: what it has written is there."""

import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import date
from pathlib import Path
from random import SystemRandom

import msgspec
import pytest

from tests.builders import class_check
from tests.server import PROJECT
from tests.services import partitions_of, shared_kafka
from wuguan.adapters.kafka.log_reader import KafkaLogReader
from wuguan.domain.envelope import Envelope
from wuguan.ports import Place
from wuguan.streams import Record, read_record, topic_of

# Long over, whatever the clock of the machine says.
DAY, TIME = date(2025, 9, 15), "2025-09-15T12:00:00+08:00"


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "producers", "kafka", *arguments],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


class Topic:
    """What is written about one school since the test began; others may write meanwhile."""

    def __init__(self, address: str, reader: KafkaLogReader) -> None:
        self.address = address
        self.school = f"3199{SystemRandom().randrange(10**6):06d}"
        self._reader = reader
        self._ends = self._places()

    def written(self) -> Sequence[Record]:
        """The records in the school's partitions."""
        return [
            record
            for place, end in self._places().items()
            for record in self._reader.read(place, self._ends[place], end)
            if record.key == self.school.encode()
        ]

    def _places(self) -> dict[Place, int]:
        of_school = self._reader.of([self.school])
        return {place: end for place, end in of_school.items() if place.topic == topic_of("phone")}

    def events(self, number: int) -> list[Envelope]:
        """Events of the school."""
        return [
            class_check(f"c-{one}", school=self.school, day=DAY, time=TIME) for one in range(number)
        ]


@pytest.fixture
def topic() -> Iterator[Topic]:
    """The topic of one management on the shared broker."""
    address = shared_kafka()
    with closing(KafkaLogReader(address, partitions_of(address))) as reader:
        yield Topic(address, reader)


def file_of(folder: Path, *events: object) -> str:
    path = folder / "events.ndjson"
    path.write_bytes(b"\n".join(map(msgspec.json.encode, events)))
    return str(path)


def test_files_are_written_as_frames_and_the_worker_reads_them(
    topic: Topic, tmp_path: Path
) -> None:
    events = topic.events(30)

    ended = run(file_of(tmp_path, *events, "no event"), "--brokers", topic.address)

    (record,) = topic.written()
    assert record.is_frame
    assert read_record(record).events == events
    assert ended.returncode == 1, ended.stderr
    assert ended.stdout.splitlines()[-1] == "已写入 written 30，重复 duplicates 0，退回 refused 1"
    assert ended.stdout.splitlines()[0].count(":31: not_an_event: ") == 1


def test_single_events_are_written_as_records_that_the_worker_checks(
    topic: Topic, tmp_path: Path
) -> None:
    events = topic.events(5)

    ended = run(file_of(tmp_path, *events), "--single", "--brokers", topic.address)

    records = topic.written()
    assert (ended.returncode, ended.stderr) == (0, "")
    assert [record.is_frame for record in records] == [False] * 5
    assert [event for record in records for event in read_record(record).events] == events


def test_a_record_written_as_the_documents_say_is_taken(topic: Topic) -> None:
    from kafka import KafkaProducer

    (event,) = topic.events(1)
    with closing(KafkaProducer(bootstrap_servers=topic.address, acks="all")) as producer:
        producer.send(
            topic_of("phone"),
            key=topic.school.encode(),
            value=msgspec.json.encode(event),
            headers=[("content-type", b"application/cloudevents+json")],
        )
        producer.flush()

    (record,) = topic.written()
    assert read_record(record).events == [event]


def test_brokers_that_do_not_answer_are_told_with_exit_code_2(tmp_path: Path) -> None:
    ended = run(file_of(tmp_path, 1), "--brokers", "127.0.0.1:1")

    assert ended.returncode == 2
    assert "127.0.0.1:1" in ended.stderr
    assert "Traceback" not in ended.stderr

"""`make bench-memory`: resident memory of one Faust worker, for a district and for a province.

For each number of schools a fresh deployment with a whole roster and one worker on its default
settings. The same number of class-days comes in each time, spread over all schools and some days,
each with a fifth of its pupils; half-way a class of the roster changes, so that the worker reads
the roster anew while it works.
"""

import json
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from itertools import count, islice
from pathlib import Path
from typing import Any, NamedTuple

import psycopg
import typer
from rich.console import Console
from rich.progress import track
from rich.table import Table

from api.frames import frames_of
from tests.bench.process_memory import peak_mb, resident_mb
from tests.deployment import API, Deployment, running_deployment, start
from tests.load import Load
from wuguan.adapters.kafka.direct import DirectProducer
from wuguan.adapters.kafka.log_reader import KafkaLogReader
from wuguan.client.client import Client
from wuguan.codec import decode_events
from wuguan.ports import Frame, Place
from wuguan.settings import Settings

_WORKER = "worker-1"
_SCHOOLS_A_DOCUMENT = 500
_CONFIRM_EVERY = 500
_MOST_SECONDS = 1_200.0
_DAYS = 30
# A class is rarely told at once; and many ledgers are more to remember than many facts.
_EVERY_EVENT = 5
_console = Console(stderr=True)


class Run(NamedTuple):
    """Megabytes of the worker: before any event, after all of them, and at most."""

    ready_mb: float
    steady_mb: float
    peak_mb: float
    classes: int


@dataclass(frozen=True)
class Spread(Load):
    """One class of every school on one day; another `turn` is another class or another day."""

    turn: int = 0

    def class_ids(self) -> Sequence[str]:
        """The class whose turn it is."""
        every = super().class_ids()
        return [every[self.turn // _DAYS % len(every)]]

    def school_days(self) -> Sequence[date]:
        """The day whose turn it is."""
        return [super().school_days()[self.turn % _DAYS]]


def main(class_days: int = 40_000, classes_a_grade: int = 6) -> None:
    """Measures both sizes and prints a table; the last line is JSON."""
    runs = {
        schools: _measured(Load(schools, classes_a_grade, _DAYS), class_days)
        for schools in (50, 5_000)
    }
    table = Table("schools", "classes", "MB, ready", "MB, steady", "MB, peak")
    for schools, run in runs.items():
        megabytes = (f"{one:.0f}" for one in run[:3])
        table.add_row(f"{schools:,}", f"{run.classes:,}", *megabytes)
    _console.print(table)
    summary: dict[str, Any] = {"bench": "memory"}
    for schools, run in runs.items():
        summary[f"rss_mb_{schools}"] = round(run.peak_mb)
        summary[f"steady_rss_mb_{schools}"] = round(run.steady_mb)
    print(json.dumps({**summary, "classes_5000": runs[5_000].classes}))


def _measured(load: Load, class_days: int) -> Run:
    """One size on a deployment of its own."""
    with (
        tempfile.TemporaryDirectory(prefix="wuguan-bench-") as folder,
        running_deployment(Path(folder), programs=False) as deployment,
    ):
        start(deployment, API, "api")
        deployment.wait_until_ready()
        _put_roster(deployment, load)
        start(deployment, _WORKER, "stream_processors", "faust")
        worker = Worker(deployment)
        ready = worker.until_working()
        frames, half = _frames(load), class_days // 2
        worker.take(islice(frames, half))
        _change_one_class(deployment, load)
        worker.take(islice(frames, half))
        return Run(ready, worker.resident(), worker.peak(), _classes(load))


def _put_roster(deployment: Deployment, load: Load) -> None:
    whole = load.roster()
    schools, classes = whole["schools"], whole["classes"]
    a_school = len(load.class_ids())
    size = _SCHOOLS_A_DOCUMENT
    firsts = range(0, len(schools), size)
    with _admin(deployment) as admin:
        for first in track(firsts, "roster", console=_console, transient=True):
            of_these = classes[first * a_school : (first + size) * a_school]
            some = {"schools": schools[first : first + size], "classes": of_these}
            admin.put_roster({"units": whole["units"] if first == 0 else [], **some})
        admin.put_calendar(load.calendar())


def _change_one_class(deployment: Deployment, load: Load) -> None:
    changed = dict(load.roster()["classes"][0])
    changed["enrolment"] = [{**changed["enrolment"][0], "pupils": 41}]
    with _admin(deployment) as admin:
        admin.put_roster({"units": [], "schools": [], "classes": [changed]})


@contextmanager
def _admin(deployment: Deployment) -> Iterator[Client]:
    with Client(deployment.base_url, deployment.admin_key, timeout_seconds=600) as admin:
        yield admin


def _classes(load: Load) -> int:
    return load.schools * len(load.class_ids())


def _frames(load: Load) -> Iterator[Sequence[Frame]]:
    """The frames of one class-day after another, every school in its turn, without end."""
    for turn in count():
        spread = Spread(load.schools, load.classes_a_grade, load.days, turn=turn)
        for request in spread.requests():
            events = decode_events(request.body)[::_EVERY_EVENT]
            yield frames_of(events, request.school_id, time.time_ns() // 1000)


class Worker:
    """The one worker: what it was given, how far it is, how large it is."""

    def __init__(self, deployment: Deployment) -> None:
        self._deployment = deployment
        settings = deployment.settings
        partitions = int(Settings.model_fields["kafka_partitions"].default)
        self._log = KafkaLogReader(settings["WUGUAN_KAFKA"], partitions)

    def until_working(self) -> float:
        """Returns when it has its places; its size then."""
        self._until(lambda positions: len(positions) == len(self._log.places()))
        return self.resident()

    def take(self, class_days: Iterator[Sequence[Frame]]) -> None:
        """Returns when it has folded all of them."""
        shown = track(class_days, "class-days", total=None, console=_console, transient=True)
        with DirectProducer(self._deployment.settings["WUGUAN_KAFKA"]) as producer:
            for number, frames in enumerate(shown):
                for frame in frames:
                    producer.send_frame(frame)
                if number % _CONFIRM_EVERY == 0:
                    producer.confirm()
        ends = self._log.ends(self._log.places())
        self._until(lambda positions: positions == ends)

    def resident(self) -> float:
        """Megabytes now."""
        return resident_mb(self._pid())

    def peak(self) -> float:
        """Megabytes at most."""
        return peak_mb(self._pid())

    def _until(self, done: Callable[[Mapping[Place, int]], bool]) -> None:
        deadline = time.monotonic() + _MOST_SECONDS
        with psycopg.connect(self._deployment.settings["WUGUAN_DSN"], autocommit=True) as database:
            while not done(_positions(database)):
                assert time.monotonic() < deadline, "the worker does not get there"
                time.sleep(0.2)

    def _pid(self) -> int:
        pid = self._deployment.supervisor.pid(_WORKER)
        restarts = self._deployment.supervisor.restarts[_WORKER]
        assert pid is not None, "the worker ended"
        assert restarts == 0, "the worker was started again"
        return pid


def _positions(database: psycopg.Connection[Any]) -> Mapping[Place, int]:
    rows = database.execute(
        "SELECT topic, partition, next_offset FROM consumer_position WHERE topic <> 'event_log'"
    )
    return {Place(topic, partition): offset for topic, partition, offset in rows}


if __name__ == "__main__":
    typer.run(main)

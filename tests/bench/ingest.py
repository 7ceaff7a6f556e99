"""`make bench-ingest`: the server's processor time for an event, beside a server without checks.

Both servers stand on one broker and get the same requests by turns, of 100 events each, over HTTP;
both answer after the broker's word. The load comes from this process and is not counted.
"""

import json
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from statistics import median
from typing import NamedTuple

import typer
from rich.console import Console
from rich.table import Table

from tests.bench.process_times import cpu_seconds
from tests.deployment import API, Deployment, running_deployment, start
from tests.load import Load, LoadRequest
from tests.pushing import Pushing
from tests.server import free_port
from wuguan.adapters.kafka.log_reader import KafkaLogReader
from wuguan.client.client import Client
from wuguan.domain.managements import MANAGEMENTS
from wuguan.settings import Settings

_CONNECTIONS = 16
_WARM_UP_REQUESTS = 200
_PLAIN = "unvalidated"
_console = Console(stderr=True)


class Run(NamedTuple):
    """One server, once: events a second, and microseconds of processor time for each."""

    a_second: float
    cpu_us: float


@dataclass(frozen=True)
class Target:
    """A server that takes the load."""

    deployment: Deployment
    name: str
    keys: Mapping[str, str]

    def push(self, requests: Sequence[LoadRequest]) -> Run:
        """Pushes all requests and waits for the last answer."""
        pid = self.deployment.supervisor.pid(self.name)
        assert pid is not None, f"{self.name} does not run"
        base_url, events = self.deployment.base_url, sum(len(one.ids) for one in requests)
        accepted: list[int] = []
        pushing = Pushing(
            base_url,
            self.keys,
            requests,
            connections=_CONNECTIONS,
            on_answer=lambda _, answer: accepted.append(json.loads(answer)["accepted"]),
        )
        begun, cpu = time.monotonic(), cpu_seconds(pid)
        pushing.start()
        pushing.wait()
        took, used = time.monotonic() - begun, cpu_seconds(pid) - cpu
        assert sum(accepted) == events, "not all events were accepted"
        return Run(events / took, used / events * 1e6)


def main(requests: int = 3_000, rounds: int = 3) -> None:
    """Measures both servers and prints a table; the last line is JSON."""
    load = Load(schools=20, classes_a_grade=6, days=requests // 600 + 1)
    pushed = list(islice(load.requests(), requests))
    runs: dict[str, list[Run]] = {API: [], _PLAIN: []}
    with _targets(load) as targets:
        for target in targets:
            target.push(pushed[:_WARM_UP_REQUESTS])
        for number in range(rounds):
            # Who comes first in one round comes last in the next.
            for target in targets if number % 2 == 0 else targets[::-1]:
                runs[target.name].append(target.push(pushed))
                _tell(target.name, runs[target.name][-1])
        _check_log(targets[0].deployment, 2 * (_WARM_UP_REQUESTS + rounds * len(pushed)))
    _print(runs, sum(len(request.ids) for request in pushed))


@contextmanager
def _targets(load: Load) -> Iterator[Sequence[Target]]:
    """Both servers on one broker, ready."""
    env = {"WUGUAN_RATE_LIMIT": "0"}
    with (
        tempfile.TemporaryDirectory(prefix="wuguan-bench-") as folder,
        running_deployment(Path(folder), env=env, programs=False) as ours,
    ):
        # Ours makes the topics.
        start(ours, API, "api")
        ours.wait_until_ready()
        plain = _beside(ours)
        start(plain, _PLAIN, "tests.bench.unvalidated_server")
        plain.wait_until_ready()
        no_keys = dict.fromkeys(load.school_ids(), "-")
        yield Target(ours, API, _keys(ours, load)), Target(plain, _PLAIN, no_keys)


def _beside(deployment: Deployment) -> Deployment:
    """The same deployment, seen through a server on another port."""
    port = free_port()
    settings = {**deployment.settings, "WUGUAN_PORT": str(port)}
    return replace(deployment, settings=settings, base_url=f"http://127.0.0.1:{port}")


def _keys(deployment: Deployment, load: Load) -> Mapping[str, str]:
    with Client(deployment.base_url, deployment.admin_key) as admin:
        admin.put_roster(load.roster())
        return {
            school: admin.create_key("ingest", school_id=school, label="bench").key
            for school in load.school_ids()
        }


def _check_log(deployment: Deployment, requests: int) -> None:
    """Every request of both servers is in the topics, a frame for each management."""
    partitions = int(Settings.model_fields["kafka_partitions"].default)
    log = KafkaLogReader(deployment.settings["WUGUAN_KAFKA"], partitions)
    frames = sum(log.ends(log.places()).values())
    log.close()
    assert frames == requests * len(MANAGEMENTS), f"{frames} frames of {requests} requests"


def _tell(name: str, run: Run) -> None:
    _console.print(f"{name}: {run.cpu_us:.1f} µs of CPU an event, {run.a_second:,.0f} events/s")


def _print(runs: Mapping[str, Sequence[Run]], events: int) -> None:
    table = Table("server", "CPU µs an event, median", "min", "max", "events/s, median")
    cpu = {name: median(run.cpu_us for run in of) for name, of in runs.items()}
    speed = {name: median(run.a_second for run in of) for name, of in runs.items()}
    for name, of in runs.items():
        used = [run.cpu_us for run in of]
        cells = (f"{one:.1f}" for one in (cpu[name], min(used), max(used)))
        table.add_row(name, *cells, f"{speed[name]:,.0f}")
    _console.print(table)
    summary = {
        "bench": "ingest",
        "events": events,
        "events_a_second": round(speed[API]),
        "cpu_us_per_event": round(cpu[API], 2),
        "unvalidated_cpu_us_per_event": round(cpu[_PLAIN], 2),
        "cpu_over_unvalidated": round(cpu[API] / cpu[_PLAIN], 3),
    }
    print(json.dumps(summary))


if __name__ == "__main__":
    typer.run(main)

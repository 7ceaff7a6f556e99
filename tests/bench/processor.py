"""`make bench-processor`: from the topic to ledgers and marks, beside two limits and the obvious.

All programs read the same topic on the same broker and write into the same database, by turns, each
from the beginning. The clock runs from the first committed batch to the last, so that starting and
joining the group do not count.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple

import psycopg
import typer
from rich.console import Console
from rich.table import Table

from tests.bench import obvious
from tests.bench.process_times import cpu_seconds
from tests.bench.sleep_frames import TOPIC, SleepFrames
from tests.bench.topics import made_anew
from tests.deployment import Deployment, running_deployment
from tests.load import Load
from tests.server import PROJECT
from wuguan.adapters.postgres.store import open_store
from wuguan.domain.instants import china_day
from wuguan.national_days import shipped_national_days
from wuguan.policy_packs import policy_book

_MOST_SECONDS = 300.0
_PARTITIONS = 12
_console = Console(stderr=True)


class Run(NamedTuple):
    """Events a second of the clock, and of the processor time of the program."""

    a_second: float
    a_cpu_second: float


def main(class_days: int = 12_000, rounds: int = 3) -> None:
    """Measures all programs and prints a table; the last line is JSON."""
    load = Load(schools=20, classes_a_grade=5, days=class_days // 500 + 1)
    with (
        tempfile.TemporaryDirectory(prefix="wuguan-bench-") as folder,
        running_deployment(Path(folder), programs=False) as deployment,
    ):
        bench = Bench(deployment, load)
        frames = SleepFrames(load, 40, class_days)
        bench.fill(frames)
        runs: dict[str, list[Run]] = {name: [] for name in ("ours", "limit_a", "limit_b")}
        for _ in range(rounds):
            for name in runs:
                runs[name].append(bench.run(name, frames))
        runs["obvious"] = [bench.run_obvious(SleepFrames(load, 40, 500))]
        for size, days in ((5, class_days // 4), (1, class_days // 20)):
            smaller = SleepFrames(load, size, days)
            bench.fill(smaller)
            runs[f"ours, frames of {size}"] = [bench.run("ours", smaller) for _ in range(rounds)]
    _print(runs)


class Bench:
    """One broker and one database, on which programs take turns."""

    def __init__(self, deployment: Deployment, load: Load) -> None:
        self._deployment = deployment
        self._dsn = deployment.settings["WUGUAN_DSN"]
        self._turn = 0
        _prepare_database(self._dsn, load)

    def fill(self, frames: SleepFrames) -> None:
        """Makes the topics anew, with these frames in the one of sleep."""
        made_anew(self._deployment.settings, _PARTITIONS)
        frames.produce(self._deployment.broker.bootstrap)

    def run(self, name: str, frames: SleepFrames) -> Run:
        """One program from the first frame to the last."""
        modules = {"ours": ["stream_processors", "faust"]}
        module = modules.get(name, [f"tests.bench.{name}"])
        self._empty()
        position = "SELECT coalesce(sum(next_offset), 0) FROM consumer_position WHERE topic = %s"
        share = frames.events / frames.frames
        return self._timed(
            name, module, lambda c: int(share * _number(c, position, TOPIC)), frames.events
        )

    def run_obvious(self, frames: SleepFrames) -> Run:
        """The obvious design, on a topic of single events."""
        made_anew(self._deployment.settings, _PARTITIONS, [obvious.TOPIC])
        frames.produce_singly(self._deployment.broker.bootstrap, obvious.TOPIC)
        count = "SELECT coalesce(sum(events), 0) FROM obvious_night"
        return self._timed(
            "obvious", ["tests.bench.obvious"], lambda c: _number(c, count), frames.events
        )

    def _empty(self) -> None:
        with psycopg.connect(self._dsn, autocommit=True) as connection:
            for table in ("ledger", "dirty", "limit_ledger", "limit_dirty"):
                connection.execute(f"TRUNCATE {table}")
            connection.execute("DELETE FROM consumer_position WHERE topic <> 'event_log'")
            connection.execute("CHECKPOINT")

    def _timed(
        self,
        name: str,
        module: Sequence[str],
        done: Callable[[psycopg.Connection[tuple[int]]], int],
        events: int,
    ) -> Run:
        self._turn += 1
        env = {
            **os.environ,
            **self._deployment.settings,
            "WUGUAN_KAFKA_GROUP": f"bench-{self._turn}",
            "WUGUAN_KAFKA_PARTITIONS": str(_PARTITIONS),
        }
        log = self._deployment.folder / f"{name}-{self._turn}.log"
        process = _spawn(module, env, log)
        try:
            with psycopg.connect(self._dsn, autocommit=True) as connection:
                run = _clock(process, lambda: done(connection), events)
        finally:
            process.kill()
            process.wait()
        _console.print(f"{name}: {run.a_second:,.0f} events/s")
        return run


def _clock(process: "subprocess.Popen[bytes]", done: Callable[[], int], events: int) -> Run:
    """Events a second between the first commit that is seen and the last."""
    deadline = time.monotonic() + _MOST_SECONDS
    while not (first := done()):
        assert process.poll() is None, "the program ended"
        assert time.monotonic() < deadline, "the program does not begin"
        time.sleep(0.005)
    begun, cpu = time.monotonic(), cpu_seconds(process.pid)
    while (reached := done()) < events:
        assert process.poll() is None, "the program ended"
        assert time.monotonic() < deadline, f"the program stays at {reached} of {events}"
        time.sleep(0.02)
    took, cpu = time.monotonic() - begun, cpu_seconds(process.pid) - cpu
    return Run((events - first) / took, (events - first) / cpu)


def _spawn(module: Sequence[str], env: Mapping[str, str], log: Path) -> "subprocess.Popen[bytes]":
    with log.open("ab") as output:
        return subprocess.Popen(
            [sys.executable, "-m", *module],
            cwd=PROJECT,
            env=dict(env),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )


def _number(connection: psycopg.Connection[tuple[int]], query: str, *parameters: str) -> int:
    row = connection.execute(query, parameters).fetchone()
    assert row is not None
    return int(row[0])


def _prepare_database(dsn: str, load: Load) -> None:
    """Roster and rules as the API would write them, and the tables of the other programs."""
    store = open_store(dsn)
    today = china_day(time.time_ns() // 1000)
    store.roster.put_rules(policy_book(None), shipped_national_days(), today)
    store.roster.put_roster(load.roster(), today)
    store.roster.put_calendar(load.calendar(), today)
    store.close()
    with psycopg.connect(dsn, autocommit=True) as connection:
        for name in ("ledger", "dirty"):
            connection.execute(f"CREATE TABLE limit_{name} (LIKE {name} INCLUDING INDEXES)")
        for column in ("tallies", "findings"):
            connection.execute(f"ALTER TABLE limit_ledger ALTER {column} DROP NOT NULL")
        connection.execute("ALTER TABLE limit_ledger DROP CONSTRAINT limit_ledger_pkey")
        connection.execute(
            "CREATE TABLE obvious_night (class_id text, day date, reported int, events int,"
            " PRIMARY KEY (class_id, day))"
        )
        for name in ("limit_ledger", "obvious_night"):
            connection.execute(
                f"SELECT create_hypertable('{name}', 'day',"
                " chunk_time_interval => INTERVAL '28 days')"
            )


def _print(runs: Mapping[str, Sequence[Run]]) -> None:
    table = Table("program", "events/s, median", "min", "max", "events per CPU-second")
    medians = {name: median(run.a_second for run in of) for name, of in runs.items()}
    for name, of in runs.items():
        speeds = [run.a_second for run in of]
        cells = (medians[name], min(speeds), max(speeds), median(run.a_cpu_second for run in of))
        table.add_row(name, *(f"{one:,.0f}" for one in cells))
    _console.print(table)
    ours = medians["ours"]
    summary = {
        "bench": "processor",
        "events_a_second": {name: round(speed) for name, speed in medians.items()},
        "ours_over_limit": round(ours / medians["limit_a"], 3),
        "ours_over_limit_b": round(ours / medians["limit_b"], 3),
        "ours_over_naive": round(ours / medians["obvious"], 1),
    }
    print(json.dumps(summary))


if __name__ == "__main__":
    typer.run(main)

"""`make faults-embedded`: 13 × `kill -9` while 200,000 events are pushed, and nothing is lost.

Ten kills of the server, three of its PostgreSQL, spread over the push; every request is sent again
until it is answered. Afterwards everything answered as accepted must be in the log, and every
tally of every level must equal the pure fold of the log.
"""

import json
import os
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import typer

from tests.faults.steps import console, is_settled_within, push_under_fire, set_up
from tests.load import Load
from tests.period_sums import wrong_periods
from tests.replay import differences, replay, rows_of
from tests.server import Server, free_port, start_server, stop_leftover_database
from wuguan.adapters.postgres.embedded import EmbeddedServer
from wuguan.adapters.postgres.store import PostgresStore, open_store
from wuguan.ports import Frame

_VICTIMS = ["server"] * 10 + ["PostgreSQL"] * 3


def main(schools: int = 10, classes_a_grade: int = 4, days: int = 10, seed: int = 1) -> None:
    """Pushes 10 × 20 × 10 class-days of 100 events under fire, and compares."""
    load = Load(schools, classes_a_grade, days, seed)
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        try:
            accepted = _under_fire(load, data, seed)
            lost, differ = _compare(load, data, accepted)
        finally:
            stop_leftover_database(data)
    for line in differ[:20]:
        print(line)
    print(
        f"faults: {len(_VICTIMS)} kills, {len(accepted)} accepted, {lost} lost,"
        f" {len(differ)} rows differ"
    )
    sys.exit(1 if lost or differ else 0)


def _under_fire(load: Load, data: Path, seed: int) -> set[str]:
    """The ids of the events answered as accepted."""
    settings = {"WUGUAN_RATE_LIMIT": "0"}
    servers = [start_server(data, env=settings, port=free_port())]
    base_url, admin_key = servers[0].base_url, servers[0].admin_key
    keys = set_up(base_url, admin_key, load)

    def kill(victim: str) -> None:
        servers.append(_kill(victim, servers.pop(), settings))

    accepted = push_under_fire(base_url, keys, load, _VICTIMS, seed, kill)
    if not is_settled_within(base_url, admin_key, load):
        raise servers[0].fault("the figures did not settle")
    servers[0].stop(within_seconds=60)
    return accepted


def _kill(victim: str, server: Server, settings: dict[str, str]) -> Server:
    if victim == "server":
        server.kill()
        return start_server(
            server.data_dir,
            env=settings,
            port=int(server.base_url.rpartition(":")[2]),
            admin_key=server.admin_key,
        )
    pid_file = server.data_dir / "postgres" / "postmaster.pid"
    os.kill(int(pid_file.read_text().split("\n", 1)[0]), signal.SIGKILL)
    # Nobody starts it but the server itself.
    time.sleep(0.5)
    server.wait_until_ready()
    return server


def _compare(load: Load, data: Path, accepted: set[str]) -> tuple[int, list[str]]:
    """Events answered as accepted that are not in the log, and rows that differ."""
    database = EmbeddedServer(data)
    with closing(open_store(database.start())) as store:
        frames = _all_frames(store)
        logged = {event["id"] for frame in frames for event in json.loads(frame.body)}
        days = load.school_days()
        wanted = replay(frames, store.roster.context(), days)
        differ = [*differences(wanted, rows_of(store, days)), *wrong_periods(store)]
    database.stop()
    console.print(f"{len(frames)} frames, {sum(map(len, wanted.values()))} rows compared")
    return len(accepted - logged), differ


def _all_frames(store: PostgresStore) -> Sequence[Frame]:
    frames: list[Frame] = []
    position = 0
    while records := store.log.read(position, 2_000):
        frames += (record.frame for record in records)
        position = records[-1].position
    return frames


if __name__ == "__main__":
    typer.run(main)

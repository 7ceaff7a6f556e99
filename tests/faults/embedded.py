"""`make faults-embedded`: 13 × `kill -9` while 200,000 events are pushed, and nothing is lost.

Ten kills of the server, three of its PostgreSQL, spread over the push; every request is sent again
until it is answered. Afterwards everything answered as accepted must be in the log, and every
tally of every level must equal the pure fold of the log.
"""

import json
import os
import random
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import httpx
import typer
from rich.console import Console
from rich.progress import Progress

from tests.load import DISTRICT, Load, LoadRequest
from tests.pushing import Pushing
from tests.replay import differences, replay, rows_of
from tests.server import Server, free_port, start_server, stop_leftover_database
from wuguan.adapters.postgres.embedded import EmbeddedServer
from wuguan.adapters.postgres.store import PostgresStore, open_store
from wuguan.client.client import Client
from wuguan.ports import Frame

_SERVER_KILLS, _DATABASE_KILLS = 10, 3
_SETTLE_SECONDS = 300.0
_console = Console(stderr=True)


def main(schools: int = 10, classes_a_grade: int = 4, days: int = 10, seed: int = 1) -> None:
    """Pushes 10 × 20 × 10 class-days of 100 events under fire, and compares."""
    load = Load(schools, classes_a_grade, days, seed)
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        try:
            kills, accepted = _under_fire(load, data, random.Random(seed))
            lost, differ = _compare(load, data, accepted)
        finally:
            stop_leftover_database(data)
    for line in differ[:20]:
        print(line)
    print(
        f"faults: {kills} kills, {len(accepted)} accepted, {lost} lost, {len(differ)} rows differ"
    )
    sys.exit(1 if lost or differ else 0)


def _under_fire(load: Load, data: Path, chance: random.Random) -> tuple[int, set[str]]:
    """How often something was killed, and the ids of the events answered as accepted."""
    settings = {"WUGUAN_RATE_LIMIT": "0"}
    server = start_server(data, env=settings, port=free_port())
    keys = _set_up(server, load)
    requests, accepted = list(load.requests()), set[str]()

    def answered(request: LoadRequest, answer: bytes) -> None:
        counts = json.loads(answer)
        assert counts["accepted"] == len(request.ids), counts
        accepted.update(request.ids)

    pushing = Pushing(server.base_url, keys, requests, connections=8, on_answer=answered)
    plan = _plan(len(requests), chance)
    pushing.start()
    with Progress(console=_console) as progress:
        bar = progress.add_task("推送 pushing", total=len(requests))
        while pushing.working:
            progress.update(bar, completed=pushing.pushed)
            if plan and pushing.pushed >= plan[0][0]:
                _, victim = plan.pop(0)
                progress.console.print(f"kill -9 {victim} after {pushing.pushed} requests")
                server = _kill(victim, server, settings)
            time.sleep(0.01)
    pushing.wait()
    assert not plan, "the push ended before the last kill"
    _until_settled(server, load)
    server.stop(within_seconds=60)
    return _SERVER_KILLS + _DATABASE_KILLS, accepted


def _set_up(server: Server, load: Load) -> dict[str, str]:
    with Client(server.base_url, server.admin_key) as admin:
        admin.put_roster(load.roster())
        admin.put_calendar(load.calendar())
        return {
            school: admin.create_key("ingest", school_id=school, label="faults").key
            for school in load.school_ids()
        }


def _plan(requests: int, chance: random.Random) -> list[tuple[int, str]]:
    """After how many requests what is killed: evenly spread, each a little off."""
    victims = ["server"] * _SERVER_KILLS + ["PostgreSQL"] * _DATABASE_KILLS
    chance.shuffle(victims)
    step = requests // (len(victims) + 1)
    return [
        (step * number + chance.randrange(step // 2), victim)
        for number, victim in enumerate(victims, 1)
    ]


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


def _until_settled(server: Server, load: Load) -> None:
    days, deadline = load.school_days(), time.monotonic() + _SETTLE_SECONDS
    query = {
        "level": "district", "unit": DISTRICT, "limit": "1",
        "from": days[0].isoformat(), "to": days[-1].isoformat(),
    }  # fmt: skip
    headers = {"Authorization": f"Bearer {server.admin_key}"}
    while time.monotonic() < deadline:
        answer = httpx.get(f"{server.base_url}/v1/tallies", params=query, headers=headers)
        if answer.status_code == 200 and answer.json()["settled"]:
            return
        time.sleep(0.2)
    raise server.fault("the figures did not settle")


def _compare(load: Load, data: Path, accepted: set[str]) -> tuple[int, list[str]]:
    """Events answered as accepted that are not in the log, and rows that differ."""
    database = EmbeddedServer(data)
    with closing(open_store(database.start())) as store:
        frames = _all_frames(store)
        logged = {event["id"] for frame in frames for event in json.loads(frame.body)}
        days = load.school_days()
        wanted = replay(frames, store.roster.context(), days)
        differ = differences(wanted, rows_of(store, days))
    database.stop()
    _console.print(f"{len(frames)} frames, {sum(map(len, wanted.values()))} rows compared")
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

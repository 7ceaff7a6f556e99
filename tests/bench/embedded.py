"""`make bench-embedded`: events a second from HTTP to visible tallies, and the share of the limit.

Ours and the limit program (tests/bench/limit_server.py) take turns on the same load, each on a
fresh data folder; the ratio is that of the medians.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median

import httpx
import psycopg
import typer
from rich.console import Console
from rich.table import Table

from tests.load import DISTRICT, Load, LoadRequest
from tests.pushing import Pushing
from tests.server import Server, free_port, running_server, stop_leftover_database
from wuguan.adapters.postgres.embedded import EmbeddedServer
from wuguan.client.client import Client

_CONNECTIONS = 16
_MOST_SECONDS = 600
_console = Console()


def main(schools: int = 12, classes_a_grade: int = 6, days: int = 6, rounds: int = 3) -> None:
    """Measures both programs and prints a table; the last line is JSON."""
    load = Load(schools, classes_a_grade, days)
    requests = list(load.requests())
    events = sum(len(request.ids) for request in requests)
    _console.print(f"{len(requests)} requests, {events} events, {rounds} rounds")
    ours, limits, unit_rows = [], [], 0.0
    for _ in range(rounds):
        seconds, unit_rows = _ours(load, requests)
        ours.append(events / seconds)
        limits.append(events / _limit(requests, unit_rows / (len(requests) * 5)))
        _console.print(f"ours {ours[-1]:,.0f}/s  limit {limits[-1]:,.0f}/s")
    _print(ours, limits, events, int(unit_rows))


def _ours(load: Load, requests: Sequence[LoadRequest]) -> tuple[float, int]:
    """Seconds from the first request to settled figures, and how many rows of units there were."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        with running_server(data, env={"WUGUAN_RATE_LIMIT": "0"}) as server:
            keys, read_key = _set_up(server, load)
            begun = time.monotonic()
            _push(server.base_url, keys, requests)
            _until_settled(server.base_url, read_key, load)
            seconds = time.monotonic() - begun
        return seconds, _unit_rows(data)


def _set_up(server: Server, load: Load) -> tuple[Mapping[str, str], str]:
    with Client(server.base_url, server.admin_key) as admin:
        admin.put_roster(load.roster())
        admin.put_calendar(load.calendar())
        keys = {
            school: admin.create_key("ingest", school_id=school, label="bench").key
            for school in load.school_ids()
        }
        read_key = admin.create_key("read", unit_id=DISTRICT, label="bench").key
    _until_settled(server.base_url, read_key, load)
    return keys, read_key


def _push(base_url: str, keys: Mapping[str, str], requests: Sequence[LoadRequest]) -> None:
    pushing = Pushing(base_url, keys, requests, connections=_CONNECTIONS)
    pushing.start()
    pushing.wait()


def _until_settled(base_url: str, read_key: str, load: Load) -> None:
    days = load.school_days()
    query = {
        "level": "district", "unit": DISTRICT, "metric": "sleep.duration", "by": "total",
        "from": days[0].isoformat(), "to": days[-1].isoformat(),
    }  # fmt: skip
    deadline = time.monotonic() + _MOST_SECONDS
    with httpx.Client(base_url=base_url, headers={"Authorization": f"Bearer {read_key}"}) as http:
        while not http.get("/v1/tallies", params=query).raise_for_status().json()["settled"]:
            assert time.monotonic() < deadline, "the figures do not settle"
            time.sleep(0.05)


def _unit_rows(data: Path) -> int:
    database = EmbeddedServer(data)
    with psycopg.connect(database.start()) as connection:
        row = connection.execute("SELECT count(*) FROM unit_tally WHERE reported > 0").fetchone()
    database.stop()
    assert row is not None
    return int(row[0])


def _limit(requests: Sequence[LoadRequest], unit_rows_a_frame: float) -> float:
    """Seconds from the first request to the last row of the limit program."""
    with tempfile.TemporaryDirectory() as folder:
        data, port = Path(folder) / "data", free_port()
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.limit_server"],
            env={
                **os.environ,
                "WUGUAN_DATA": str(data),
                "WUGUAN_PORT": str(port),
                "LIMIT_UNIT_ROWS_A_FRAME": str(unit_rows_a_frame),
            },
        )
        try:
            base_url = f"http://127.0.0.1:{port}"
            _until_position(base_url, 0)
            begun = time.monotonic()
            _push(base_url, {request.school_id: "-" for request in requests}, requests)
            _until_position(base_url, len(requests) * 5)
            return time.monotonic() - begun
        finally:
            process.terminate()
            process.wait()
            stop_leftover_database(data)


def _until_position(base_url: str, position: int) -> None:
    deadline = time.monotonic() + _MOST_SECONDS
    while time.monotonic() < deadline:
        try:
            if int(httpx.get(f"{base_url}/position").text) >= position:
                return
        except httpx.TransportError:
            time.sleep(0.1)
        time.sleep(0.02)
    raise AssertionError("the limit program does not get there")


def _print(ours: Sequence[float], limits: Sequence[float], events: int, unit_rows: int) -> None:
    table = Table("program", "events/s, median", "min", "max")
    for name, figures in (("wuguan, HTTP to settled tallies", ours), ("limit program", limits)):
        table.add_row(name, *(f"{one:,.0f}" for one in (median(figures), *_ends(figures))))
    _console.print(table)
    summary = {
        "bench": "embedded",
        "events": events,
        "unit_rows": unit_rows,
        "ours_events_a_second": round(median(ours)),
        "limit_events_a_second": round(median(limits)),
        "ours_over_limit": round(median(ours) / median(limits), 3),
    }
    print(json.dumps(summary))


def _ends(figures: Sequence[float]) -> tuple[float, float]:
    return min(figures), max(figures)


if __name__ == "__main__":
    typer.run(main)

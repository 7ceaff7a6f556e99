"""`make bench-telling`: what senders of events feel of receivers of alerts that are down.

Two servers on the embedded database get the same load at the same pace by turns: one has nobody to
tell, the other has messages for forty receivers that take a connection and never answer, so that
all its threads that tell people hang from one timeout to the next.
"""

import json
import socket
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from datetime import date
from pathlib import Path
from statistics import quantiles
from typing import NamedTuple

import httpx
import typer
from rich.console import Console
from rich.progress import track
from rich.table import Table

from tests.alerting import HOMEWORK, told
from tests.bench.pacing import Paced, Pacing
from tests.load import Load, LoadRequest
from tests.server import Server, running_server
from wuguan.adapters.postgres.embedded import EmbeddedServer
from wuguan.adapters.postgres.store import open_store, system_clock
from wuguan.client.client import Client
from wuguan.domain.alerting.due import last_due_day
from wuguan.domain.alerting.notice import Notice

_CONNECTIONS = 16
_EVENTS_A_REQUEST = 100
_RECEIVER_IDS = [f"down-{number}" for number in range(40)]
_LOAD = Load(schools=12, classes_a_grade=6, days=40)
# Nothing comes in of one school more: its alert stands all the time.
_ROSTER = Load(schools=13, classes_a_grade=6, days=40)
_MESSAGES = "wuguan_messages_total"
_console = Console(stderr=True)
_PACK = """
[[rules]]
rule_id = "homework-minutes"
kind = "compliance"
metric = "homework.minutes"
statistic = "compliance"
threshold = "policy"
breach = "below"
quiet_from = "00:00"
quiet_until = "00:01"
title = "Homework over the limit"
title_zh = "书面作业超时"
"""
_RECEIVER = """
[[receivers]]
receiver_id = "{receiver_id}"
channel = "webhook"
url_from = "DOWN"
roles = ["school"]
most_an_hour = 1000
"""


class Target(NamedTuple):
    """A server under load, and how long its answers took."""

    name: str
    server: Server
    pacing: Pacing
    requests: Iterator[LoadRequest]


def main(rate: int = 2_000, seconds: int = 15, rounds: int = 6) -> None:
    """Measures both servers by turns and prints a table; the last line is JSON."""
    pause = _EVENTS_A_REQUEST / rate
    requests = int(seconds / pause)
    with ExitStack() as stack:
        targets = [stack.enter_context(_target(name)) for name in ("nobody", "down")]
        for target in targets:
            target.pacing.push(_paced(target, requests // 3, "warming up"), pause)
            target.pacing.seconds.clear()
        tried = _tried(targets[1].server)
        for number in range(rounds):
            for target in targets[:: 1 if number % 2 == 0 else -1]:
                target.pacing.push(_paced(target, requests, target.name), pause)
        tried = _tried(targets[1].server) - tried
        assert tried > 0, "nobody was told anything: the receivers that are down cost nothing"
        _print({target.name: target.pacing.seconds for target in targets}, tried)


def _paced(target: Target, requests: int, what: str) -> Iterator[Paced]:
    for _ in track(range(requests), what, console=_console, transient=True):
        yield next(target.requests), lambda: None


@contextmanager
def _target(name: str) -> Iterator[Target]:
    """A server; with receivers that hang, and messages for each of them, where it is so named."""
    with tempfile.TemporaryDirectory(prefix="wuguan-bench-") as folder, _hanging() as address:
        data, settings = Path(folder) / "data", {"WUGUAN_RATE_LIMIT": "0"}
        with running_server(data, env=settings) as server:
            keys, admin_key = _set_up(server), server.admin_key
        if name == "down":
            _leave_messages(data)
            settings |= {"WUGUAN_ALERTS": str(_rules(Path(folder))), "DOWN": address}
        with running_server(data, env=settings, admin_key=admin_key) as server:
            pacing = Pacing(server.base_url, keys, _CONNECTIONS)
            with closing(pacing):
                yield Target(name, server, pacing, _LOAD.requests())


@contextmanager
def _hanging() -> Iterator[str]:
    """An address that takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0), backlog=128) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"


def _set_up(server: Server) -> Mapping[str, str]:
    with Client(server.base_url, server.admin_key) as admin:
        admin.put_roster(_ROSTER.roster())
        return {
            school: admin.create_key("ingest", school_id=school, label="bench").key
            for school in _LOAD.school_ids()
        }


def _rules(folder: Path) -> Path:
    """A folder of alerts: a rule that tells at any hour, and whom."""
    alerts = folder / "alerts"
    alerts.mkdir()
    (alerts / "rules.toml").write_text(_PACK, encoding="utf-8")
    receivers = "".join(_RECEIVER.format(receiver_id=one) for one in _RECEIVER_IDS)
    (alerts / "receivers.toml").write_text(receivers, encoding="utf-8")
    return alerts


def _leave_messages(data: Path) -> None:
    """An alert that every receiver is to be told of, in the evening's evaluation of today."""
    database = EmbeddedServer(data)
    store = open_store(database.start())
    alert = told(HOMEWORK, "alert", _ROSTER.school_ids()[-1], ["BBB"], date(2026, 9, 14))
    notices = [
        Notice(alert_id="alert", number=alert.entries[-1].number, receiver_id=one, not_before_us=0)
        for one in _RECEIVER_IDS
    ]
    # Already opened, so that the server does not look at the school again.
    store.alerts.open_day(last_due_day(system_clock()))
    with store.alerts.evaluating(0) as writing:
        writing.write([alert], notices)
    store.close()
    database.stop()


def _tried(server: Server) -> int:
    """How often the server has tried to tell somebody."""
    lines = httpx.get(f"{server.base_url}/metrics").raise_for_status().text.splitlines()
    return sum(int(float(line.split()[-1])) for line in lines if line.startswith(_MESSAGES))


def _print(seconds: Mapping[str, Sequence[float]], tried: int) -> None:
    table = Table("receivers", "requests", "p50 ms", "p99 ms", "longest ms")
    cuts = {name: quantiles(of, n=100, method="inclusive") for name, of in seconds.items()}
    for name, of in seconds.items():
        shown = (1000 * one for one in (cuts[name][49], cuts[name][98], max(of)))
        table.add_row(name, f"{len(of):,}", *(f"{one:.1f}" for one in shown))
    _console.print(table)
    summary = {
        "bench": "telling",
        "messages_tried": tried,
        "p99_ms_nobody": round(1000 * cuts["nobody"][98], 2),
        "p99_ms_down": round(1000 * cuts["down"][98], 2),
        "p50_down_over_nobody": round(cuts["down"][49] / cuts["nobody"][49], 3),
        "p99_down_over_nobody": round(cuts["down"][98] / cuts["nobody"][98], 3),
    }
    print(json.dumps(summary))


if __name__ == "__main__":
    typer.run(main)

"""`make bench-freshness`: seconds from a 202 to the figures of the district, under a steady load.

Every fifth request is a probe: a class-day like the others, on a day of its own that no other
request touches before it is seen. It is seen in the first answer of `GET /v1/tallies` in which the
district has one report more in each of the five managements.
"""

import json
import tempfile
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from statistics import median, quantiles

import typer
from rich.console import Console
from rich.progress import track
from rich.table import Table

from tests.bench.pacing import Paced, Pacing
from tests.bench.probes import ProbeLoad, Probes
from tests.deployment import Deployment, running_deployment
from tests.load import DISTRICT, Load, LoadRequest
from wuguan.client.client import Client

_CONNECTIONS = 16
_EVENTS_A_REQUEST = 100
_PROBE_EVERY = 5
_LOAD = Load(schools=20, classes_a_grade=6, days=40)
_PROBE_LOAD = ProbeLoad(schools=20, classes_a_grade=6, days=40)
_console = Console(stderr=True)


def main(rate: int = 2_000, seconds: int = 60, workers: int = 2, warm_up: int = 5) -> None:
    """Measures and prints a table; the last line is JSON."""
    env = {"WUGUAN_RATE_LIMIT": "0"}
    with (
        tempfile.TemporaryDirectory(prefix="wuguan-bench-") as folder,
        running_deployment(Path(folder), workers=workers, rollups=1, env=env) as deployment,
    ):
        keys, read_key = _set_up(deployment)
        probes = Probes(deployment.base_url, read_key, _PROBE_LOAD)
        probes.until_settled()
        pacing, steady = Pacing(deployment.base_url, keys, _CONNECTIONS), _LOAD.requests()
        pause = _EVENTS_A_REQUEST / rate
        pacing.push(_paced(steady, probes, int(warm_up / pause), "warming up"), pause)
        probes.forget()
        a_second = pacing.push(_paced(steady, probes, int(seconds / pause), "pushing"), pause)
        probes.finish()
        pacing.close()
    _print(a_second, probes)


def _set_up(deployment: Deployment) -> tuple[Mapping[str, str], str]:
    with Client(deployment.base_url, deployment.admin_key) as admin:
        admin.put_roster(_LOAD.roster())
        admin.put_calendar(_LOAD.calendar())
        keys = {
            school: admin.create_key("ingest", school_id=school, label="bench").key
            for school in _LOAD.school_ids()
        }
        return keys, admin.create_key("read", unit_id=DISTRICT, label="bench").key


def _paced(steady: Iterator[LoadRequest], probes: Probes, count: int, what: str) -> Iterator[Paced]:
    """So many requests; every fifth a probe, if a day for one is free."""
    for number in track(range(count), what, console=_console, transient=True):
        probe = probes.next() if number % _PROBE_EVERY == 0 else None
        if probe is None:
            yield next(steady), _nothing
        else:
            day, request = probe
            yield request, partial(probes.accepted, day)


def _nothing() -> None:
    """Nobody waits for this one."""


def _print(a_second: float, probes: Probes) -> None:
    seconds = probes.seconds
    cuts = quantiles(seconds, n=100, method="inclusive")
    summary = {
        "bench": "freshness",
        "events_a_second": round(a_second),
        "probes": len(seconds),
        "p50_seconds": round(cuts[49], 3),
        "p99_seconds": round(cuts[98], 3),
        "longest_seconds": round(max(seconds), 3),
    }
    table = Table("measured", "figure")
    for name, figure in summary.items():
        table.add_row(name, str(figure))
    table.add_row("milliseconds of a look, median", f"{median(probes.poll_seconds) * 1000:.1f}")
    _console.print(table)
    print(json.dumps(summary))


if __name__ == "__main__":
    typer.run(main)

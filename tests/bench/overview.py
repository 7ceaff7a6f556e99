"""`make bench-overview`: how fast the overview of a district of 500 schools answers.

Twelve simulated schools push a term through the API. Their figures are then copied in the
database, school by school, until there are 504: what is measured reads figures, however they came
about. The page is asked for by one reader after another, over HTTP, with nothing kept in between.
"""

import json
import tempfile
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median, quantiles

import httpx
import typer
from rich.console import Console
from rich.progress import track
from rich.table import Table

from producers.district.school_year import latest_term
from tests.e2e.districts import DISTRICT, simulate
from tests.e2e.multiplying import multiply
from tests.server import running_server
from wuguan.domain.instants import CHINA

_TWELVE = 12
_WARM_UP = 10
_console = Console(stderr=True)


def main(copies: int = 42, requests: int = 200, days: int = 0) -> None:
    """Measures and prints a table; the last line is JSON."""
    today = datetime.now(CHINA).date()
    first = today - timedelta(days=days) if days else latest_term(today).first
    with tempfile.TemporaryDirectory(prefix="wuguan-bench-") as folder:
        data = Path(folder) / "data"
        settings = {"WUGUAN_RATE_LIMIT": "0"}
        with running_server(data, env=settings) as server:
            _console.print("模拟十二所学校的一学期 simulating a term of twelve schools")
            found = simulate(server, _TWELVE, first, today)
            key, admin_key = found.key_of(DISTRICT), server.admin_key
        with _console.status("复制 copying"):
            rows = multiply(data, copies * _TWELVE, today)
        with running_server(data, env=settings, admin_key=admin_key) as server:
            seconds = _ask(server.base_url, key, requests, copies * _TWELVE)
    _print(copies * _TWELVE, (today - first).days + 1, rows, seconds)


def _ask(base_url: str, key: str, requests: int, schools: int) -> Sequence[float]:
    """Seconds of each answer, the whole page read."""
    with httpx.Client(base_url=base_url, trust_env=False, timeout=60) as http:
        http.post("/login", data={"key": key})
        seconds = []
        for number in track(range(_WARM_UP + requests), "asking", console=_console):
            begun = time.perf_counter()
            answer = http.get(f"/board/{DISTRICT}")
            taken = time.perf_counter() - begun
            assert answer.status_code == 200, answer.text[:300]
            assert f"应报{schools}所" in answer.text, "the page does not hold all schools"
            if number >= _WARM_UP:
                seconds.append(taken)
    return seconds


def _print(schools: int, days: int, rows: int, seconds: Sequence[float]) -> None:
    p95 = quantiles(seconds, n=20)[-1]
    table = Table("schools", "days", "rows of days", "median ms", "p95 ms", "longest ms")
    table.add_row(
        *(f"{number:,}" for number in (schools, days, rows)),
        *(f"{1000 * s:.0f}" for s in (median(seconds), p95, max(seconds))),
    )
    Console().print(table)
    print(json.dumps({"overview_p95_ms": round(1000 * p95, 1), "schools": schools, "days": days}))


if __name__ == "__main__":
    typer.run(main)

"""`make bench-overview`: how fast the overview of a district of 500 schools answers.

Twelve simulated schools push a term through the API. Their figures are then copied in the
database, school by school, until there are 504: what is measured reads figures, however they came
about. The page is asked for by one reader after another, over HTTP, with nothing kept in between.
"""

import json
import tempfile
import time
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from statistics import median, quantiles

import httpx
import psycopg
import typer
from rich.console import Console
from rich.progress import track
from rich.table import Table

from producers.district.organisation import roster
from producers.district.profiles import simulated_district as district_of
from producers.district.school_year import latest_term, school_year_of
from tests.e2e.districts import DISTRICT, simulate
from tests.server import running_server
from wuguan.adapters.postgres.embedded import EmbeddedServer
from wuguan.adapters.postgres.store import open_store
from wuguan.domain.instants import CHINA

_TWELVE = 12
_WARM_UP = 10
_console = Console(stderr=True)
_COLUMNS = "expected, reported, judged, compliant, total, bins, rules"
_NAME = "'2199' || lpad(({})::text, 6, '0')"
_TEMPLATE = _NAME.format(f"(n - 1) % {_TWELVE} + 1")


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
        rows = _copy(data, copies * _TWELVE, today)
        with running_server(data, env=settings, admin_key=admin_key) as server:
            seconds = _ask(server.base_url, key, requests, copies * _TWELVE)
    _print(copies * _TWELVE, (today - first).days + 1, rows, seconds)


def _copy(data: Path, schools: int, today: date) -> int:
    """Makes many schools of twelve, in the database; how many rows of days there are."""
    database = EmbeddedServer(data)
    dsn = database.start()
    store = open_store(dsn)
    years = {school_year_of(today)}
    store.roster.put_roster(roster(district_of(schools=schools), years), today)
    store.close()
    with psycopg.connect(dsn, autocommit=True) as connection, _console.status("复制 copying"):
        rows = _copy_rows(connection, schools, today)
    database.stop()
    return rows


def _copy_rows(connection: "psycopg.Connection[tuple[int, ...]]", schools: int, today: date) -> int:
    numbers = f"generate_series({_TWELVE + 1}, {schools}) AS n"
    new = _NAME.format("n")
    execute = connection.execute
    # The new schools' days are there at once: nothing is left to be added up.
    execute("TRUNCATE dirty, period_dirty, remeasure")
    execute("UPDATE context SET opened_day = %s", (today,))
    execute(
        f"INSERT INTO unit_tally (unit_id, metric, day, stage, grade, {_COLUMNS})"
        f" SELECT {new}, metric, day, stage, grade, {_COLUMNS}"
        f" FROM {numbers} JOIN unit_tally t ON t.unit_id = {_TEMPLATE}"
    )
    execute(
        f"INSERT INTO period_tally (unit_id, grain, first_day, metric, stage, grade, {_COLUMNS})"
        f" SELECT {new}, grain, first_day, metric, stage, grade, {_COLUMNS}"
        f" FROM {numbers} JOIN period_tally t ON t.unit_id = {_TEMPLATE}"
    )
    times = schools // _TWELVE
    execute(
        "UPDATE unit_tally SET expected = expected * %(n)s, reported = reported * %(n)s,"
        " judged = judged * %(n)s, compliant = compliant * %(n)s, total = total * %(n)s,"
        " bins = ARRAY(SELECT b * %(n)s FROM unnest(bins) WITH ORDINALITY AS u (b, i) ORDER BY i)"
        " WHERE unit_id IN ('990101', '990000')",
        {"n": times},
    )
    execute("VACUUM ANALYZE")
    row = execute("SELECT count(*) FROM unit_tally").fetchone()
    assert row is not None
    return row[0]


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

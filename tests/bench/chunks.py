"""`make bench-chunks`: how many days a chunk of the hypertables should hold.

One school year of 20 schools, written day by day as workers write it, then read as boards read it;
with chunks of 7, 28 and 91 days, and with plain tables.
"""

import json
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from statistics import median

import psycopg
import typer
from psycopg.conninfo import make_conninfo
from rich.console import Console
from rich.progress import track
from rich.table import Table

from tests.deployment import running_deployment
from tests.load import DISTRICT, Load
from wuguan.adapters.postgres.store import PostgresStore, open_store
from wuguan.domain.ledger import Ledger, LedgerKey
from wuguan.domain.measure import Measured
from wuguan.domain.measuring import MetricTally
from wuguan.domain.rollup import Cell, Figure, Mark
from wuguan.domain.tally import Tally
from wuguan.ports import TallyQuery

_FIRST = date(2025, 9, 1)
_METRICS = ("sleep.duration", "sleep.bedtime", "sleep.reporting")
_BINS = {"sleep.duration": 11, "sleep.bedtime": 10, "sleep.reporting": 0}
_console = Console(stderr=True)


def main(schools: int = 20, days: int = 240) -> None:
    """Measures every size and prints a table; the last line is JSON."""
    load = Load(schools, 2, 1)
    school_days = [day for day in _calendar(days) if day.weekday() < 5]
    found: dict[str, Mapping[str, float]] = {}
    with (
        tempfile.TemporaryDirectory(prefix="wuguan-bench-") as folder,
        running_deployment(Path(folder), programs=False) as deployment,
    ):
        for size in (7, 28, 91, None):
            dsn = _database(deployment.settings["WUGUAN_DSN"], size)
            name = f"{size} days" if size else "plain"
            with closing(open_store(dsn)) as store:
                found[name] = _measure(store, load, school_days, name)
    _print(found)


def _calendar(days: int) -> Iterator[date]:
    return (_FIRST + timedelta(days=number) for number in range(days))


def _database(server: str, size: int | None) -> str:
    """A database whose empty hypertables get chunks of this size, or plain tables."""
    name = f"chunks_{size or 'plain'}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")
    dsn = make_conninfo(server, dbname=name)
    open_store(dsn).close()
    with psycopg.connect(dsn, autocommit=True) as connection:
        for table in ("ledger", "unit_tally"):
            if size:
                connection.execute(
                    f"SELECT set_chunk_time_interval('{table}', INTERVAL '{size} days')"
                )
            else:
                connection.execute(f"CREATE TABLE plain_{table} (LIKE {table} INCLUDING ALL)")
                connection.execute(f"DROP TABLE {table}")
                connection.execute(f"ALTER TABLE plain_{table} RENAME TO {table}")
    return dsn


def _measure(
    store: PostgresStore, load: Load, days: Sequence[date], name: str
) -> Mapping[str, float]:
    writes = [
        _seconds(lambda day=day: _write(store, load, day))  # type: ignore[misc]  # bound at once
        for day in track(days, f"chunks: {name}", console=_console, transient=True)
    ]
    school, term = load.school_ids()[0], (days[0], days[99])
    reads: Mapping[str, Callable[[], object]] = {
        "district_day_ms": lambda: _rows(store, [DISTRICT], days[-1], days[-1]),
        "district_term_ms": lambda: _rows(store, [DISTRICT], *term),
        "schools_month_ms": lambda: _rows(store, load.school_ids(), days[-22], days[-1]),
        "classes_month_ms": lambda: _classes(store, school, days[-22], days[-1]),
    }
    timed = {what: 1000 * median(_seconds(read) for _ in range(9)) for what, read in reads.items()}
    return {"write_day_ms": 1000 * median(writes), **timed}


def _write(store: PostgresStore, load: Load, day: date) -> None:
    """A day's ledgers of all schools, and the rows of schools and district."""
    ledgers: dict[LedgerKey, tuple[Ledger, Measured]] = {
        LedgerKey(school, "sleep", class_id, day): ({}, Measured(_tallies(), ()))
        for school in load.school_ids()
        for class_id in load.class_ids()
    }
    with store.ledgers.writing(load.school_ids()) as writing:
        writing.load(ledgers.keys())
        writing.put(ledgers)
    figures = {
        Cell("primary", grade, one.metric): Figure(one.tally)
        for grade in range(1, 6)
        for one in _tallies()
    }
    marks = [Mark(unit, day, "sleep") for unit in (*load.school_ids(), DISTRICT)]
    with store.rollups.writing(1, True) as rollup:
        rollup.overwrite(dict.fromkeys(marks, figures))


def _tallies() -> Sequence[MetricTally]:
    return [
        MetricTally(name, Tally(40, 40, 40, 30, 20_000, (4,) * _BINS[name]), None)
        for name in _METRICS
    ]


def _rows(store: PostgresStore, units: Sequence[str], first: date, last: date) -> None:
    query = TallyQuery(
        units=units, metrics=["sleep.duration"], from_day=first, to_day=last, by="total"
    )
    with store.figures.reading() as reading:
        assert reading.rows(query, None, 10_000)


def _classes(store: PostgresStore, school: str, first: date, last: date) -> None:
    with store.figures.reading() as reading:
        assert reading.class_tallies(school, ["sleep"], first, last)


def _seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def _print(found: Mapping[str, Mapping[str, float]]) -> None:
    columns = list(next(iter(found.values())))
    table = Table("chunks of", *columns)
    for name, figures in found.items():
        table.add_row(name, *(f"{figures[column]:.1f}" for column in columns))
    _console.print(table)
    rounded = {
        name: {column: round(value, 2) for column, value in figures.items()}
        for name, figures in found.items()
    }
    print(json.dumps({"bench": "chunks", **rounded}))


if __name__ == "__main__":
    typer.run(main)

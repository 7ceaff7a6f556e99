"""`make bench-boards`: how fast the panels of the boards answer, at 100 schools and at 500.

Two databases on one server hold a school year of figures each. Every panel's statement is sent as
Grafana sends it, as the login of the district (of the city, for the board of cities), for the last
whole half-month, the last whole month and the term; thirty times, both databases by turns. What is
told of a panel is the slowest of its three periods; its growth is the median of the pairs.

A panel that reads a row a school grows with the schools, whether it lists them (the matrix) or
counts them (headlines, breaches, the distribution, the band): what it reads decides, that is
whether its query asks for `board.below`. All others read rows of the unit itself, of which there
are as many at 500 schools as at 100.
"""

import json
import tempfile
import time
from collections.abc import Mapping
from contextlib import ExitStack, closing
from datetime import date, datetime, timedelta
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import psycopg
import typer
from msgspec import Struct
from psycopg.conninfo import make_conninfo
from rich.console import Console
from rich.progress import track
from rich.table import Table

from dashboards.catalogue import BOARDS
from dashboards.checking.asking import Question, put_in, questions
from dashboards.grafana.naming import Place
from dashboards.query_files import read_query
from tests.bench.board_figures import fill
from tests.bench.board_shapes import CITY, DISTRICT, school_id, terms
from wuguan.adapters.postgres.embedded import EmbeddedServer
from wuguan.adapters.postgres.store import open_store
from wuguan.domain.instants import CHINA
from wuguan.domain.periods import end_of_halfmonth, end_of_month, halfmonth_of, month_of

_PASSWORD = "a-password-of-a-benchmark"
_METRIC = "fitness.exercise"
_DAY = timedelta(days=1)
_console = Console(stderr=True)

Connection = psycopg.Connection[Any]


class Measured(Struct):
    """Seconds of a panel, by period, at one number of schools; and how many rows it gave."""

    seconds: dict[str, list[float]]
    rows: int = 0

    @property
    def p50(self) -> float:
        """The median of its slowest period."""
        return max(median(of) for of in self.seconds.values())

    @property
    def p95(self) -> float:
        """The 95th percentile of its slowest period."""
        return max(quantiles(of, n=20)[-1] for of in self.seconds.values())


def _growth(few: Measured, many: Measured) -> float:
    """How many times as long it takes: the median over all pairs, asked one after the other."""
    return median(
        at_many / at_few
        for period in few.seconds
        for at_few, at_many in zip(few.seconds[period], many.seconds[period], strict=True)
    )


Found = dict[str, dict[int, Measured]]


def main(few: int = 100, many: int = 500, rounds: int = 30) -> None:
    """Measures and prints a table; the last line is JSON."""
    today = datetime.now(CHINA).date()
    asked = list(questions(BOARDS, Place("zh")))
    with tempfile.TemporaryDirectory(prefix="wuguan-bench-") as folder, ExitStack() as stack:
        server = EmbeddedServer(Path(folder))
        dsn = server.start()
        stack.callback(server.stop)
        logins = {
            schools: _logins(_database(dsn, schools, today), stack) for schools in (few, many)
        }
        found: Found = {
            one.where: {of: Measured({name: [] for name in _periods(today)}) for of in logins}
            for one in asked
        }
        for number in track(range(rounds + 1), "asking", console=_console):
            for one in asked:
                for schools, of in logins.items():
                    _ask(one, of, today, found[one.where][schools], kept=number > 0)
    _print(found, {one.where for one in asked if _reads_schools(one)}, few, many)


def _database(server: str, schools: int, today: date) -> str:
    """The DSN of a database of its own with so many schools in the district."""
    name = f"schools_{schools}"
    dsn = make_conninfo(server, dbname=name)
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")
    with closing(open_store(dsn)) as store, psycopg.connect(dsn, autocommit=True) as connection:
        begun = time.monotonic()
        with _console.status(f"写入 {schools} 所学校 writing {schools} schools"):
            rows = fill(store, connection, schools, today)
        seconds = time.monotonic() - begun
        _console.print(f"{schools} schools, {rows:,} rows of days, {seconds:.0f} s")
        for unit_id in (DISTRICT, CITY):
            store.board_access.ensure_role(unit_id, _PASSWORD)
    return dsn


def _logins(dsn: str, stack: ExitStack) -> Mapping[str, Connection]:
    """A session of the district's and of the city's login."""
    with psycopg.connect(dsn) as connection:
        roles = connection.execute("SELECT unit_id, role FROM board_role").fetchall()
    return {
        unit_id: stack.enter_context(
            # Grafana prepares nothing: each statement is planned anew, with its literals.
            psycopg.connect(
                make_conninfo(dsn, user=role, password=_PASSWORD), autocommit=True,
                prepare_threshold=None,
            )
        )
        for unit_id, role in roles
    }  # fmt: skip


def _periods(today: date) -> Mapping[str, str]:
    """The last whole half-month and month, and the term; as readers choose them."""
    halfmonth = halfmonth_of(halfmonth_of(today) - _DAY)
    month = month_of(month_of(today) - _DAY)
    return {
        "halfmonth": f"halfmonth/{halfmonth}/{end_of_halfmonth(halfmonth)}",
        "month": f"month/{month}/{end_of_month(month)}",
        "term": f"term/{terms(today)[1]}/{today}",
    }


def _ask(
    one: Question, logins: Mapping[str, Connection], today: date, into: Measured, *, kept: bool
) -> None:
    periods = _periods(today)
    looking = CITY if one.board.board_id == "city" else DISTRICT
    unit = school_id(1) if one.board.levels == ("school",) else looking
    for name, period in periods.items():
        chosen = {"unit": unit, "stage": "all", "grade": "0", "metric": _METRIC}
        chosen |= {"period": period, "term": periods["term"]}
        statement = put_in(one.statement, chosen).encode()
        begun = time.perf_counter()
        rows = logins[looking].execute(statement).fetchall()
        seconds = time.perf_counter() - begun
        if kept:
            into.seconds[name].append(seconds)
        into.rows = max(into.rows, len(rows))


def _reads_schools(one: Question) -> bool:
    return "board.below" in read_query(one.panel.query)


def _print(found: Found, of_schools: set[str], few: int, many: int) -> None:
    numbers = (f"{name} {schools}" for schools in (few, many) for name in ("p50", "p95"))
    table = Table("panel", "reads", "rows", *numbers)
    growths: dict[bool, list[tuple[float, str]]] = {True: [], False: []}
    for where, by_schools in sorted(found.items(), key=lambda one: -one[1][many].p95):
        at_few, at_many = by_schools[few], by_schools[many]
        reads = where in of_schools
        growths[reads].append((_growth(at_few, at_many), where))
        milliseconds = (at_few.p50, at_few.p95, at_many.p50, at_many.p95)
        table.add_row(
            where, "schools" if reads else "unit", str(at_many.rows),
            *(f"{1000 * one:.1f}" for one in milliseconds),
        )  # fmt: skip
    Console(width=110).print(table)
    worst, where = max((of[many].p95, name) for name, of in found.items())
    (district, of_district), (school, of_school) = max(growths[False]), max(growths[True])
    print(
        json.dumps(
            {
                "worst_p95_ms": round(1000 * worst, 1),
                "worst_panel": where,
                "growth_district_panels": round(district, 2),
                "growth_district_panel": of_district,
                "growth_school_panels": round(school, 2),
                "growth_school_panel": of_school,
            }
        )
    )


if __name__ == "__main__":
    typer.run(main)

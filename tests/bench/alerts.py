"""`make bench-alerts`: forty rules of 5,000 schools, evaluated after a full day's change.

The figures of 62 days are made in the database; everything up to the day before is evaluated
first. Then a day comes in, its returns are due, and what is measured begins: marking every school,
claiming, reading the figures of 62 days, evaluating, writing what happened. Beside it stands the
reading alone, batch by batch: the same queries through the same port, as Python objects.
"""

import json
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import psycopg
import typer
from rich.console import Console
from rich.table import Table

from stream_processors.contexts import Contexts
from stream_processors.evaluating_alerts import Alerting, EvaluatingAlerts
from tests.bench.alert_rules import forty_rules
from tests.bench.overhearing import Overhearing
from tests.load import Load
from wuguan.adapters.postgres.embedded import EmbeddedServer
from wuguan.adapters.postgres.store import PostgresStore, open_store
from wuguan.domain.instants import MINUTE_US, midnight_us
from wuguan.domain.managements import MANAGEMENTS, METRICS
from wuguan.national_days import shipped_national_days
from wuguan.policy_packs import policy_book
from wuguan.ports import Alerts

_WINDOW = timedelta(days=61)
_GRADES = (1, 2, 3)
_EIGHTEEN = 18 * 60 * MINUTE_US
_console = Console(stderr=True)


class _Clock:
    """Six in the evening of a day."""

    def __init__(self, day: date) -> None:
        self.day = day

    def __call__(self) -> int:
        return midnight_us(self.day) + _EIGHTEEN


class _Found(NamedTuple):
    """What was measured."""

    rows: int
    entries: int
    seconds: float
    reading_seconds: float


def main(schools: int = 5000) -> None:
    """Measures and prints a table; the last line is JSON."""
    load = Load(schools, 1, 80)
    days = [day for day in load.school_days() if day > load.school_days()[-1] - _WINDOW]
    clock = _Clock(days[-2])
    with tempfile.TemporaryDirectory(prefix="wuguan-bench-") as folder:
        server = EmbeddedServer(Path(folder))
        dsn = server.start()
        with closing(open_store(dsn, clock=clock)) as store:
            _fill(store, dsn, load, days)
            found = _measure(store, dsn, clock, days[-1])
        server.stop()
    _print(schools, found)


def _fill(store: PostgresStore, dsn: str, load: Load, days: Sequence[date]) -> None:
    """The roster, and figures of all days."""
    _console.print(f"{len(load.school_ids())} 所学校 schools, {len(days)} 天 days")
    today, policy = days[-1], policy_book(None)
    store.roster.put_rules(policy, shipped_national_days(), today)
    store.roster.put_roster(load.roster(), today)
    store.roster.put_calendar(load.calendar(), today)
    context = store.roster.context()
    path = context.organisation.path(load.school_ids()[0], today)
    rules = {
        metric: rule.rule_id if (rule := policy.rule_for(metric, path, today, "primary", 3)) else ""
        for metric in METRICS
    }
    with psycopg.connect(dsn, autocommit=True) as connection:
        # Nothing is to be added up: the figures are there.
        connection.execute("TRUNCATE dirty, period_dirty, remeasure")
        for metric, rule_id in rules.items():
            _fill_metric(connection, metric, rule_id, days)
        connection.execute(_SYSTEMS, {"days": list(days), "managements": list(MANAGEMENTS)})
        connection.execute("VACUUM ANALYZE")


# Every thirtieth school has a week that is bad in some metric; hashes instead of chance, so that
# two runs are alike.
_FIGURES = """
    INSERT INTO unit_tally (unit_id, metric, day, stage, grade, expected, reported, judged,
                            compliant, total, bins, rules)
    SELECT s.school_id, %(metric)s, d.day, 'primary', g.grade, 8, f.reported, f.reported,
           f.reported - f.bad, f.reported * 40 + f.noise, f.bins, %(rule)s
    FROM school s
    CROSS JOIN unnest(%(days)s::date[]) AS d (day)
    CROSS JOIN unnest(%(grades)s::int[]) AS g (grade)
    CROSS JOIN LATERAL (
        SELECT 8 - (abs(hashtext(s.school_id || d.day || g.grade)) %% 8 = 0)::int AS reported,
               abs(hashtext(d.day || s.school_id)) %% 50 AS noise,
               2 * (abs(hashtext(s.school_id || %(metric)s || date_trunc('week', d.day)))
                    %% 30 = 0)::int AS bad,
               array_fill(0, ARRAY[%(places)s / 2])
               || ARRAY[8] || array_fill(0, ARRAY[(%(places)s - 1) / 2]) AS bins
    ) AS f
    ORDER BY s.school_id, d.day, g.grade
"""
_SYSTEMS = """
    INSERT INTO system_tally (unit_id, day, management, system, classes)
    SELECT s.school_id, d.day, m.management, y.system, 12
    FROM school s CROSS JOIN unnest(%(days)s::date[]) AS d (day)
    CROSS JOIN unnest(%(managements)s::text[]) AS m (management)
    CROSS JOIN (VALUES ('board'), ('office')) AS y (system)
"""


def _fill_metric(
    connection: "psycopg.Connection[tuple[Any, ...]]",
    metric: str,
    rule_id: str,
    days: Sequence[date],
) -> None:
    places = METRICS[metric].bin_count
    statement = _FIGURES if places else _FIGURES.replace("f.bins,", "'{}',")
    columns = {"metric": metric, "rule": rule_id, "days": list(days), "grades": list(_GRADES)}
    connection.execute(statement, {**columns, "places": places})


def _measure(store: PostgresStore, dsn: str, clock: _Clock, today: date) -> _Found:
    """Evaluates up to the day before, then the day, reading each batch once more."""
    alerting = Alerting(forty_rules(store.roster.context().policy))
    contexts = Contexts(store.roster)
    _evaluate(store.alerts, contexts, alerting, clock)
    before = _count(dsn, "alert_entry")
    clock.day = today
    seconds, reading = _evaluate(store.alerts, contexts, alerting, clock)
    rows = _count(dsn, "unit_tally")
    return _Found(rows, _count(dsn, "alert_entry") - before, seconds, reading)


def _evaluate(
    alerts: Alerts, contexts: Contexts, alerting: Alerting, clock: _Clock
) -> tuple[float, float]:
    """Seconds from the opening of the day until nothing is marked; seconds of the reading alone.

    Batch by batch in turn: whatever else the machine does, it does to both, and what is warm by
    then is warm for the reading.
    """
    overhearing: Any = Overhearing(alerts)
    worker = EvaluatingAlerts(overhearing, contexts, alerting)
    seconds, reading = _timed(lambda: alerts.open_day(clock.day))[1], 0.0
    _console.print(f"{clock.day}: 标记 marked within {seconds:.1f} s")
    while True:
        done, took = _timed(lambda: worker.turn(clock()))
        seconds += took
        if not done:
            return seconds, reading
        reading += overhearing.again()


def _timed(deed: Callable[[], Any]) -> tuple[Any, float]:
    begun = time.perf_counter()
    return deed(), time.perf_counter() - begun


def _count(dsn: str, table: str) -> int:
    with psycopg.connect(dsn) as connection:
        row = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
    assert row is not None
    return int(row[0])


def _print(schools: int, found: _Found) -> None:
    over = found.seconds / found.reading_seconds
    table = Table("schools", "rules", "rows of days", "entries", "evaluated s", "read s", "over")
    table.add_row(
        *(f"{number:,}" for number in (schools, 40, found.rows, found.entries)),
        *(f"{number:.1f}" for number in (found.seconds, found.reading_seconds, over)),
    )
    Console().print(table)
    print(json.dumps({"ours_over_reading": round(over, 2), "schools": schools, "rules": 40}))


if __name__ == "__main__":
    typer.run(main)

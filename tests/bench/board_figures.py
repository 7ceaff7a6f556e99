"""A school year of figures for `make bench-boards`, made in the database.

A row for every school day, metric, stage and grade of each school; what is above and longer is
summed from them, as the product would.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

import psycopg

from tests.bench.board_shapes import (
    BROKEN,
    KEPT,
    SILENT,
    Row,
    places,
    roster,
    school_days,
    shapes,
    terms,
)
from wuguan.adapters.postgres.rollups import MOST_BINS
from wuguan.adapters.postgres.store import PostgresStore
from wuguan.alert_packs import shipped_alert_rules
from wuguan.national_days import shipped_national_days
from wuguan.policy_packs import policy_book

Connection = psycopg.Connection[Any]

_FIGURES = "expected, reported, judged, compliant, total, bins"
_BINS = ", ".join(f"sum(t.bins[{n}])" for n in range(1, MOST_BINS + 1))
_SUMMED = (
    "sum(t.expected), sum(t.reported), sum(t.judged), sum(t.compliant), sum(t.total),"
    f" (ARRAY[{_BINS}])[1:max(cardinality(t.bins))]::int[]"
)
_FINDINGS_A_SCHOOL, _CLASS_DAYS_A_SCHOOL, _REJECTS_A_SCHOOL = 10, 200, 10
_ALERTS_A_SCHOOL = 12


def fill(store: PostgresStore, connection: Connection, schools: int, today: date) -> int:
    """Fills an empty database; how many rows of days it then has."""
    book = policy_book(None)
    store.roster.put_rules(book, shipped_national_days(), today)
    store.roster.put_roster(roster(schools), today)
    store.board_access.title_alerts(shipped_alert_rules())
    # All figures are there at once: nothing is left to be measured or summed.
    connection.execute("TRUNCATE dirty, period_dirty, remeasure, alert_dirty")
    connection.execute("SET work_mem = '512MB'; SET maintenance_work_mem = '1GB'; SET jit = off")
    _put_shapes(connection, places(schools), school_days(today), shapes(book, today))
    _put_days(connection)
    _put_halfmonths(connection)
    _put_longer(connection, "month", "date_trunc('month', t.first_day)::date")
    second = f"'{terms(today)[1]}'::date"
    # A half-month in which a term begins counts to it: these are sums to be read, not to be right.
    term = f"CASE WHEN t.first_day >= {second} - 15 THEN {second} ELSE '{terms(today)[0]}' END"
    _put_longer(connection, "term", term)
    _put_whole_stages(connection)
    _put_data_faults(connection)
    connection.execute("VACUUM ANALYZE")
    row = connection.execute("SELECT count(*) FROM unit_tally").fetchone()
    assert row is not None
    return int(row[0])


def _put_shapes(
    connection: Connection, of_places: Iterable[Row], days: list[date], of_shapes: Iterable[Row]
) -> None:
    connection.execute(
        "CREATE TEMP TABLE place (unit_id text, number int, stage text, grade smallint,"
        " classes int);"
        "CREATE TEMP TABLE school_day (day date, to_come int);"
        "CREATE TEMP TABLE shape (metric text, number int, every int, stage text, grade smallint,"
        " classes int, kind int, expected int, reported int, judged int, compliant int,"
        " total bigint, bins int[], rules text)"
    )
    _copy(connection, "place", of_places)
    _copy(connection, "school_day", ((day, len(days) - n) for n, day in enumerate(days, 1)))
    _copy(connection, "shape", of_shapes)
    connection.execute("ANALYZE place, school_day, shape")


def _copy(connection: Connection, table: str, rows: Iterable[Row]) -> None:
    with connection.cursor().copy(f"COPY {table} FROM STDIN".encode()) as copy:
        for row in rows:
            copy.write_row(row)


def _put_days(connection: Connection) -> None:
    """Day by day, as figures come in: what is of one day lies together."""
    # An index made of what is there is no other, and sooner made.
    connection.execute("ALTER TABLE unit_tally DROP CONSTRAINT unit_tally_pkey")
    # One school in ten breaks a metric's rule every other day; one in fifty is silent for a week.
    connection.execute(
        f"INSERT INTO unit_tally (unit_id, day, metric, stage, grade, {_FIGURES}, rules)"
        " SELECT p.unit_id, d.day, s.metric, s.stage, s.grade, s.expected, s.reported, s.judged,"
        "        s.compliant, s.total, s.bins, s.rules"
        " FROM school_day d CROSS JOIN place p CROSS JOIN LATERAL ("
        "     SELECT abs(hashint4(p.number * 1000 + d.to_come)) AS dice) h"
        " JOIN shape s ON s.stage = p.stage AND s.grade = p.grade AND s.classes = p.classes"
        f" AND s.kind = CASE WHEN p.number % 50 = 0 AND d.to_come < 5 THEN {SILENT}"
        "                   WHEN (p.number + s.number) % 10 = 0 AND h.dice % 2 = 0"
        f"                  THEN {BROKEN.start} + h.dice / 2 % {len(BROKEN)}"
        f"                  ELSE h.dice / 2 % {len(KEPT)} END"
        " AND (d.to_come + CASE s.every WHEN 5 THEN 0 ELSE p.number END) % s.every = 0"
        " ORDER BY d.day, p.unit_id"
    )
    for level in ("school", "district", "city"):
        connection.execute(
            f"INSERT INTO unit_tally (unit_id, day, metric, stage, grade, {_FIGURES}, rules)"
            f" SELECT b.parent, t.day, t.metric, t.stage, t.grade, {_SUMMED}, min(t.rules)"
            " FROM unit_tally t JOIN board_unit b ON b.unit_id = t.unit_id AND b.above = b.unit_id"
            f" WHERE b.level = '{level}' GROUP BY 1, 2, 3, 4, 5 ORDER BY 2, 1"
        )
    connection.execute(
        "ALTER TABLE unit_tally ADD PRIMARY KEY (unit_id, metric, day, stage, grade)"
    )


def _put_halfmonths(connection: Connection) -> None:
    connection.execute("ALTER TABLE period_tally DROP CONSTRAINT period_tally_pkey")
    connection.execute("DROP INDEX period_tally_by_unit")
    _put_sums(
        connection,
        "'halfmonth'",
        "date_trunc('month', t.day)::date + CASE WHEN extract(day FROM t.day) > 15"
        " THEN 15 ELSE 0 END",
        "unit_tally t",
    )


def _put_longer(connection: Connection, grain: str, first_day: str) -> None:
    _put_sums(connection, f"'{grain}'", first_day, "period_tally t WHERE t.grain = 'halfmonth'")


def _put_sums(connection: Connection, grain: str, first_day: str, of: str) -> None:
    connection.execute(
        "INSERT INTO period_tally (grain, first_day, unit_id, metric, stage, grade,"
        f" {_FIGURES}, rules)"
        f" SELECT {grain}, {first_day}, t.unit_id, t.metric, t.stage, t.grade, {_SUMMED},"
        f" min(t.rules) FROM {of} GROUP BY 2, 3, 4, 5, 6 ORDER BY 2, 3"
    )


def _put_whole_stages(connection: Connection) -> None:
    connection.execute(
        "INSERT INTO period_tally (grain, first_day, unit_id, metric, stage, grade,"
        f" {_FIGURES}, rules)"
        f" SELECT t.grain, t.first_day, t.unit_id, t.metric, t.stage, 0, {_SUMMED},"
        " coalesce(string_agg(DISTINCT nullif(t.rules, ''), ' '), '')"
        " FROM period_tally t GROUP BY 1, 2, 3, 4, 5"
    )
    connection.execute(
        "ALTER TABLE period_tally ADD PRIMARY KEY"
        " (grain, first_day, grade, metric, unit_id, stage);"
        "CREATE INDEX period_tally_by_unit ON period_tally (unit_id, metric, grain, first_day)"
    )


def _put_data_faults(connection: Connection) -> None:
    """Class-days, some of them in doubt; replies; refusals; alerts; what each system reported."""
    connection.execute(
        "INSERT INTO ledger (school_id, management, day, class_id, revision, facts, tallies,"
        " findings) SELECT p.unit_id, 'sleep', d.day, 'class-' || n, 1, '', '',"
        f" CASE WHEN n <= {_FINDINGS_A_SCHOOL} THEN ARRAY['off_plan'] ELSE '{{}}' END"
        " FROM (SELECT DISTINCT unit_id FROM place) p"
        f" CROSS JOIN generate_series(1, {_CLASS_DAYS_A_SCHOOL}) AS n"
        " JOIN school_day d ON d.to_come = n % 100"
    )
    connection.execute(
        "INSERT INTO rejected (school_id, received_us, code, path, message, message_zh)"
        " SELECT p.unit_id, extract(epoch FROM d.day + time '04:00')::bigint * 1000000,"
        " 'unknown_class', '', '', ''"
        " FROM (SELECT DISTINCT unit_id FROM place) p"
        f" JOIN school_day d ON d.to_come < {_REJECTS_A_SCHOOL} * 4 AND d.to_come % 4 = 0"
    )
    connection.execute(
        "INSERT INTO reply (school_id, day, management, kind, text, said_us)"
        " SELECT school_id, day, management, 'off_plan', 'checked', 0 FROM ledger"
        " WHERE class_id = 'class-1'"
    )
    # Two systems in each school, one for homework and reading, one for the rest.
    connection.execute(
        "INSERT INTO system_tally (unit_id, day, management, system, classes)"
        " SELECT unit_id, day, management, CASE WHEN management IN ('homework', 'reading')"
        "        THEN 'platform' ELSE 'app' END, classes"
        " FROM (SELECT t.unit_id, t.day, split_part(t.metric, '.', 1) AS management,"
        "              sum(t.reported) AS classes"
        "       FROM unit_tally t JOIN board_unit b ON b.unit_id = t.unit_id"
        "       WHERE t.metric LIKE '%.reporting' AND b.above = b.unit_id AND b.level = 'school'"
        "       GROUP BY 1, 2, 3) r ORDER BY day, unit_id"
    )
    connection.execute(
        "INSERT INTO alert (alert_id, rule_id, kind, unit_id, system, state, severity, breach_days,"
        " fired_on, ended_on, told, assignee, silenced_until_us, entries)"
        " SELECT p.unit_id || '-' || n, r.rule_id, CASE n % 2 WHEN 0 THEN 'data'"
        "        ELSE 'compliance' END, p.unit_id, '', CASE WHEN d.to_come < 10 THEN 'firing'"
        "        ELSE 'resolved' END, 'minor', ARRAY[d.day], d.day,"
        "        CASE WHEN d.to_come < 10 THEN NULL ELSE d.day END, 0, '', 0, 2"
        " FROM (SELECT DISTINCT unit_id FROM place) p"
        f" CROSS JOIN generate_series(0, {_ALERTS_A_SCHOOL} - 1) AS n"
        " JOIN (SELECT rule_id, row_number() OVER (ORDER BY rule_id) - 1 AS n"
        "       FROM board_alert_rule) r USING (n)"
        " JOIN school_day d ON d.to_come = n * 8"
    )

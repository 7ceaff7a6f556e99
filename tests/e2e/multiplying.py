"""A district of hundreds of schools: the figures of twelve, copied in the database.

What boards show is read from figures, however they came about.
"""

from datetime import date
from pathlib import Path

import psycopg

from producers.district.organisation import roster
from producers.district.profiles import simulated_district as district_of
from producers.district.school_year import school_year_of
from wuguan.adapters.postgres.embedded import EmbeddedServer
from wuguan.adapters.postgres.store import open_store

_TWELVE = 12
_COLUMNS = "expected, reported, judged, compliant, total, bins, rules"
_NAME = "'2199' || lpad(({})::text, 6, '0')"
_TEMPLATE = _NAME.format(f"(n - 1) % {_TWELVE} + 1")


def multiply(data: Path, schools: int, today: date) -> int:
    """Makes many schools of twelve, in the database; how many rows of days there are."""
    database = EmbeddedServer(data)
    dsn = database.start()
    store = open_store(dsn)
    years = {school_year_of(today)}
    store.roster.put_roster(roster(district_of(schools=schools), years), today)
    store.close()
    with psycopg.connect(dsn, autocommit=True) as connection:
        rows = _copy_rows(connection, schools, today)
    database.stop()
    return rows


def _copy_rows(connection: "psycopg.Connection[tuple[int, ...]]", schools: int, today: date) -> int:
    numbers = f"generate_series({_TWELVE + 1}, {schools}) AS n"
    new = _NAME.format("n")
    execute = connection.execute
    # The new schools' days are there at once: nothing is left to be added up or judged.
    execute("TRUNCATE dirty, period_dirty, remeasure, alert_dirty")
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
    for table in ("unit_tally", "period_tally"):
        execute(
            f"UPDATE {table} SET expected = expected * %(n)s, reported = reported * %(n)s,"
            " judged = judged * %(n)s, compliant = compliant * %(n)s, total = total * %(n)s,"
            " bins = ARRAY(SELECT b * %(n)s FROM unnest(bins) WITH ORDINALITY AS u (b, i)"
            "              ORDER BY i)"
            " WHERE unit_id IN ('990101', '990000')",
            {"n": times},
        )
    execute("VACUUM ANALYZE")
    row = execute("SELECT count(*) FROM unit_tally").fetchone()
    assert row is not None
    return row[0]

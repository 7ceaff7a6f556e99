"""What the query of systems answers, on counts and sums written by hand."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg
import pytest

from dashboards.query_files import for_psycopg, read_query
from tests.builders import DISTRICT, SCHOOL
from tests.integration.boards.world import OWN, SECOND_SCHOOL, World, look
from wuguan.domain.periods import halfmonth_of

QUERY = for_psycopg(read_query("systems"))
SEPTEMBER = "month/2024-09-01/2024-09-30"
FIRST = date(2024, 9, 16)
"""The first day of its last half-month."""


@pytest.fixture
def told(own_world: World) -> Iterator[psycopg.Connection[Any]]:
    """A session that writes what a test wants; no system is counted yet."""
    with own_world.as_application() as connection:
        connection.execute("DELETE FROM system_tally")
        yield connection


def due(
    told: psycopg.Connection[Any], expected: int, management: str = "phone",
    *, school: str = SCHOOL, stage: str = "primary", first_day: date = FIRST,
) -> None:  # fmt: skip
    """Class returns of a school that are due in a half-month."""
    told.execute(
        "INSERT INTO period_tally (grain, first_day, grade, metric, unit_id, stage, expected,"
        " reported, judged, compliant, total, bins, rules)"
        " VALUES ('halfmonth', %s, 0, %s, %s, %s, %s, 0, 0, 0, 0, '{}', '')",
        (first_day, f"{management}.reporting", school, stage, expected),
    )


def count(
    told: psycopg.Connection[Any], day: date, system: str, classes: int, management: str = "phone",
    *, school: str = SCHOOL,
) -> None:  # fmt: skip
    """Classes that a system reported on a day."""
    told.execute(
        "INSERT INTO system_tally (unit_id, day, management, system, classes)"
        " VALUES (%s, %s, %s, %s, %s)",
        (school, day, management, system, classes),
    )


def answer(world: World, period: str = SEPTEMBER, stage: str = "all") -> list[tuple[Any, ...]]:
    """School, system, shares of homework and of phones, and the day of the last report."""
    given = {"unit": DISTRICT, "period": period, "stage": stage}
    found = look(world, DISTRICT, QUERY, given, 100)
    rows = [dict(zip(found.columns, row, strict=True)) for row in found.rows]
    return [(r["unit_id"], r["system"], r["homework"], r["phone"], r["heard"]) for r in rows]


def test_the_share_of_what_is_due_is_told_by_school_and_system(
    own_world: World, told: psycopg.Connection[Any]
) -> None:
    due(told, 40)
    due(told, 20, "homework")
    due(told, 40, school=SECOND_SCHOOL)
    count(told, FIRST, "office", 10)
    count(told, FIRST, "office", 5, "homework")
    count(told, FIRST + timedelta(days=3), "office", 20)
    count(told, date(2024, 9, 30), "board", 10)
    count(told, FIRST, "board", 4, school=SECOND_SCHOOL)
    # Of the half-month before, and after.
    count(told, FIRST - timedelta(days=1), "board", 30)
    count(told, date(2024, 10, 1), "board", 30)

    assert answer(own_world) == [
        (SCHOOL, "board", None, 0.25, date(2024, 9, 30)),
        (SCHOOL, "office", 0.25, 0.75, FIRST + timedelta(days=3)),
        (SECOND_SCHOOL, "board", None, 0.1, FIRST),
    ]


def test_a_system_that_fell_silent_stands_there_for_a_month(
    own_world: World, told: psycopg.Connection[Any]
) -> None:
    due(told, 40)
    count(told, FIRST - timedelta(days=31), "locker", 40)
    count(told, FIRST - timedelta(days=32), "paper", 40)

    assert answer(own_world) == [(SCHOOL, "locker", None, 0, FIRST - timedelta(days=31))]


def test_a_stage_chooses_schools_and_cuts_no_share(
    own_world: World, told: psycopg.Connection[Any]
) -> None:
    due(told, 30)
    due(told, 10, stage="junior")
    due(told, 40, school=SECOND_SCHOOL)
    for school in OWN.schools:
        count(told, FIRST, "board", 20, school=school)

    assert answer(own_world, stage="junior") == [(SCHOOL, "board", None, 0.5, FIRST)]
    assert answer(own_world, stage="senior") == []


@pytest.mark.parametrize(
    ("period", "first_day"),
    [
        ("halfmonth/2024-09-01/2024-09-15", date(2024, 9, 1)),
        ("halfmonth/2024-09-16/2024-09-30", date(2024, 9, 16)),
        ("month/2024-02-01/2024-02-29", date(2024, 2, 16)),
        ("term/2023-09-01/2024-02-14", date(2024, 2, 1)),
    ],
)
def test_the_half_month_is_that_of_the_last_day_of_the_period(
    period: str, first_day: date, own_world: World, told: psycopg.Connection[Any]
) -> None:
    for first in (date(2024, month, day) for month in (2, 9) for day in (1, 16)):
        due(told, 10, first_day=first)
        count(told, first, "board", 5)

    assert answer(own_world, period) == [(SCHOOL, "board", None, 0.5, first_day)]


def test_of_a_period_that_is_not_over_the_half_month_is_the_present_one(
    own_world: World, told: psycopg.Connection[Any]
) -> None:
    now = (datetime.now(UTC) + timedelta(hours=8)).date()
    due(told, 10, first_day=halfmonth_of(now))
    count(told, now, "board", 5)

    period = f"term/2024-09-01/{now + timedelta(days=60)}"
    assert answer(own_world, period) == [(SCHOOL, "board", None, 0.5, now)]

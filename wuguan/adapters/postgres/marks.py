"""Marks of units whose figures are to be rolled up, and of periods to be summed."""

from collections.abc import Callable, Collection

from wuguan.adapters.postgres.connections import Connection
from wuguan.domain.periods import PeriodMark
from wuguan.domain.rollup import Mark

Heights = Callable[[str], int]
"""How high a unit stands: 0 a school, 4 a province. The lower ones are rolled up first."""


def insert_marks(connection: Connection, heights: Heights, marks: Collection[Mark]) -> None:
    """Appends marks. Nothing is ever taken for already marked: see docs/architecture.md."""
    if not marks:
        return
    rows = list(marks)
    connection.execute(
        """
        INSERT INTO dirty (unit_id, day, management, height)
        SELECT * FROM unnest(%b::text[], %b::date[], %b::text[], %b::smallint[])
        """,
        (
            [mark.unit_id for mark in rows],
            [mark.day for mark in rows],
            [mark.management for mark in rows],
            [heights(mark.unit_id) for mark in rows],
        ),
    )


def insert_period_marks(connection: Connection, marks: Collection[PeriodMark]) -> None:
    """Appends marks of periods, in the same manner."""
    if not marks:
        return
    connection.execute(
        """
        INSERT INTO period_dirty (unit_id, management, day)
        SELECT * FROM unnest(%b::text[], %b::text[], %b::date[])
        """,
        [list(column) for column in zip(*marks, strict=True)],
    )

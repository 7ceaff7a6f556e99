"""Marks of units whose figures are to be rolled up."""

from collections.abc import Callable, Collection

from wuguan.adapters.postgres.connections import Connection
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

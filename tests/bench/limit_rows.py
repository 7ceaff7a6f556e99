"""The rows that the limit programs copy: as many, and as large, as Wuguan writes."""

from collections.abc import Mapping, Sequence
from typing import Any

import psycopg

from wuguan.ports import Place

# A frame of 40 sleep events folds into facts and tallies of so many bytes (measured).
_BYTES_AN_EVENT = 165
_Rows = Sequence[tuple[Any, ...]]


def open_limit(dsn: str) -> psycopg.Connection[tuple[Any, ...]]:
    """A connection that commits as lazily as Wuguan's workers."""
    connection = psycopg.connect(dsn)
    connection.execute("SET synchronous_commit = off")
    connection.commit()
    return connection


def copy_rows(
    connection: psycopg.Connection[tuple[Any, ...]], rows: _Rows, next_offsets: Mapping[Place, int]
) -> None:
    """One transaction: a ledger row a frame, a mark a school and day, the positions."""
    with connection.transaction(), connection.cursor() as cursor:
        with cursor.copy(
            "COPY limit_ledger (school_id, management, class_id, day, revision, facts)"
            " FROM STDIN (FORMAT BINARY)"
        ) as copy:
            copy.set_types(["text", "text", "text", "date", "int8", "bytea"])
            for school, class_id, day, record in rows:
                facts = record.value[: len(record.value) * _BYTES_AN_EVENT // 347]
                copy.write_row((school, "sleep", class_id, day, record.offset, facts))
        marks = {(school, day) for school, _, day, _ in rows}
        with cursor.copy("COPY limit_dirty FROM STDIN") as copy:
            for school, day in marks:
                copy.write_row((school, day, "sleep", 0))
        cursor.executemany(
            "INSERT INTO consumer_position VALUES (%s, %s, %s) ON CONFLICT (topic, partition)"
            " DO UPDATE SET next_offset = EXCLUDED.next_offset",
            [(*place, offset) for place, offset in next_offsets.items()],
        )

"""Where consumers stand in the places of a log: moved in the transaction of the rows."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from wuguan.adapters.postgres.connections import Connection, Cursor
from wuguan.ports import Place


def read_positions(connection: Connection, places: Collection[Place]) -> Mapping[Place, int]:
    """The next offset of each place; a place that nobody has read yet begins at 0."""
    wanted = sorted(places)
    # A row must be there before it can be locked.
    connection.execute(
        "INSERT INTO consumer_position (topic, partition, next_offset)"
        " SELECT topic, partition, 0 FROM unnest(%b::text[], %b::int[]) AS k (topic, partition)"
        " ORDER BY topic, partition ON CONFLICT DO NOTHING",
        _columns(wanted),
    )
    return find_positions(connection, wanted)


def find_positions(connection: Connection, places: Collection[Place]) -> dict[Place, int]:
    """The next offset of each place that has a row."""
    return _by_place(_select(connection, places, "").fetchall())


class LockedPositions:
    """The next offset of each place, locked in order; 0 where there is no row."""

    def __init__(self, connection: Connection, places: Collection[Place]) -> None:
        self._wanted = sorted(places)
        self._cursor = _select(connection, self._wanted, "FOR UPDATE OF c") if places else None

    def __call__(self) -> Mapping[Place, int]:
        """Waits for the lock, where it was only asked for."""
        rows = self._cursor.fetchall() if self._cursor is not None else ()
        return {**dict.fromkeys(self._wanted, 0), **_by_place(rows)}


def move_positions(connection: Connection, next_offsets: Mapping[Place, int]) -> None:
    """Everything before these offsets is taken. A position never goes back."""
    places = sorted(next_offsets)
    connection.execute(
        """
        INSERT INTO consumer_position AS c (topic, partition, next_offset)
        SELECT * FROM unnest(%b::text[], %b::int[], %b::bigint[])
        ON CONFLICT (topic, partition) DO UPDATE
        SET next_offset = greatest(c.next_offset, EXCLUDED.next_offset)
        """,
        (*_columns(places), [next_offsets[place] for place in places]),
    )


def reset_positions(connection: Connection, places: Collection[Place]) -> None:
    """Puts these places back to their beginning."""
    connection.execute(
        "UPDATE consumer_position SET next_offset = 0, begun_again = true"
        " WHERE (topic, partition) IN (SELECT * FROM unnest(%b::text[], %b::int[]))",
        _columns(sorted(places)),
    )


def positions_reset(connection: Connection, places: Collection[Place]) -> Collection[Place]:
    """Those of the places that were ever put back to their beginning."""
    rows = connection.execute(
        "SELECT topic, partition FROM consumer_position WHERE begun_again"
        " AND (topic, partition) IN (SELECT * FROM unnest(%b::text[], %b::int[]))",
        _columns(sorted(places)),
    ).fetchall()
    return {Place(*row) for row in rows}


def _select(connection: Connection, places: Collection[Place], lock: str) -> Cursor:
    return connection.execute(
        f"""
        SELECT c.topic, c.partition, c.next_offset FROM consumer_position c
        WHERE (c.topic, c.partition) IN (SELECT * FROM unnest(%b::text[], %b::int[]))
        ORDER BY c.topic, c.partition {lock}
        """,
        _columns(places),
    )


def _by_place(rows: Iterable[tuple[Any, ...]]) -> dict[Place, int]:
    return {Place(topic, partition): next_offset for topic, partition, next_offset in rows}


def _columns(places: Collection[Place]) -> tuple[list[str], list[int]]:
    return [place.topic for place in places], [place.partition for place in places]

"""How many classes each system of a school reported: counted from ledgers, written over."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from wuguan.adapters.postgres.connections import Connection
from wuguan.codec import decode_tallies, systems_in
from wuguan.domain.periods import PeriodKey
from wuguan.domain.systems import count_systems

_Place = tuple[str, str, date]
"""School, management and day."""
# Some hundred ledgers: even where all of ten schools is counted anew, memory stays small.
_PLACES_A_READ = 20

_READ = """
    SELECT p.n, l.tallies, l.facts
    FROM unnest(%b::text[], %b::text[], %b::date[]) WITH ORDINALITY
         AS p (school_id, management, day, n)
    JOIN ledger l USING (school_id, management, day)
    WHERE l.day BETWEEN %b AND %b
"""
_WRITE = """
    WITH place AS MATERIALIZED (
        SELECT * FROM unnest(%(schools)b::text[], %(managements)b::text[], %(days)b::date[])
             AS p (unit_id, management, day)
    ), due AS MATERIALIZED (
        SELECT * FROM unnest(%(due_schools)b::text[], %(due_managements)b::text[],
                             %(due_days)b::date[], %(due_systems)b::text[], %(due_classes)b::int[])
             AS d (unit_id, management, day, system, classes)
    ), gone AS (
        DELETE FROM system_tally s USING place p
        WHERE s.unit_id = p.unit_id AND s.day = p.day AND s.management = p.management
          AND (s.unit_id, s.day, s.management, s.system) NOT IN (
              SELECT unit_id, day, management, system FROM due)
        RETURNING s.unit_id, s.management, s.day
    ), old AS (
        DELETE FROM system_tally s USING (SELECT DISTINCT unit_id, management FROM place) AS k
        WHERE s.unit_id = k.unit_id AND s.management = k.management AND s.day < %(kept_since)b
    ), put AS (
        INSERT INTO system_tally (unit_id, day, management, system, classes)
        SELECT d.unit_id, d.day, d.management, d.system, d.classes
        FROM due d LEFT JOIN system_tally s USING (unit_id, day, management, system)
        WHERE s.classes IS DISTINCT FROM d.classes
        ON CONFLICT (unit_id, day, management, system) DO UPDATE SET classes = EXCLUDED.classes
        RETURNING unit_id, management, day
    )
    SELECT * FROM gone UNION SELECT * FROM put
"""


def overwrite_counts(
    connection: Connection, days: Mapping[PeriodKey, Collection[date]], kept_since: date
) -> Sequence[_Place]:
    """Makes the rows of these days what the ledgers say; which moved. Deletes what is too old.

    Nobody else may write these keys meanwhile: whoever calls holds the lock of each.
    """
    places = [(*key, day) for key in sorted(days) for day in sorted(days[key])]
    if not places:
        return ()
    due = [row for some in _in_parts(places) for row in _counted(connection, some)]
    columns = {
        **_named(("schools", "managements", "days"), places),
        **_named(("due_schools", "due_managements", "due_days", "due_systems", "due_classes"), due),
        "kept_since": kept_since,
    }
    return [(*row,) for row in connection.execute(_WRITE, columns).fetchall()]


def _in_parts(places: Sequence[_Place]) -> Iterator[Sequence[_Place]]:
    for first in range(0, len(places), _PLACES_A_READ):
        yield places[first : first + _PLACES_A_READ]


def _counted(
    connection: Connection, places: Sequence[_Place]
) -> Iterator[tuple[str, str, date, str, int]]:
    """School, management, day, system, classes."""
    schools, managements, days = (list(column) for column in zip(*places, strict=True))
    rows = connection.execute(
        # By constants a hypertable leaves chunks out.
        _READ,
        (schools, managements, days, min(days), max(days)),
        binary=True,
    ).fetchall()
    class_days: dict[int, list[tuple[Any, Iterable[str]]]] = {}
    for number, tallies, facts in rows:
        class_days.setdefault(number, []).append((decode_tallies(tallies), systems_in(facts)))
    for number, of_place in class_days.items():
        school_id, management, day = places[number - 1]
        for system, classes in count_systems(management, of_place).items():
            yield school_id, management, day, system, classes


def _named(names: Sequence[str], rows: Collection[Sequence[Any]]) -> dict[str, list[Any]]:
    columns = [list(column) for column in zip(*rows, strict=True)] or [[] for _ in names]
    return dict(zip(names, columns, strict=True))

"""Ledgers and their tallies: written by one writer of a school at a time."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Literal

from wuguan.adapters.postgres.access import insert_rejects
from wuguan.adapters.postgres.connections import Connection, Connections, Cursor, advisory
from wuguan.adapters.postgres.ledger_cache import CachedLedger, LedgerCache
from wuguan.adapters.postgres.marks import Heights, insert_marks
from wuguan.adapters.postgres.positions import (
    LockedPositions,
    move_positions,
    positions_reset,
    read_positions,
    reset_positions,
)
from wuguan.codec import decode_facts, encode_facts, encode_tallies
from wuguan.domain.ledger import Ledger, LedgerKey
from wuguan.domain.measure import Measured
from wuguan.domain.rollup import Mark
from wuguan.ports import Place, RejectedRow

Table = Literal["ledger", "ledger_rebuilt"]
_Row = tuple[Ledger, bytes | None, bytes, tuple[str, ...]]
"""Ledger, facts (None: as they stand), tallies, findings."""


class PostgresLedgers:
    """Ledgers on the table `ledger`, with a bounded cache of those lately touched."""

    def __init__(
        self,
        connections: Connections,
        heights: Heights,
        cached_facts: int,
        table: Table = "ledger",
    ) -> None:
        self._connections = connections
        self._table = table
        self._heights = heights
        self._cache = LedgerCache(cached_facts)
        # A server that crashed may hand out a revision again that a lost commit had used.
        connections.when_lost(self._cache.clear)

    @contextmanager
    def writing(
        self, school_ids: Collection[str], *, places: Collection[Place] = ()
    ) -> Iterator["PostgresLedgerWriting"]:
        """One transaction that alone writes these schools."""
        with self._connections.pipelined() as connection:
            positions = LockedPositions(connection, places)
            _lock_schools(connection, self._table, school_ids)
            version = connection.execute("SELECT version FROM context").fetchone()
            assert version is not None
            writing = PostgresLedgerWriting(
                connection, self._heights, self._cache, version[0], positions(), self._table
            )
            try:
                yield writing
            except BaseException:
                self._cache.forget(writing.touched)
                raise
        self._cache.forget(writing.removed)
        self._cache.take(writing.written())

    def known(self, keys: Collection[LedgerKey]) -> Mapping[LedgerKey, Ledger]:
        """The ledgers in the cache, as they were when last seen."""
        cached = ((key, self._cache.get(key)) for key in keys)
        return {key: row.ledger for key, row in cached if row is not None}

    def positions(self, places: Collection[Place]) -> Mapping[Place, int]:
        """The next offset to take in each place."""
        with self._connections.transaction() as connection:
            return read_positions(connection, places)

    def begin_again(self, places: Collection[Place]) -> None:
        """Puts these places back to their beginning."""
        with self._connections.transaction() as connection:
            reset_positions(connection, places)

    def begun_again(self, places: Collection[Place]) -> Collection[Place]:
        """Those of the places that were ever put back."""
        with self._connections.snapshot() as connection:
            return positions_reset(connection, places)

    def schools(self) -> Collection[str]:
        """The schools that have ledgers; from one to the next by the index."""
        with self._connections.snapshot() as connection:
            rows = connection.execute(
                f"""
                WITH RECURSIVE s AS (
                    (SELECT school_id FROM {self._table} ORDER BY school_id LIMIT 1)
                    UNION ALL
                    SELECT (SELECT l.school_id FROM {self._table} l
                            WHERE l.school_id > s.school_id ORDER BY l.school_id LIMIT 1)
                    FROM s WHERE s.school_id IS NOT NULL)
                SELECT school_id FROM s WHERE school_id IS NOT NULL
                """
            ).fetchall()
        return {school for (school,) in rows}


class PostgresLedgerWriting:
    """What happens inside one transaction."""

    def __init__(
        self,
        connection: Connection,
        heights: Heights,
        cache: LedgerCache,
        context_version: int,
        positions: Mapping[Place, int],
        table: Table,
    ) -> None:
        self.connection = connection
        self.context_version = context_version
        self.positions = positions
        self._table = table
        self._put: dict[LedgerKey, _Row] = {}
        self._upserts: list[Cursor] = []
        self._removed: set[LedgerKey] = set()
        self._heights = heights
        self._cache = cache
        self._stored: dict[LedgerKey, CachedLedger] = {}

    @property
    def touched(self) -> Collection[LedgerKey]:
        """What this transaction has read or written."""
        return self._stored.keys() | self._put.keys() | self._removed

    @property
    def removed(self) -> Collection[LedgerKey]:
        """What this transaction has forgotten."""
        return self._removed

    def written(self) -> Mapping[LedgerKey, CachedLedger]:
        """What was put over a row that stood, with the revisions that it got; after the commit.

        A ledger that is told of once, in a whole, is not kept: most never come again, and a memory
        full of them makes everything slower. One that comes a second time is.
        """
        written = {}
        for cursor in self._upserts:
            for *key_parts, revision in cursor.fetchall():
                key = LedgerKey(*key_parts)
                if key in self._stored:
                    ledger, _, tallies, findings = self._put[key]
                    written[key] = CachedLedger(revision, ledger, tallies, findings)
        return written

    def load(self, keys: Collection[LedgerKey]) -> Mapping[LedgerKey, Ledger]:
        """The ledgers as they stand now; facts come from the cache where the revision is known."""
        wanted = sorted(keys)
        if not wanted:
            return {}
        # By constants a hypertable leaves chunks out.
        days = [key.day for key in wanted]
        known = [self._cache.get(key) for key in wanted]
        rows = self.connection.execute(
            f"""
            SELECT k.n, l.revision,
                   CASE WHEN l.revision <> k.revision THEN l.facts END,
                   CASE WHEN l.revision <> k.revision THEN l.tallies END,
                   CASE WHEN l.revision <> k.revision THEN l.findings END
            FROM unnest(%b::text[], %b::text[], %b::date[], %b::text[], %b::bigint[])
                 WITH ORDINALITY AS k (school_id, management, day, class_id, revision, n)
            JOIN {self._table} l USING (school_id, management, day, class_id)
            WHERE l.day BETWEEN %b AND %b
            """,
            (
                [key.school_id for key in wanted],
                [key.management for key in wanted],
                days,
                [key.class_id for key in wanted],
                [one.revision if one else -1 for one in known],
                *(min(days), max(days)),
            ),
            binary=True,
        ).fetchall()
        for number, revision, facts, tallies, findings in rows:
            key, cached = wanted[number - 1], known[number - 1]
            if facts is not None:
                cached = CachedLedger(revision, decode_facts(key, facts), tallies, tuple(findings))
            assert cached is not None
            self._stored[key] = cached
        return {key: self._stored[key].ledger for key in wanted if key in self._stored}

    def keys_of(self, school_id: str, from_day: date, to_day: date) -> Sequence[LedgerKey]:
        """The ledgers that a school has on these days, in key order."""
        rows = self.connection.execute(
            f"""
            SELECT management, class_id, day FROM {self._table}
            WHERE school_id = %s AND day BETWEEN %s AND %s
            """,
            (school_id, from_day, to_day),
        ).fetchall()
        return sorted(LedgerKey(school_id, *row) for row in rows)

    def put(self, measured: Mapping[LedgerKey, tuple[Ledger, Measured]]) -> Collection[Mark]:
        """Overwrites, in key order, the rows that differ from what `load` saw."""
        moved: set[Mark] = set()
        rows: dict[LedgerKey, _Row] = {}
        for key in sorted(measured):
            ledger, one = measured[key]
            stored, tallies = self._stored.get(key), encode_tallies(one.tallies)
            findings = tuple(one.findings)
            if stored is None or stored.tallies != tallies:
                moved.add(Mark(key.school_id, key.day, key.management))
            same_facts = stored is not None and stored.ledger is ledger
            if same_facts and stored and (stored.tallies, stored.findings) == (tallies, findings):
                continue
            rows[key] = (ledger, None if same_facts else encode_facts(ledger), tallies, findings)
        if rows:
            self._upsert(rows)
        return moved

    def remove(self, keys: Collection[LedgerKey]) -> Collection[Mark]:
        """Forgets ledgers."""
        self.connection.execute(
            f"""
            DELETE FROM {self._table} l
            USING unnest(%b::text[], %b::text[], %b::date[], %b::text[])
                  AS k (school_id, management, day, class_id)
            WHERE (l.school_id, l.management, l.day, l.class_id)
                = (k.school_id, k.management, k.day, k.class_id)
            """,
            (
                [key.school_id for key in keys],
                [key.management for key in keys],
                [key.day for key in keys],
                [key.class_id for key in keys],
            ),
        )
        for key in keys:
            self._stored.pop(key, None)
        self._removed |= set(keys)
        return {Mark(key.school_id, key.day, key.management) for key in keys}

    def mark(self, marks: Collection[Mark]) -> None:
        """Asks for these units' figures to be rolled up."""
        insert_marks(self.connection, self._heights, marks)

    def move_to(self, next_offsets: Mapping[Place, int]) -> None:
        """Everything before these offsets is taken."""
        move_positions(self.connection, next_offsets)

    def reject(self, rows: Sequence[RejectedRow]) -> None:
        """Keeps what could not be used."""
        if rows:
            insert_rejects(self.connection, rows)

    def _upsert(self, rows: Mapping[LedgerKey, _Row]) -> None:
        keys = list(rows)
        self._put.update(rows)
        upsert = self.connection.execute(
            f"""
            INSERT INTO {self._table} AS l (school_id, management, day, class_id,
                                     revision, facts, tallies, findings)
            SELECT school_id, management, day, class_id, nextval('ledger_revision'),
                   coalesce(facts, ''), tallies, string_to_array(findings, ' ')
            FROM unnest(%b::text[], %b::text[], %b::date[], %b::text[],
                        %b::bytea[], %b::bytea[], %b::text[])
                 WITH ORDINALITY
                 AS k (school_id, management, day, class_id, facts, tallies, findings, n)
            ORDER BY n
            ON CONFLICT (school_id, management, day, class_id) DO UPDATE SET
                revision = EXCLUDED.revision,
                facts = CASE WHEN EXCLUDED.facts = '' THEN l.facts ELSE EXCLUDED.facts END,
                tallies = EXCLUDED.tallies,
                findings = EXCLUDED.findings
            RETURNING school_id, management, class_id, day, revision
            """,
            (
                [key.school_id for key in keys],
                [key.management for key in keys],
                [key.day for key in keys],
                [key.class_id for key in keys],
                [row[1] for row in rows.values()],
                [row[2] for row in rows.values()],
                [" ".join(row[3]) for row in rows.values()],
            ),
        )
        if not self._stored.keys().isdisjoint(rows):
            self._upserts.append(upsert)


def _lock_schools(connection: Connection, table: Table, school_ids: Collection[str]) -> None:
    # In key order: two writers of the same schools queue, and never wait for each other in a ring.
    space = "school" if table == "ledger" else table
    names = [advisory(space, school) for school in sorted(school_ids)]
    connection.execute(
        """
        SELECT pg_advisory_xact_lock(hashtextextended(name, 0))
        FROM (SELECT name FROM unnest(%b::text[]) WITH ORDINALITY AS u (name, n) ORDER BY n) AS o
        """,
        (names,),
    )

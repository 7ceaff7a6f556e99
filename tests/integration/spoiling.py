"""A database after a day's work, spoilt behind the back of every program, and rebuilt."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import psycopg

from stream_processors.logs_to_rebuild import EmbeddedTable
from stream_processors.rebuilding import Compared, Log, Rebuild, Scope
from tests.builders import (
    JUNIOR_CLASS,
    OTHER_CLASS,
    OTHER_SCHOOL,
    YESTERDAY,
    ledger_key,
)
from tests.integration.steps import (
    DAYS,
    some_frames,
)
from tests.turns import Turns
from tests.worlds import settle_in
from wuguan.adapters.postgres.store import PostgresStore
from wuguan.domain.ledger import LedgerKey
from wuguan.ports import Store

LEDGERS = 12
"""Three classes, two managements, two days."""
FRIDAY = DAYS[3]
MINE = ledger_key()
OTHER = ledger_key(class_id=OTHER_CLASS, day=FRIDAY)
OF_OTHER_SCHOOL = ledger_key(OTHER_SCHOOL, "fitness", JUNIOR_CLASS)
UNFOUNDED = ledger_key(day=YESTERDAY)


def after_work(store: PostgresStore) -> PostgresStore:
    """The store, all that was sent to it folded and added up."""
    settle_in(store)
    store.log.append(some_frames(6))
    Turns(store).until_quiet()
    return store


def rebuild(
    store: Store,
    scope: Scope = Scope(),  # noqa: B008  # because a named tuple never changes
    *,
    log: Log | None = None,
    swap: bool = True,
    tell: Callable[[str, int, int], None] = lambda *_: None,
) -> Compared:
    """What a rebuild of a store finds."""
    return Rebuild(store, log or EmbeddedTable(store.log), scope, swap=swap, progress=tell).run()


def spoil(dsn: str, *statements: str) -> None:
    """Changes rows behind the back of every program."""
    with psycopg.connect(dsn) as connection:
        for statement in statements:
            connection.execute(statement.encode())


def row_of(key: LedgerKey) -> str:
    """The condition that finds a ledger."""
    return (
        f"school_id = '{key.school_id}' AND management = '{key.management}'"
        f" AND day = '{key.day}' AND class_id = '{key.class_id}'"
    )


def with_columns_of(source: LedgerKey, target: LedgerKey, *columns: str) -> str:
    """Overwrites columns of a ledger by those of another."""
    values = ", ".join(f"{one} = s.{one}" for one in columns)
    return (
        f"UPDATE ledger l SET {values}, revision = nextval('ledger_revision') FROM"
        f" (SELECT * FROM ledger WHERE {row_of(source)}) s WHERE"
        f" (l.school_id, l.management, l.day, l.class_id) = ('{target.school_id}',"
        f" '{target.management}', '{target.day}', '{target.class_id}')"
    )


def unfounded(key: LedgerKey, like: LedgerKey) -> str:
    """Adds a ledger that no event explains."""
    return (
        "INSERT INTO ledger SELECT"
        f" '{key.school_id}', management, '{key.day}', '{key.class_id}',"
        f" nextval('ledger_revision'), facts, tallies, findings FROM ledger WHERE {row_of(like)}"
    )


def contents(dsn: str) -> Mapping[str, Sequence[Any]]:
    """All that a rebuild could change."""
    order = {"ledger": "1, 2, 3, 4", "unit_tally": "1, 2, 3, 4, 5", "dirty": "1, 2, 3",
             "period_tally": "1, 2, 3, 4, 5, 6",
             "consumer_position": "1, 2"}  # fmt: skip
    with psycopg.connect(dsn) as connection:
        return {
            table: connection.execute(f"SELECT * FROM {table} ORDER BY {by}".encode()).fetchall()
            for table, by in order.items()
        }


def rows_by_key(dsn: str) -> Mapping[LedgerKey, Any]:
    """The rows of ledgers, but for their revisions."""
    return {
        LedgerKey(school, management, class_id, day): rest
        for school, management, day, class_id, _, *rest in contents(dsn)["ledger"]
    }

"""A rebuild while events go on coming, on a log that does not tell all, or a server that ends."""

from collections.abc import Collection, Mapping
from contextlib import ExitStack
from threading import Thread
from types import SimpleNamespace
from typing import Any, cast

import pytest

from stream_processors.logs_to_rebuild import EmbeddedTable
from stream_processors.rebuilding import Compared
from tests.builders import (
    OTHER_CLASS,
    YESTERDAY,
    class_check,
    frame,
    ledger_key,
)
from tests.integration.conftest import OpenStore
from tests.integration.spoiling import (
    LEDGERS,
    MINE,
    OTHER,
    UNFOUNDED,
    after_work,
    contents,
    rebuild,
    row_of,
    rows_by_key,
    spoil,
    unfounded,
    with_columns_of,
)
from tests.integration.steps import (
    Interrupted,
    InterruptedWriting,
    is_settled,
    some_frames,
    wrong_figures,
)
from tests.turns import Turns
from wuguan.adapters.postgres.store import PostgresStore
from wuguan.domain.errors import Misconfigured, TemporarilyUnavailable
from wuguan.ports import EMBEDDED_LOG, Place, Store


@pytest.fixture
def store(store: PostgresStore) -> PostgresStore:
    """The live store, after a day's work."""
    return after_work(store)


@pytest.fixture
def other_process(store: PostgresStore, open_another: OpenStore) -> PostgresStore:
    """The store as the program that rebuilds has it open."""
    return open_another()


# ---- while events go on coming


def append_and_fold(store: Store, name: str = "late") -> None:
    store.log.append([
        frame(class_check(f"{name}-1", 1)),
        frame(class_check(f"{name}-2", 2, class_id=OTHER_CLASS, day=YESTERDAY)),
    ])  # fmt: skip
    Turns(store).fold()


def nothing_was_lost(store: Store) -> None:
    Turns(store).until_quiet()
    assert wrong_figures(store) == []
    assert is_settled(store)


def test_what_comes_in_before_a_school_is_swapped_is_not_lost(
    store: PostgresStore, other_process: PostgresStore
) -> None:
    def tell(step: str, done: int, _: int) -> None:
        if step == "schools" and done == 0:
            append_and_fold(store)

    compared = rebuild(other_process, tell=tell)

    assert compared == Compared(same=LEDGERS + 1)
    nothing_was_lost(store)


def test_what_comes_in_at_the_last_moment_before_the_lock_is_not_lost(
    store: PostgresStore, other_process: PostgresStore
) -> None:
    once = [lambda: append_and_fold(store)]
    days_looked_at = {"days_with_figures": lambda: once.pop()() if once else None}
    remeasuring = Interrupted(other_process.remeasuring, days_looked_at)

    compared = rebuild(with_ports(other_process, remeasuring=remeasuring))

    assert compared == Compared(same=LEDGERS + 1)
    nothing_was_lost(store)


def test_what_comes_in_while_a_school_is_locked_waits_for_its_end(
    store: PostgresStore, other_process: PostgresStore
) -> None:
    with ExitStack() as ended:

        def begin() -> None:
            live = Thread(target=append_and_fold, args=[store])
            live.start()
            ended.callback(live.join)

        ledgers = InterruptedWriting(other_process.ledgers, "load", begin)
        rebuild(with_ports(other_process, ledgers=ledgers))

    nothing_was_lost(store)


def with_ports(store: PostgresStore, **ports: Any) -> Store:
    """The store with some of its ports replaced."""
    return cast(Store, SimpleNamespace(**{**vars(store), **ports}))


@pytest.mark.parametrize("swap", [True, False])
def test_what_nobody_has_taken_yet_is_neither_lost_nor_taken_ahead(
    store: PostgresStore, other_process: PostgresStore, swap: bool
) -> None:
    at = store.ledgers.positions([EMBEDDED_LOG])
    store.log.append([frame(class_check("not-yet", 1)), *some_frames(9)[30:]])

    compared = rebuild(other_process, swap=swap)

    assert compared == Compared(same=LEDGERS)
    assert store.ledgers.positions([EMBEDDED_LOG]) == at
    nothing_was_lost(store)


# ---- a log that does not tell all


class CutLog(EmbeddedTable):
    """A log whose beginning retention has removed."""

    def beginnings(self, places: Collection[Place]) -> Mapping[Place, int]:
        return dict.fromkeys(places, 15)


class LaterLog(EmbeddedTable):
    """A log after another one."""

    def has_a_predecessor(self) -> bool:
        return True


@pytest.mark.parametrize("kind", [CutLog, LaterLog])
def test_a_log_that_does_not_tell_all_removes_no_facts(
    other_process: PostgresStore, dsn: str, kind: type[EmbeddedTable]
) -> None:
    spoil(dsn, unfounded(UNFOUNDED, like=MINE))
    before = rows_by_key(dsn)

    compared = rebuild(other_process, log=kind(other_process.log))

    assert compared == Compared(same=LEDGERS + 1, tallies=1)
    assert [key for key, row in rows_by_key(dsn).items() if row[0] != before[key][0]] == []


def test_what_it_still_tells_is_put_back(
    store: PostgresStore, other_process: PostgresStore, dsn: str
) -> None:
    last = store.log.end() - 1
    append_and_fold(store)
    spoil(
        dsn, f"DELETE FROM ledger WHERE {row_of(ledger_key(class_id=OTHER_CLASS, day=YESTERDAY))}"
    )

    compared = rebuild(other_process, log=CutLog(other_process.log))

    assert store.log.end() - 1 > last > 15
    assert compared == Compared(same=LEDGERS, added=1)
    nothing_was_lost(store)


def test_a_log_put_back_to_its_beginning_removes_no_facts(
    store: PostgresStore, other_process: PostgresStore, dsn: str
) -> None:
    store.ledgers.begin_again([EMBEDDED_LOG])
    spoil(dsn, unfounded(UNFOUNDED, like=MINE))

    compared = rebuild(other_process)

    assert compared == Compared(same=LEDGERS + 1, tallies=1)


def test_a_log_that_ends_before_what_was_taken_of_it_is_refused(
    store: PostgresStore, other_process: PostgresStore, dsn: str
) -> None:
    before = contents(dsn)
    spoil(dsn, "DELETE FROM event_log WHERE position > 3")

    with pytest.raises(Misconfigured, match="event_log/0"):
        rebuild(other_process)

    assert contents(dsn) == before


# ---- what it says, and who may


def test_how_far_it_is_is_told_up_to_the_end(other_process: PostgresStore) -> None:
    told: list[tuple[str, int, int]] = []

    rebuild(other_process, tell=lambda *step: told.append(step))

    end = other_process.log.end()
    assert told == [
        ("records", end, end),
        ("schools", 0, 2),
        ("schools", 1, 2),
        ("schools", 2, 2),
    ]


def test_a_second_rebuild_is_refused_until_the_first_has_ended(
    store: PostgresStore, other_process: PostgresStore
) -> None:
    def begin_another(*_: Any) -> None:
        with pytest.raises(TemporarilyUnavailable, match="another rebuild"):
            rebuild(store)

    rebuild(other_process, tell=begin_another)

    assert rebuild(store) == Compared(same=LEDGERS)


def test_a_crash_of_the_server_ends_a_rebuild_before_it_changes_anything(
    other_process: PostgresStore, dsn: str
) -> None:
    spoil(dsn, with_columns_of(OTHER, MINE, "facts"))
    before = contents(dsn)

    def crash(step: str, done: int, _: int) -> None:
        if (step, done) == ("schools", 0):
            # A crash ends all sessions, and empties the table.
            spoil(dsn, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                       " WHERE datname = current_database() AND pid <> pg_backend_pid()",
                  "TRUNCATE ledger_rebuilt")  # fmt: skip

    with pytest.raises(TemporarilyUnavailable):
        rebuild(other_process, tell=crash)

    assert contents(dsn) == before
    assert rebuild(other_process).mended == 1

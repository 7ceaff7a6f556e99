"""What contract tests do again and again, through ports only."""

from collections.abc import Callable, Collection, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date
from time import sleep
from typing import Any

from tests.builders import SCHOOL, TODAY, roster_document
from wuguan.domain.ledger import Ledger, LedgerKey
from wuguan.domain.measure import Measured
from wuguan.domain.periods import PeriodKey
from wuguan.domain.rollup import Figures, Mark
from wuguan.ports import EMBEDDED_LOG, SpanToMeasure, Store

WAIT_SECONDS = 30.0
"""How long a test waits for what must happen."""
SOON_SECONDS = 0.2
"""How long a test looks on to see that something does not happen."""


class Broken(Exception):
    """Something failed inside a transaction."""


@contextmanager
def started(*tasks: Callable[[], Any]) -> Iterator[list[Future[Any]]]:
    """Tasks that run in threads of their own; all have ended when left."""
    with ThreadPoolExecutor(len(tasks)) as threads:
        yield [threads.submit(task) for task in tasks]


@contextmanager
def started_inside_a_writing(
    store: Store, task: Callable[[], Any], *, move_to: int | None = None
) -> Iterator[Future[Any]]:
    """A task that starts while SCHOOL is locked, or the position if it is to be moved."""
    with (
        ThreadPoolExecutor(1) as threads,
        store.ledgers.writing([SCHOOL], places=[EMBEDDED_LOG] if move_to else []) as writing,
    ):
        future = threads.submit(task)
        # Long enough for the task to come to the lock.
        sleep(SOON_SECONDS)
        if move_to is not None:
            writing.move_to({EMBEDDED_LOG: move_to})
        yield future


def put_ledgers(
    store: Store, rows: Mapping[LedgerKey, tuple[Ledger, Measured]]
) -> Collection[Mark]:
    """Reads ledgers and writes them over. The marks of those whose figures moved."""
    with store.ledgers.writing({key.school_id for key in rows}) as writing:
        writing.load(rows.keys())
        return writing.put(rows)


def load_ledgers(store: Store, keys: Collection[LedgerKey]) -> Mapping[LedgerKey, Ledger]:
    """The ledgers as a next writer finds them."""
    with store.ledgers.writing({key.school_id for key in keys}) as writing:
        return writing.load(keys)


def put_marks(store: Store, *marks: Mark) -> None:
    """Asks for roll-ups."""
    with store.ledgers.writing([]) as writing:
        writing.mark(marks)


def claim(store: Store, *, school_level: bool = True, limit: int = 1000) -> Collection[Mark]:
    """Claims marks and commits, so that they are gone."""
    with store.rollups.writing(limit, school_level) as writing:
        return list(writing.claimed)


def overwrite(store: Store, figures: Mapping[Mark, Figures]) -> Collection[Mark]:
    """Writes figures over. The marks whose rows moved."""
    with store.rollups.writing(0, True) as writing:
        return writing.overwrite(figures)


def measure_nothing(store: Store) -> list[SpanToMeasure]:
    """Takes all spans out of the queue, oldest first."""
    spans = []
    while (span := store.remeasuring.next_span()) is not None:
        spans.append(span)
        with store.ledgers.writing([span.school_id]) as writing:
            store.remeasuring.done_until(writing, span, span.to_day)
    return spans


def claim_periods(
    store: Store, *, today: date = TODAY, limit: int = 1000
) -> Mapping[PeriodKey, Collection[date] | None]:
    """Claims periods to be summed and commits, so that their marks are gone."""
    with store.periods.writing(limit, today) as writing:
        return dict(writing.claimed)


def with_roster(store: Store) -> Store:
    """The store, knowing the small world of the builders, with nothing left to measure or sum."""
    store.roster.put_roster(roster_document(), TODAY)
    store.roster.context()
    measure_nothing(store)
    claim_periods(store)
    return store

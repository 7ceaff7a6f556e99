"""The embedded runtime: started, stopped and left without a database at any moment."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from time import sleep

import pytest

from stream_processors.embedded import EmbeddedRuntime
from tests.builders import DISTRICT, TODAY, Clock, class_check, frame
from tests.integration.conftest import OpenStore
from tests.integration.steps import (
    DAYS,
    is_settled,
    records,
    some_frames,
    wait_until,
    wrong_figures,
)
from tests.replay import RowKey, rows_of
from tests.worlds import CALENDARS, ROSTER_CHANGES, settle_in
from wuguan.adapters.postgres.embedded import EmbeddedServer
from wuguan.adapters.postgres.store import open_store
from wuguan.domain.errors import TemporarilyUnavailable
from wuguan.domain.instants import DAY_US, midnight_us
from wuguan.metric_names import Silence
from wuguan.ports import Frame, Store
from wuguan.settings import Settings

CLASSROOM = RowKey(DISTRICT, None, TODAY, "primary", 4, "phone.classroom")
SOON_SECONDS = 10.0


@contextmanager
def running(store: Store, clock: Clock) -> Iterator[EmbeddedRuntime]:
    """A runtime that looks often and takes small batches; stopped when left."""
    settings = Settings(rollup_interval_seconds=0.02, fold_batch_frames=5)
    runtime = EmbeddedRuntime(store, clock=clock, settings=settings, telemetry=Silence())
    runtime.start()
    try:
        yield runtime
    finally:
        runtime.stop()


def reported(store: Store) -> int:
    """How many classes of the district have been looked through today."""
    figure = rows_of(store, [TODAY])["district"].get(CLASSROOM)
    return figure.tally.reported if figure else 0


def test_what_is_appended_shows_in_the_district(store: Store, clock: Clock) -> None:
    with running(settle_in(store), clock) as runtime:
        wait_until(lambda: is_settled(store))
        store.log.append([frame(class_check("c-1"))])
        runtime.wake()
        wait_until(lambda: reported(store) == 1, SOON_SECONDS)

        assert runtime.healthy
    assert not runtime.healthy


def test_nobody_needs_to_wake_it(store: Store, clock: Clock) -> None:
    with running(settle_in(store), clock):
        wait_until(lambda: is_settled(store))
        store.log.append([frame(class_check("c-1"))])
        wait_until(lambda: reported(store) == 1, SOON_SECONDS)


def test_stopped_in_the_middle_of_work_it_loses_nothing(
    open_another: OpenStore, clock: Clock
) -> None:
    first = settle_in(open_another())
    frames = some_frames(40)
    first.log.append(frames)
    for _ in range(3):
        with running(first, clock):
            pass
    assert not is_settled(first), "there was nothing left to be stopped in"

    second = open_another()
    with running(second, clock):
        wait_until(lambda: is_settled(second))

    assert records(second) == frames
    assert wrong_figures(second) == []


def test_a_change_of_the_roster_is_measured_in_the_background(store: Store, clock: Clock) -> None:
    settle_in(store)
    store.log.append(some_frames(5))
    with running(store, clock) as runtime:
        for change in ROSTER_CHANGES[:7]:
            store.roster.put_roster(change, TODAY)
            runtime.wake()
            sleep(0.05)
        store.roster.put_calendar(CALENDARS[1], TODAY)
        runtime.wake()
        wait_until(lambda: is_settled(store))

    assert wrong_figures(store) == []


def test_a_new_day_opens_at_midnight(store: Store, clock: Clock) -> None:
    wednesday = TODAY + timedelta(days=2)
    thursday = wednesday + timedelta(days=1)

    def has_rows_of_thursday() -> bool:
        return any(rows_of(store, [thursday])["province"])

    clock.now_us = midnight_us(wednesday) + DAY_US - 1
    with running(settle_in(store), clock):
        wait_until(lambda: any(rows_of(store, [wednesday])["province"]))
        wait_until(lambda: is_settled(store))
        assert not has_rows_of_thursday()
        clock.now_us += 1
        wait_until(has_rows_of_thursday, SOON_SECONDS)
        wait_until(lambda: is_settled(store))

    assert wrong_figures(store, [*DAYS, wednesday, thursday]) == []


@pytest.fixture
def server() -> Iterator[EmbeddedServer]:
    """A server of its own, which a test may stop."""
    # Not pytest's own folder, see tests/conftest.py.
    with tempfile.TemporaryDirectory(prefix="wuguan-tests-", ignore_cleanup_errors=True) as folder:
        server = EmbeddedServer(Path(folder))
        yield server
        server.stop()


def test_it_goes_on_by_itself_when_the_database_was_away(
    server: EmbeddedServer, clock: Clock
) -> None:
    frames, dsn = some_frames(12), server.start()
    with closing(open_store(dsn, clock=clock, restart=server.restart_if_down)) as store:
        settle_in(store)
        with running(store, clock):
            for number, one in enumerate(frames):
                append_until_accepted(store, one)
                if number == 30:
                    server.stop()
            wait_until(answering(lambda: is_settled(store)))

        assert {one.frame_id for one in records(store)} == {one.frame_id for one in frames}
        assert wrong_figures(store) == []


def append_until_accepted(store: Store, one: Frame) -> None:
    """Appends as a sender does: what was not answered is sent again."""

    def accepted() -> bool:
        store.log.append([one])
        return True

    wait_until(answering(accepted))


def answering(asks: Callable[[], bool]) -> Callable[[], bool]:
    """The same question; no while the database does not answer."""

    def ask() -> bool:
        try:
            return asks()
        except TemporarilyUnavailable:
            return False

    return ask

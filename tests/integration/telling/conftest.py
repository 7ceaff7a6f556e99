"""A world to tell of, in memory and on PostgreSQL, by a clock that a test moves."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.builders import DISTRICT, TODAY, Clock, calendar_document, roster_document
from tests.local_receivers import HttpReceiver, http_receiver, plainly
from wuguan.adapters.memory.store import MemoryStore
from wuguan.national_days import shipped_national_days
from wuguan.policy_packs import policy_book
from wuguan.ports import Store


@pytest.fixture(params=["memory", "postgres"])
def world(request: pytest.FixtureRequest, clock: Clock) -> Store:
    """A store that knows the small world, its term and the national rules."""
    in_memory = request.param == "memory"
    store: Store = MemoryStore(clock) if in_memory else request.getfixturevalue("store")
    store.roster.put_rules(policy_book(None), shipped_national_days(), TODAY)
    store.roster.put_roster(roster_document(), TODAY)
    store.roster.put_calendar(calendar_document(DISTRICT), TODAY)
    return store


@pytest.fixture
def groups() -> Iterator[list[HttpReceiver]]:
    """Two groups with a robot."""
    with ExitStack() as closing:
        taking = plainly(200, {"errcode": 0, "errmsg": "ok"})
        yield [closing.enter_context(http_receiver(taking)) for _ in range(2)]

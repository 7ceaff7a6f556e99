"""The API on Kafka: what it does while the database or the broker is away."""

import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import msgspec
import pytest

from deploy.local.kafka import Broker
from deploy.local.timescale import Timescale
from tests.builders import SCHOOL, class_check
from tests.server import running_server
from tests.services import own_broker, own_timescale
from wuguan.client.client import Client

BATCH = "application/cloudevents-batch+json"


@dataclass
class World:
    """An API, the services behind it, and a school's key that it knows."""

    base_url: str
    key: str
    broker: Broker
    timescale: Timescale

    def push(self, key: str | None = None, **headers: str) -> httpx.Response:
        """One event of today, sent as a school does."""
        sent = {"Authorization": f"Bearer {key or self.key}", "Content-Type": BATCH, **headers}
        body = msgspec.json.encode([class_check("c-1")])
        return httpx.post(
            f"{self.base_url}/v1/events", content=body, headers=sent, timeout=30, trust_env=False
        )

    def push_until_accepted(self, seconds: float = 60.0) -> None:
        """Sends again and again what was not confirmed."""
        deadline = time.monotonic() + seconds
        while (status := self.push().status_code) != 202:
            assert status == 503
            assert time.monotonic() < deadline
            time.sleep(0.2)


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    """An API on services of its own, with one school's key."""
    with ExitStack() as opened:
        broker = opened.enter_context(own_broker())
        timescale = opened.enter_context(own_timescale())
        folder = Path(opened.enter_context(TemporaryDirectory(prefix="wuguan-tests-")))
        env = {
            "WUGUAN_KAFKA": broker.bootstrap,
            "WUGUAN_DSN": timescale.dsn,
            "WUGUAN_KAFKA_WAIT_SECONDS": "3",
        }
        server = opened.enter_context(running_server(folder / "data", env=env))
        with Client(server.base_url, server.admin_key) as admin:
            key = admin.create_key("ingest", school_id=SCHOOL, label="test").key
        yield World(server.base_url, key, broker, timescale)


def test_an_event_is_accepted_after_the_brokers_word(world: World) -> None:
    answer = world.push()

    assert (answer.status_code, answer.json()["accepted"]) == (202, 1)


def test_events_are_taken_on_a_known_key_while_the_database_is_away(world: World) -> None:
    assert world.push().status_code == 202
    world.timescale.stop()
    try:
        answer = world.push()
        repeated = world.push(**{"Idempotency-Key": "once"})
        unknown = world.push("wg_a_key_that_nobody_has_seen")
        ready = httpx.get(f"{world.base_url}/readyz", timeout=30, trust_env=False)
    finally:
        world.timescale.start()

    assert (answer.status_code, answer.json()["accepted"]) == (202, 1)
    assert ready.json() == {"status": "ok", "store": "away"}
    for refused in (repeated, unknown):
        assert refused.status_code == 503
        assert int(refused.headers["Retry-After"]) > 0
    world.push_until_accepted()


@pytest.mark.parametrize("end", ["stop", "kill"])
def test_without_a_broker_nothing_is_confirmed_and_soon_after_it_is_back_it_is(
    world: World, end: str
) -> None:
    assert world.push().status_code == 202
    getattr(world.broker, end)()
    try:
        begun = time.monotonic()
        answer = world.push()
        took = time.monotonic() - begun
    finally:
        world.broker.start()

    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert _problem(answer)["title"]
    assert took < 10
    world.push_until_accepted()


def _problem(answer: httpx.Response) -> Mapping[str, str]:
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem: Mapping[str, str] = answer.json()
    return problem

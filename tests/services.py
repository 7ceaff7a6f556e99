"""Kafka and TimescaleDB for tests: the shared ones, or one of a test module's own.

The shared ones are those that the environment names, else those of `make services-up`. The names
of topics are fixed, so a module that empties topics, runs workers or stops a broker starts its
own, and what may be tried beside others reads only what was written since it began.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg

from deploy.local.installation import available
from deploy.local.jars import are_complete
from deploy.local.kafka import Broker
from deploy.local.places import cache_folder
from deploy.local.requirements import java
from deploy.local.services import Services
from deploy.local.timescale import Timescale
from tests.absent_services import absent
from tests.kafka_clients import KafkaAdminClient
from wuguan.adapters.kafka.administration import ensure_topics
from wuguan.domain.errors import Misconfigured
from wuguan.settings import Settings
from wuguan.streams import EVENT_TOPICS

KAFKA, TIMESCALE = "WUGUAN_TEST_KAFKA", "WUGUAN_TEST_TIMESCALE"
_START = "make services-up"


def shared_kafka() -> str:
    """The address of a broker that others may use at the same time; it has Wuguan's topics."""
    address = os.environ.get(KAFKA) or _running_kafka()
    if address is None:
        absent("Kafka", f"{_START}, or name one in {KAFKA}")
    # Its topics may have been made by other settings than the usual ones.
    with suppress(Misconfigured):
        ensure_topics(settings_of(address))
    return address


def shared_timescale() -> str:
    """The DSN of a TimescaleDB in which databases may be created."""
    services = Services()
    running = services.timescale.dsn if services.timescale.running else None
    dsn = os.environ.get(TIMESCALE) or running
    if dsn is None:
        absent("TimescaleDB", f"{_START}, or name one in {TIMESCALE}")
    return dsn


@contextmanager
def own_broker() -> Iterator[Broker]:
    """A broker of the test's own, on fresh data; it runs."""
    if java() is None or not are_complete(cache_folder()):
        absent("Kafka", f"{_START}, once, which downloads it")
    with _folder() as folder:
        broker = Broker(folder, heap="512m")
        broker.start()
        try:
            yield broker
        finally:
            broker.stop()


@contextmanager
def own_timescale() -> Iterator[Timescale]:
    """A TimescaleDB of the test's own, on fresh data; it runs."""
    if available(cache_folder()) is None:
        absent("TimescaleDB", f"{_START}, once, which installs it")
    with _folder() as folder:
        timescale = Timescale(folder)
        timescale.start()
        try:
            yield timescale
        finally:
            timescale.forget()


def settings_of(address: str, **changed: object) -> Settings:
    """The settings of a program on this broker; its database is never asked for."""
    return Settings.model_validate({"kafka": address, "dsn": "postgresql://nowhere", **changed})


def partitions_of(address: str) -> int:
    """How many partitions each topic of events has."""
    with KafkaAdminClient(bootstrap_servers=address) as admin:
        (number,) = {len(one["partitions"]) for one in admin.describe_topics(list(EVENT_TOPICS))}
    return number


def run_sql(dsn: str, statement: str) -> Sequence[tuple[object, ...]]:
    """The rows of one statement, outside any transaction."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        cursor = connection.execute(statement.encode())
        return cursor.fetchall() if cursor.description else []


@contextmanager
def _folder() -> Iterator[Path]:
    # Not pytest's own: as root the database runs as another user, who may not enter it.
    folder = Path(tempfile.mkdtemp(prefix="wuguan-tests-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _running_kafka() -> str | None:
    services = Services()
    return services.kafka.bootstrap if services.kafka.running else None

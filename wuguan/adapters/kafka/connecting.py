"""Clients of kafka-python, all with the same patience."""

from collections.abc import Callable
from typing import Any, TypeVar

from kafka import KafkaConsumer, KafkaProducer
from kafka.admin import KafkaAdminClient
from kafka.net.compat import KafkaNetClient

# A broker that is away is told of soon; who can wait asks again.
_BOOTSTRAP_MS = 8_000
_REQUEST_MS = 30_000
_T = TypeVar("_T")


def admin_client(bootstrap: str) -> KafkaAdminClient:
    """A client for administration; to be closed."""
    return _made(
        KafkaAdminClient,
        bootstrap_servers=bootstrap,
        bootstrap_timeout_ms=_BOOTSTRAP_MS,
        request_timeout_ms=_REQUEST_MS,
    )


def reading_consumer(bootstrap: str) -> KafkaConsumer:
    """A consumer in no group, that reads where it is told to."""
    return _made(
        KafkaConsumer,
        bootstrap_servers=bootstrap,
        bootstrap_timeout_ms=_BOOTSTRAP_MS,
        request_timeout_ms=_REQUEST_MS,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        group_id=None,
    )


def durable_producer(bootstrap: str) -> KafkaProducer:
    """A producer whose records are confirmed by every broker in sync, once each."""
    return _made(
        KafkaProducer,
        bootstrap_servers=bootstrap,
        bootstrap_timeout_ms=_BOOTSTRAP_MS,
        acks="all",
        enable_idempotence=True,
        linger_ms=5,
    )


def _made(kind: Callable[..., _T], **settings: Any) -> _T:
    """A client that has found its broker; one that has not leaves nothing running."""
    connections: list[Any] = []

    def connect(**options: Any) -> Any:
        connections.append(KafkaNetClient(**options))
        return connections[-1]

    try:
        return kind(kafka_client=connect, **settings)
    except BaseException:
        # It would leave a thread and four files for every attempt: an hour of them is too many.
        for one in connections:
            one.close()
        raise

"""Clients of kafka-python, all with the same patience."""

from kafka import KafkaConsumer, KafkaProducer
from kafka.admin import KafkaAdminClient

# A broker that is away is told of soon; who can wait asks again.
_BOOTSTRAP_MS = 8_000
_REQUEST_MS = 30_000


def admin_client(bootstrap: str) -> KafkaAdminClient:
    """A client for administration; to be closed."""
    return KafkaAdminClient(
        bootstrap_servers=bootstrap,
        bootstrap_timeout_ms=_BOOTSTRAP_MS,
        request_timeout_ms=_REQUEST_MS,
    )


def reading_consumer(bootstrap: str) -> KafkaConsumer:
    """A consumer in no group, that reads where it is told to."""
    return KafkaConsumer(
        bootstrap_servers=bootstrap,
        bootstrap_timeout_ms=_BOOTSTRAP_MS,
        request_timeout_ms=_REQUEST_MS,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        group_id=None,
    )


def durable_producer(bootstrap: str) -> KafkaProducer:
    """A producer whose records are confirmed by every broker in sync, once each."""
    return KafkaProducer(
        bootstrap_servers=bootstrap,
        bootstrap_timeout_ms=_BOOTSTRAP_MS,
        acks="all",
        enable_idempotence=True,
        linger_ms=5,
    )

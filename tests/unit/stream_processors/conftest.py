"""Kafka's client is imported here before any adapter, so that it warns of nothing."""

import tests.kafka_clients  # noqa: F401

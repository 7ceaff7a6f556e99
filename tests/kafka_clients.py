"""Kafka's Python client, imported without a warning of its own making.

Tests take it from here, and before any adapter: on Python 3.11 its first import warns of a
function that is deprecated there, and a warning is an error.
"""

import warnings

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    from kafka import KafkaConsumer, TopicPartition
    from kafka.admin import ConfigResource, KafkaAdminClient, NewTopic

__all__ = ["ConfigResource", "KafkaAdminClient", "KafkaConsumer", "NewTopic", "TopicPartition"]

"""Kafka's Python client as tests take it, before any adapter does: it warns of nothing.

On Python 3.11 its first import warns of a function that is deprecated there; and where a client is
closed while it is connecting, it leaves the socket to the collector. A warning is an error here.
"""

import socket
import warnings

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    from kafka import KafkaConsumer, TopicPartition
    from kafka.admin import ConfigResource, KafkaAdminClient, NewTopic
    from kafka.net.inet import KafkaNetSocket

__all__ = ["ConfigResource", "KafkaAdminClient", "KafkaConsumer", "NewTopic", "TopicPartition"]


class _LeftToTheCollector(socket.socket):
    """A socket that the collector closes without a word."""

    def __del__(self) -> None:
        self.close()


KafkaNetSocket.socket = lambda _, *arguments: _LeftToTheCollector(*arguments)

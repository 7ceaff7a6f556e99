"""Topics that are empty again: deleted and made anew."""

import time
from collections.abc import Mapping, Sequence

from tests.kafka_clients import KafkaAdminClient, NewTopic
from wuguan.adapters.kafka.administration import TOPICS, ensure_topics
from wuguan.settings import Settings


def made_anew(settings: Mapping[str, str], partitions: int, others: Sequence[str] = ()) -> None:
    """Empties Wuguan's topics, or makes others empty."""
    names = list(others or TOPICS)
    with KafkaAdminClient(bootstrap_servers=settings["WUGUAN_KAFKA"]) as admin:
        there = {topic["name"] for topic in admin.describe_topics()}
        admin.delete_topics([name for name in names if name in there])
        while {topic["name"] for topic in admin.describe_topics()} & set(names):
            time.sleep(0.1)
        if others:
            admin.create_topics([NewTopic(name, partitions, 1) for name in others])
            return
    ensure_topics(
        Settings(
            kafka=settings["WUGUAN_KAFKA"], dsn=settings["WUGUAN_DSN"], kafka_partitions=partitions
        )
    )

"""Topics on a real broker: made, compared, and told of where they differ."""

from collections.abc import Iterator

import pytest

from deploy.local.kafka import Broker
from tests.bench.topics import made_anew
from tests.server import free_port
from tests.services import own_broker, settings_of
from wuguan.adapters.kafka.administration import TOPICS, differences, ensure_topics
from wuguan.domain.errors import Misconfigured, TemporarilyUnavailable

USUAL = {"kafka_partitions": 3, "kafka_retention_days": 400}


@pytest.fixture(scope="module")
def broker() -> Iterator[Broker]:
    """A broker of this module's own."""
    with own_broker() as broker:
        yield broker


def test_all_topics_are_made_once(broker: Broker) -> None:
    settings = settings_of(broker.bootstrap, **USUAL)

    assert set(ensure_topics(settings)) == set(TOPICS)
    assert list(ensure_topics(settings)) == []
    assert list(differences(settings)) == []


def test_every_difference_is_told_at_once_with_its_setting(broker: Broker) -> None:
    ensure_topics(settings_of(broker.bootstrap, **USUAL))
    others = settings_of(broker.bootstrap, kafka_partitions=5, kafka_retention_days=30)

    with pytest.raises(Misconfigured) as caught:
        ensure_topics(others)

    told = "\n".join(caught.value.faults)
    for topic in TOPICS:
        assert topic in told
    assert "WUGUAN_KAFKA_PARTITIONS" in told
    assert "retention.ms" in told
    assert len(caught.value.faults) == 2 * len(TOPICS)


def test_topics_that_the_broker_cannot_make_are_told_of() -> None:
    with own_broker() as alone, pytest.raises(Misconfigured) as caught:
        ensure_topics(settings_of(alone.bootstrap, kafka_replication=3))

    assert "WUGUAN_KAFKA_REPLICATION" in "\n".join(caught.value.faults)


def test_a_broker_that_does_not_answer_is_waited_for() -> None:
    with pytest.raises(TemporarilyUnavailable):
        ensure_topics(settings_of(f"127.0.0.1:{free_port()}"))


def test_topics_made_anew_are_empty_again(broker: Broker) -> None:
    settings = {"WUGUAN_KAFKA": broker.bootstrap, "WUGUAN_DSN": "postgresql://nowhere"}

    made_anew(settings, 3)

    assert list(differences(settings_of(broker.bootstrap, **USUAL))) == []

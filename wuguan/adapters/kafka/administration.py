"""The topics of docs/events.md §10: made where they are absent, compared where they are there."""

from collections.abc import Mapping, Sequence
from typing import Any

from kafka.admin import ConfigResource, KafkaAdminClient, NewTopic
from kafka.errors import KafkaError, TopicAlreadyExistsError, for_code

from wuguan.adapters.kafka.connecting import admin_client
from wuguan.domain.errors import Misconfigured, TemporarilyUnavailable
from wuguan.settings import Settings
from wuguan.streams import ALERTS_TOPIC, EVENT_TOPICS, REJECTED_TOPIC

TOPICS = (*EVENT_TOPICS, REJECTED_TOPIC, ALERTS_TOPIC)
_DAY_MS = 86_400_000
_RETENTION, _IN_SYNC, _TIMESTAMPS = (
    "retention.ms",
    "min.insync.replicas",
    "message.timestamp.type",
)


def ensure_topics(settings: Settings) -> Sequence[str]:
    """Makes the topics that are absent; which. Misconfigured where one is otherwise than set."""
    assert settings.kafka is not None, "asked only where brokers are set"
    try:
        with admin_client(settings.kafka) as admin:
            made = _make_absent(admin, settings)
            faults = _differences(admin, settings)
    except KafkaError as error:
        raise TemporarilyUnavailable(f"the brokers {settings.kafka} do not answer") from error
    if faults:
        raise Misconfigured(faults)
    return made


def differences(settings: Settings) -> Sequence[str]:
    """What is otherwise than set, or absent; nothing is made."""
    assert settings.kafka is not None, "asked only where brokers are set"
    try:
        with admin_client(settings.kafka) as admin:
            return _differences(admin, settings)
    except KafkaError as error:
        raise TemporarilyUnavailable(f"the brokers {settings.kafka} do not answer") from error


def _make_absent(admin: KafkaAdminClient, settings: Settings) -> Sequence[str]:
    there = {topic["name"] for topic in admin.describe_topics() if topic["error_code"] == 0}
    absent = [name for name in TOPICS if name not in there]
    if not absent:
        return ()
    answer = admin.create_topics(
        [_new(name, settings) for name in absent], raise_errors=False, timeout_ms=30_000
    )
    faults = []
    for topic in answer["topics"]:
        error = for_code(topic["error_code"])
        # Another process may make them at the same time.
        if topic["error_code"] and not issubclass(error, TopicAlreadyExistsError):
            faults.append(_not_made(topic["name"], topic["error_message"] or error.__name__))
    if faults:
        raise Misconfigured(faults)
    admin.wait_for_topics(absent)
    return absent


def _new(name: str, settings: Settings) -> NewTopic:
    return NewTopic(
        name=name,
        num_partitions=settings.kafka_partitions,
        replication_factor=settings.kafka_replication,
        topic_configs={key: str(value) for key, value in _wanted(settings).items()},
    )


def _wanted(settings: Settings) -> Mapping[str, int | str]:
    return {
        _RETENTION: settings.kafka_retention_days * _DAY_MS,
        # Of three copies two have every event before it is answered; of one or two, one.
        _IN_SYNC: 2 if settings.kafka_replication > 2 else 1,
        # The broker's clock: an event written by others is held to it.
        _TIMESTAMPS: "LogAppendTime",
    }


def _differences(admin: KafkaAdminClient, settings: Settings) -> Sequence[str]:
    faults = []
    configured = _configurations(admin)
    for topic in sorted(admin.describe_topics(list(TOPICS)), key=lambda one: str(one["name"])):
        name = topic["name"]
        if topic["error_code"]:
            faults.append(_not_made(name, for_code(topic["error_code"]).__name__))
            continue
        faults += _of_topic(name, topic["partitions"], configured.get(name, {}), settings)
    return faults


def _configurations(admin: KafkaAdminClient) -> Mapping[str, Mapping[str, str]]:
    asked = [ConfigResource("TOPIC", name) for name in TOPICS]
    answer = admin.describe_configs(asked, config_filter="all")
    return {
        name: {key: entry["value"] for key, entry in entries.items()}
        for name, entries in answer.get("topic", {}).items()
    }


def _of_topic(
    name: str, partitions: Sequence[Any], configured: Mapping[str, str], settings: Settings
) -> Sequence[str]:
    faults = []
    if len(partitions) != settings.kafka_partitions:
        faults.append(_differs(name, "WUGUAN_KAFKA_PARTITIONS", len(partitions),
                               settings.kafka_partitions))  # fmt: skip
    copies = min(len(one["replica_nodes"]) for one in partitions)
    if copies != settings.kafka_replication:
        faults.append(_differs(name, "WUGUAN_KAFKA_REPLICATION", copies,
                               settings.kafka_replication))  # fmt: skip
    for key, value in _wanted(settings).items():
        if configured.get(key) != str(value):
            faults.append(_other_configuration(name, key, configured.get(key), value))
    return faults


def _differs(topic: str, variable: str, found: int, wanted: int) -> str:
    return (
        f"{variable}: 主题 {topic} 现为 {found},设置为 {wanted};请改设置,或先改主题"
        f" / topic {topic} has {found}, set is {wanted}: change the setting, or the topic first"
    )


def _other_configuration(topic: str, key: str, found: str | None, wanted: int | str) -> str:
    command = f"kafka-configs.sh --alter --topic {topic} --add-config {key}={wanted}"
    return (
        f"主题 {topic} 的 {key} 现为 {found},应为 {wanted};可执行 {command}"
        f" / topic {topic}: {key} is {found}, should be {wanted}: {command}"
    )


def _not_made(topic: str, reason: str) -> str:
    return (
        f"WUGUAN_KAFKA: 主题 {topic} 不存在且无法建立({reason});请检查权限和副本数"
        f" / topic {topic} is not there and cannot be made ({reason}): check the rights of this"
        " user and WUGUAN_KAFKA_REPLICATION"
    )

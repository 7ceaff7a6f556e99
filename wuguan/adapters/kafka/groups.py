"""What a consumer group has committed."""

from collections.abc import Collection

from kafka.admin import KafkaAdminClient
from kafka.errors import KafkaError

from wuguan.domain.errors import TemporarilyUnavailable
from wuguan.ports import Place


def committed_offsets(bootstrap: str, group: str, places: Collection[Place]) -> dict[Place, int]:
    """The next offset that the group has committed in each place; those without one left out."""
    try:
        with KafkaAdminClient(bootstrap_servers=bootstrap) as admin:
            found = admin.list_group_offsets(group)[group]
    except KafkaError as error:
        raise TemporarilyUnavailable(f"the brokers {bootstrap} do not answer") from error
    wanted = set(places)
    return {
        Place(tp.topic, tp.partition): at.offset
        for tp, at in found.items()
        if (tp.topic, tp.partition) in wanted and at.offset >= 0
    }

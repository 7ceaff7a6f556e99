"""A consumer group as the broker sees it: what it has committed, and what nobody reads."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager

from kafka.admin import KafkaAdminClient
from kafka.errors import KafkaError

from wuguan.adapters.kafka.connecting import admin_client
from wuguan.adapters.kafka.log_reader import KafkaLogReader
from wuguan.domain.errors import TemporarilyUnavailable
from wuguan.ports import Place


class KafkaGroup:
    """The group of the workers."""

    def __init__(self, bootstrap: str, group: str, reader: KafkaLogReader) -> None:
        self._bootstrap = bootstrap
        self._group = group
        self._reader = reader

    def ends(self, places: Collection[Place]) -> Mapping[Place, int]:
        """The next offset to be written in each place."""
        return self._reader.ends(places)

    def committed(self, places: Collection[Place]) -> Mapping[Place, int]:
        """The next offset that the group has committed in each place; those without left out."""
        wanted = set(places)
        with self._admin() as admin:
            found = admin.list_group_offsets(self._group)[self._group]
        return {
            Place(tp.topic, tp.partition): at.offset
            for tp, at in found.items()
            if (tp.topic, tp.partition) in wanted and at.offset >= 0
        }

    def unread(self) -> Collection[Place]:
        """The places that no member reads, though the group has come to rest."""
        with self._admin() as admin:
            group = admin.describe_groups([self._group])[self._group]
        if group["group_state"] != "Stable":
            return ()
        read = {
            Place(one["topic"], number)
            for member in group["members"]
            for one in member["member_assignment"]["assigned_partitions"]
            for number in one["partitions"]
        }
        return set(self._reader.places()) - read

    @contextmanager
    def _admin(self) -> Iterator[KafkaAdminClient]:
        try:
            with admin_client(self._bootstrap) as admin:
                yield admin
        except KafkaError as error:
            raise TemporarilyUnavailable(f"the brokers {self._bootstrap} do not answer") from error

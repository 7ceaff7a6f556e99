"""Reading topics from one offset to another, outside any consumer group."""

import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from threading import Lock

from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError

from wuguan.adapters.kafka.connecting import reading_consumer
from wuguan.adapters.kafka.partitions import partition_of
from wuguan.adapters.kafka.records import record_of
from wuguan.domain.errors import TemporarilyUnavailable
from wuguan.ports import Place
from wuguan.streams import EVENT_TOPICS, Record

_POLL_MS = 1_000
_TIMEOUT_MS = 5_000
_SILENT_POLLS = 30
_AWAY_SECONDS = 5.0


class KafkaLogReader:
    """One connection for reading; calls of several threads take turns."""

    def __init__(self, bootstrap: str, partitions: int) -> None:
        self._bootstrap = bootstrap
        self._partitions = partitions
        self._consumer: KafkaConsumer | None = None
        self._turn = Lock()
        self._away_until = 0.0

    def places(self) -> Collection[Place]:
        """Every place of the topics of events."""
        return [Place(topic, n) for topic in EVENT_TOPICS for n in range(self._partitions)]

    def places_of(self, school_ids: Collection[str]) -> Collection[Place]:
        """The places that hold events of these schools."""
        numbers = sorted({partition_of(school, self._partitions) for school in school_ids})
        return [Place(topic, number) for topic in EVENT_TOPICS for number in numbers]

    def of(self, school_ids: Collection[str]) -> Mapping[Place, int]:
        """The next offset to be written in each place of these schools.

        A broker that did not answer is not asked again for some seconds: readers do not queue.
        """
        if time.monotonic() < self._away_until:
            raise TemporarilyUnavailable("the broker did not answer lately")
        try:
            return self.ends(self.places_of(school_ids))
        except TemporarilyUnavailable:
            self._away_until = time.monotonic() + _AWAY_SECONDS
            raise

    def ends(self, places: Collection[Place]) -> Mapping[Place, int]:
        """The next offset to be written in each place."""
        with self._turn, self._translated():
            ends = self._connected().end_offsets(_partitions(places), timeout_ms=_TIMEOUT_MS)
        return {Place(tp.topic, tp.partition): offset for tp, offset in ends.items()}

    def beginnings(self, places: Collection[Place]) -> Mapping[Place, int]:
        """The first offset that each place still keeps."""
        with self._turn, self._translated():
            firsts = self._connected().beginning_offsets(
                _partitions(places), timeout_ms=_TIMEOUT_MS
            )
        return {Place(tp.topic, tp.partition): offset for tp, offset in firsts.items()}

    def read(self, place: Place, first: int, end: int) -> Iterator[Record]:
        """The records of a place from `first` up to, and without, `end`."""
        partition = TopicPartition(*place)
        with self._turn, self._translated():
            consumer = self._connected()
            consumer.assign([partition])
            consumer.seek(partition, first)
            silent = 0
            # A position may pass offsets that hold no record.
            while consumer.position(partition, timeout_ms=_TIMEOUT_MS) < end:
                polled = consumer.poll(timeout_ms=_POLL_MS).get(partition, ())
                silent = 0 if polled else silent + 1
                if silent == _SILENT_POLLS:
                    raise TemporarilyUnavailable(f"nothing more can be read of {place}")
                yield from (record_of(one) for one in polled if one.offset < end)

    def close(self) -> None:
        """Closes the connection."""
        consumer, self._consumer = self._consumer, None
        if consumer is not None:
            consumer.close(autocommit=False)

    def _connected(self) -> KafkaConsumer:
        if self._consumer is None:
            self._consumer = reading_consumer(self._bootstrap)
        return self._consumer

    @contextmanager
    def _translated(self) -> Iterator[None]:
        """The client's errors as Wuguan's own; a connection that failed is made anew."""
        try:
            yield
        except KafkaError as error:
            self.close()
            raise TemporarilyUnavailable(f"the broker did not answer: {error!r}") from None


def _partitions(places: Collection[Place]) -> list[TopicPartition]:
    return [TopicPartition(*place) for place in places]

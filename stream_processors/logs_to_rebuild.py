"""The two logs, as a rebuild reads them."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from wuguan.codec import decode_events
from wuguan.domain.envelope import Envelope
from wuguan.ports import EMBEDDED_LOG, EventLog, Frame, Place
from wuguan.streams import read_record, topic_of

if TYPE_CHECKING:
    # The table is read without Kafka's client.
    from wuguan.adapters.kafka.log_reader import KafkaLogReader

_FRAMES_AT_ONCE = 500


class KafkaTopics:
    """The topics of events."""

    def __init__(self, reader: "KafkaLogReader", embedded: EventLog) -> None:
        self._reader = reader
        self._embedded = embedded

    def places(self, managements: Collection[str]) -> Sequence[Place]:
        """Every partition of the topics of these managements."""
        topics = {topic_of(management) for management in managements}
        return sorted(place for place in self._reader.places() if place.topic in topics)

    def has_a_predecessor(self) -> bool:
        """Whether the table has events: from the time before there was Kafka."""
        return self._embedded.end() > 1

    def beginnings(self, places: Collection[Place]) -> Mapping[Place, int]:
        """The first offset that each partition still keeps."""
        return self._reader.beginnings(places)

    def ends(self, places: Collection[Place]) -> Mapping[Place, int]:
        """The next offset to be written in each partition."""
        return self._reader.ends(places)

    def events(self, place: Place, first: int, end: int) -> Iterator[Sequence[Envelope]]:
        """The events of each record, checked as the workers check them."""
        if first < end:
            for record in self._reader.read(place, first, end):
                yield read_record(record).events


class EmbeddedTable:
    """The log that is a table: one place."""

    def __init__(self, log: EventLog) -> None:
        self._log = log

    def places(self, _: Collection[str]) -> Sequence[Place]:
        """The one place."""
        return [EMBEDDED_LOG]

    def has_a_predecessor(self) -> bool:
        """It is the first log of an installation."""
        return False

    def beginnings(self, places: Collection[Place]) -> Mapping[Place, int]:
        """The first position; nothing is ever removed."""
        return dict.fromkeys(places, 0)

    def ends(self, places: Collection[Place]) -> Mapping[Place, int]:
        """The position after the last."""
        return dict.fromkeys(places, self._log.end())

    def events(self, _: Place, first: int, end: int) -> Iterator[Sequence[Envelope]]:
        """The events of each frame."""
        after = max(first - 1, 0)
        while records := self._log.read(after, _FRAMES_AT_ONCE):
            for record in records:
                if record.position >= end:
                    return
                yield _events_of(record.frame)
            after = records[-1].position


def _events_of(frame: Frame) -> Sequence[Envelope]:
    try:
        return decode_events(frame.body)
    except ValueError:
        # As the fold does: somebody else wrote into the table.
        return ()

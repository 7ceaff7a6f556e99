"""Topics in memory, and consumers that are handed their records as badly as Kafka may do it."""

from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import zip_longest

from stream_processors.contexts import Contexts
from stream_processors.taking import Batch, Rejecting, Taking
from tests.builders import Clock
from wuguan.domain.instants import DAY_US
from wuguan.domain.managements import MANAGEMENTS
from wuguan.metric_names import Silence
from wuguan.ports import Frame, Place, Store
from wuguan.streams import Record, topic_of

PARTITIONS = 2
PLACES = [Place(topic_of(name), n) for name in MANAGEMENTS for n in range(PARTITIONS)]
_WRITTEN_US = Clock().now_us + DAY_US


class Topics:
    """Every place's records; between two of them may be offsets that hold none."""

    def __init__(self) -> None:
        self._records: dict[Place, list[Record]] = {place: [] for place in PLACES}

    def append(self, frame: Frame, gap: int = 0) -> None:
        """Adds a frame to the place of its school, some offsets further."""
        place = Place(topic_of(frame.management), int(frame.school_id) % PARTITIONS)
        offset, key = self.end(place) + gap, frame.school_id.encode()
        self._records[place].append(Record(place, offset, key, frame.body, True, _WRITTEN_US))

    def end(self, place: Place) -> int:
        """The next offset to be written."""
        records = self._records[place]
        return records[-1].offset + 1 if records else 0

    def read(self, place: Place, first: int, end: int) -> Iterator[Record]:
        """The records from `first` up to, and without, `end`."""
        records = self._records[place]
        begin = bisect_left(records, first, key=lambda record: record.offset)
        yield from (record for record in records[begin:] if record.offset < end)


class Consumer:
    """A worker: reads on in each of its places, and writes a batch behind itself."""

    def __init__(self, store: Store, topics: Topics) -> None:
        self._store = store
        self._topics = topics
        self._places: Collection[Place] = ()
        self.start()

    def start(self) -> None:
        """Begins anew, as a process that died: what was in flight is gone."""
        self._taking = Taking(
            self._store.ledgers,
            Contexts(self._store.roster),
            _publishes_nothing,
            self._topics.read,
            Silence(),
        )
        self._pending: Batch | None = None
        self.assign(self._places)

    def assign(self, places: Collection[Place], back: int = 0) -> None:
        """Has these places from now on; reads from the stored position, or from before it."""
        self._places = places
        positions = self._taking.assign(places)
        self._cursors = {place: max(at - back, 0) for place, at in positions.items()}

    def go_back(self, back: int) -> None:
        """Is handed again what it has seen."""
        self._cursors = {place: max(at - back, 0) for place, at in self._cursors.items()}

    def take(self, most: int) -> bool:
        """Prepares the next records, then writes those of before; whether there were any."""
        records = self._next(most)
        if not records:
            return False
        self._taking.look_into(self._taking.gaps(records))
        batch = self._taking.prepare(records)
        self.write()
        self._pending = batch
        return True

    def write(self) -> None:
        """Writes what is prepared."""
        batch, self._pending = self._pending, None
        if batch is not None:
            self._taking.write(batch)

    def take_all(self) -> None:
        """Goes on until nothing is left in its places."""
        while self.take(7):
            pass
        self.write()
        self._taking.check_positions()

    def _next(self, most: int) -> Sequence[Record]:
        records = list(_in_turns(self._read(place) for place in self._cursors))[:most]
        self._cursors.update((record.place, record.offset + 1) for record in records)
        return records

    def _read(self, place: Place) -> Iterator[Record]:
        return self._topics.read(place, self._cursors[place], self._topics.end(place))


def _in_turns(places: Iterable[Iterator[Record]]) -> Iterator[Record]:
    """One record of each place, then the second of each."""
    for records in zip_longest(*places):
        yield from (record for record in records if record is not None)


def _publishes_nothing() -> Rejecting:
    raise AssertionError("every event is valid")

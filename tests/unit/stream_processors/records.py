"""Records of frames as a consumer is handed them, and a Taking that takes them."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from stream_processors.contexts import Contexts
from stream_processors.taking import Taking
from tests.builders import SCHOOL, Clock, class_check, frame, ledger_key
from tests.worlds import settle_in
from wuguan.adapters.memory.store import MemoryStore
from wuguan.domain.envelope import Envelope
from wuguan.domain.instants import DAY_US
from wuguan.domain.ledger import Ledger, LedgerKey
from wuguan.metric_names import Silence
from wuguan.ports import Frame, Ledgers, Place, Store
from wuguan.streams import Record

PHONE, SLEEP = Place("wuguan.phone.v1", 0), Place("wuguan.sleep.v1", 0)
WRITTEN_US = Clock().now_us + DAY_US


def record_of(frame: Frame, offset: int, place: Place = PHONE) -> Record:
    """A frame as a record."""
    return Record(place, offset, frame.school_id.encode(), frame.body, True, WRITTEN_US)


def records_of(frames: Sequence[Frame], first: int = 0, place: Place = PHONE) -> list[Record]:
    """Frames as records that follow one another."""
    return [record_of(frame, first + number, place) for number, frame in enumerate(frames)]


def unreadable(offset: int, place: Place = PHONE, key: bytes = SCHOOL.encode()) -> Record:
    """A record that holds no event."""
    return Record(place, offset, key, b"no JSON", False, WRITTEN_US)


def ledger(store: Store, key: LedgerKey | None = None) -> Ledger:
    """A ledger as it is stored; that of SCHOOL's phones of today if no other is named."""
    wanted = key or ledger_key()
    return store.ledgers.known([wanted]).get(wanted, {})


def checks(*numbers: int) -> list[Envelope]:
    """Looks for phones in class, each a fact of its own."""
    return [class_check(f"c-{number}", number % 3) for number in numbers]


def frames(*numbers: int) -> list[Frame]:
    """The same, each in a frame of its own."""
    return [frame(one) for one in checks(*numbers)]


class Publisher:
    """Keeps what is published, and what the store's positions were when it was confirmed."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.sent: list[tuple[bytes | None, bytes]] = []
        self.positions_when_confirmed: list[int] = []
        self.failing: Exception | None = None

    def send_rejections(self, rejections: Iterable[tuple[bytes | None, bytes]]) -> None:
        """Takes keys and values."""
        self.sent += rejections

    def confirm(self) -> None:
        """Notes where the store is; fails if it was told to."""
        if self.failing is not None:
            raise self.failing
        self.positions_when_confirmed.append(self._store.ledgers.positions([PHONE])[PHONE])


class Consumer:
    """A Taking on a store in memory, and all that surrounds it."""

    def __init__(self, store: Store | None = None, ledgers: Any = None) -> None:
        self.store = store or settle_in(MemoryStore(Clock()))
        self.publisher = Publisher(self.store)
        self.kept: list[Record] = []
        """What the log holds where there is a gap."""
        read_from: Ledgers = ledgers or self.store.ledgers
        contexts = Contexts(self.store.roster)
        self.taking = Taking(read_from, contexts, lambda: self.publisher, self._read, Silence())

    def begin(self, places: Collection[Place] = (PHONE, SLEEP)) -> "Consumer":
        """The places are ours."""
        self.taking.assign(places)
        return self

    def take(self, records: Sequence[Record]) -> None:
        """Prepares a batch and writes it, as the worker does."""
        self.taking.look_into(self.taking.gaps(records))
        self.taking.write(self.taking.prepare(records))

    def position(self, place: Place = PHONE) -> int:
        """Where the store is."""
        return self.store.ledgers.positions([place])[place]

    def _read(self, place: Place, first: int, end: int) -> Iterable[Record]:
        return [one for one in self.kept if one.place == place and first <= one.offset < end]

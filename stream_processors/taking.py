"""From the records of a log's partitions to ledgers: what the Faust runtime does with a batch.

Nothing here knows Faust. Two calls alternate: `prepare` reads and folds the next batch while
`write` still writes the one before; both keep the order of the records.
"""

import time
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import NamedTuple, Protocol

import structlog

from stream_processors.contexts import Contexts
from stream_processors.folding import Events, Folder, Prepared, add_events
from wuguan.domain.envelope import Envelope
from wuguan.domain.ledger import LedgerKey
from wuguan.domain.validation import Rejection
from wuguan.metric_names import Telemetry
from wuguan.ports import Ledgers, LedgerWriting, Place
from wuguan.refused import row_of
from wuguan.streams import EVENT_TOPICS, Record, RecordRead, read_closely, read_record
from wuguan.streams import rejected_value as value_of

_log = structlog.get_logger(__name__)


class OutOfStep(Exception):
    """This worker and the store no longer agree on what was taken: begin again from the store."""


class Rejecting(Protocol):
    """Where rejections are published."""

    def send_rejections(self, rejections: Iterable[tuple[bytes | None, bytes]]) -> None:
        """Hands over keys and values."""

    def confirm(self) -> None:
        """Returns when they are durable; TemporarilyUnavailable if not."""


class Refused(NamedTuple):
    """What of a record cannot be used."""

    record: Record
    school_id: str | None
    rejection: Rejection


class Gap(NamedTuple):
    """Offsets of a place that were not handed to us: from `first` up to, and without, `end`."""

    place: Place
    first: int
    end: int


class Batch(NamedTuple):
    """Records that are read and folded ahead, to be written in one transaction."""

    next_offsets: Mapping[Place, int]
    schools: Collection[str]
    prepared: Prepared
    refused: Sequence[Refused]
    events: int


class Taking:
    """One consumer of some places. Keeps nothing that the store does not know better."""

    def __init__(
        self,
        ledgers: Ledgers,
        contexts: Contexts,
        rejecting: Callable[[], Rejecting],
        between: Callable[[Place, int, int], Iterable[Record]],
        telemetry: Telemetry,
    ) -> None:
        self._ledgers = ledgers
        self._contexts = contexts
        self._folder = Folder(ledgers, contexts)
        self._rejecting = rejecting
        self._between = between
        self._telemetry = telemetry
        self._next: dict[Place, int] = {}
        """The next offset to come in each place that is ours."""
        self._stored: dict[Place, int] = {}
        """What the store has said or been told of each: less would be a loss."""
        self._earlier: Prepared | None = None
        self._published: Batch | None = None
        """The batch whose rejections are confirmed, should its transaction have to be repeated."""

    @property
    def positions(self) -> Mapping[Place, int]:
        """The next offset of each place that is ours, as last written."""
        return {place: self._stored.get(place, 0) for place in list(self._next)}

    def warm_up(self) -> None:
        """Reads the context, so that no batch waits for it."""
        self._contexts.at_least(0)

    def assign(self, places: Collection[Place]) -> Mapping[Place, int]:
        """These places are ours from now on; the next offset to read in each."""
        known = dict(self._stored)
        positions = self._ledgers.positions(places)
        kept = {place: positions[place] for place in places if place in self._next}
        self._compare(kept, known)
        # Of a place that stays ours, what is in flight is behind us already: it will be read
        # again, and passed over.
        self._next = {place: max(at, self._next.get(place, 0)) for place, at in positions.items()}
        self._stored = {
            place: max(at, self._stored.get(place, 0)) if place in kept else at
            for place, at in positions.items()
        }
        return positions

    def begin_again(self, places: Collection[Place]) -> None:
        """Reads these places from their beginning: they hold less than was taken from them."""
        self._ledgers.begin_again(places)
        for place in places:
            self._next[place] = self._stored[place] = 0

    def check_positions(self) -> None:
        """OutOfStep if the store has forgotten something that was written: it was restored."""
        # Taken before the store is asked: what is written meanwhile is no loss.
        known = dict(self._stored)
        self._compare(self._ledgers.positions(list(self._next)), known)

    def gaps(self, records: Sequence[Record]) -> Sequence[Gap]:
        """Where records do not follow one another; to be looked into before they are prepared."""
        following, found = dict(self._next), []
        for record in records:
            expected = following.get(record.place)
            if expected is not None and record.offset >= expected:
                if record.offset > expected:
                    found.append(Gap(record.place, expected, record.offset))
                following[record.place] = record.offset + 1
        return found

    def look_into(self, gaps: Sequence[Gap]) -> None:
        """OutOfStep where a gap holds records that were never handed to us.

        Without them it is the log's own: marks of transactions, or what its retention removed.
        """
        for gap in gaps:
            if any(self._between(*gap)):
                raise OutOfStep(f"records before {gap.end} of {gap.place} were passed over")

    def prepare(self, records: Sequence[Record]) -> Batch:
        """Reads and folds the next records, in their order."""
        begun = time.perf_counter()
        ours = [record for record in records if self._is_next(record)]
        reads = [read_record(record) for record in ours]
        try:
            prepared = self._folder.prepare(_by_ledger(ours, reads), self._earlier)
        except (ValueError, TypeError):
            # A frame that was not checked, whatever its headers say; its neighbours are as good as
            # they were.
            _log.warning("frame_unchecked", records=len(ours))
            reads = [
                self._read_safely(record, read) for record, read in zip(ours, reads, strict=True)
            ]
            prepared = self._folder.prepare(_by_ledger(ours, reads), self._earlier)
        self._earlier = prepared
        self._telemetry.observe("wuguan_prepare_seconds", time.perf_counter() - begun)
        return Batch(
            {record.place: record.offset + 1 for record in ours},
            {key.school_id for key in prepared.events},
            prepared,
            _refused(ours, reads),
            sum(len(read.events) for read in reads),
        )

    def write(self, batch: Batch) -> None:
        """Writes a batch, or raises and has written nothing: the same call may then be made again.

        TemporarilyUnavailable where store or log do not answer; OutOfStep where only a new start
        from the stored positions helps.
        """
        if batch.refused and batch is not self._published:
            self._publish(batch.refused)
            self._published = batch
        with self._ledgers.writing(batch.schools, places=batch.next_offsets.keys()) as writing:
            self._compare(writing.positions, self._stored)
            self._folder.write(writing, batch.prepared)
            self._keep_refused(writing, batch.refused)
            writing.move_to(batch.next_offsets)
        for place, offset in batch.next_offsets.items():
            self._stored[place] = max(offset, self._stored.get(place, 0))
        self._count(batch)

    def _publish(self, refused: Sequence[Refused]) -> None:
        """Tells what cannot be used. Of a key only a school's id: it may be anything else."""
        rejecting = self._rejecting()
        rejecting.send_rejections(
            (one.school_id.encode() if one.school_id else None, value_of(one.record, one.rejection))
            for one in refused
        )
        rejecting.confirm()

    def _is_next(self, record: Record) -> bool:
        """Whether a record is to be taken now."""
        expected = self._next.get(record.place)
        if expected is None or record.offset < expected:
            # Of a place that was taken from us, or seen already: whoever has it reads it again.
            return False
        self._next[record.place] = record.offset + 1
        return True

    def _read_safely(self, record: Record, read: RecordRead) -> RecordRead:
        """The same if it can be folded and measured, else event by event."""
        try:
            self._folder.prepare(_by_ledger([record], [read]))
        except (ValueError, TypeError):
            return read_closely(record)
        return read

    @staticmethod
    def _compare(stored: Mapping[Place, int], known: Mapping[Place, int]) -> None:
        for place, offset in stored.items():
            if offset < known.get(place, 0):
                raise OutOfStep(f"the store has {place} at {offset}, once it was further")

    @staticmethod
    def _keep_refused(writing: LedgerWriting, refused: Sequence[Refused]) -> None:
        writing.reject(
            [
                row_of(one.rejection, one.school_id, one.record.written_us)
                for one in refused
                if one.school_id is not None
            ]
        )

    def _count(self, batch: Batch) -> None:
        self._telemetry.count("wuguan_events_folded_total", batch.events)
        for one in batch.refused:
            self._telemetry.count("wuguan_records_rejected_total", 1, code=one.rejection.fault.code)


def _by_ledger(records: Sequence[Record], reads: Sequence[RecordRead]) -> Events:
    events: defaultdict[LedgerKey, list[Envelope]] = defaultdict(list)
    for record, read in zip(records, reads, strict=True):
        if read.events:
            assert read.school_id is not None, "without a school's key nothing is accepted"
            add_events(events, read.school_id, EVENT_TOPICS[record.place.topic], read.events)
    return events


def _refused(records: Sequence[Record], reads: Sequence[RecordRead]) -> Sequence[Refused]:
    return [
        Refused(record, read.school_id, one)
        for record, read in zip(records, reads, strict=True)
        for one in read.rejected
    ]

"""From frames to ledgers: fold, measure, mark, and move on, in one transaction."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

import msgspec
import structlog

from stream_processors.contexts import Contexts
from wuguan.codec import decode_events
from wuguan.domain.context import Context
from wuguan.domain.envelope import Envelope
from wuguan.domain.ledger import EMPTY, Ledger, LedgerKey, fold
from wuguan.domain.measure import Measured, measure
from wuguan.ports import EventLog, Frame, Ledgers, LogRecord

_log = structlog.get_logger(__name__)

Events = Mapping[LedgerKey, Sequence[Envelope]]


class Folding:
    """The consumer of the embedded log. Keeps nothing that the store does not know better."""

    def __init__(self, log: EventLog, ledgers: Ledgers, contexts: Contexts, limit: int) -> None:
        self._log = log
        self._ledgers = ledgers
        self._contexts = contexts
        self._limit = limit
        # Unknown until the first transaction has read it.
        self._position: int | None = None

    def turn(self) -> int:
        """Takes the next frames; how many. Raises TemporarilyUnavailable and forgets its place."""
        position, self._position = self._position, None
        if position is None:
            with self._ledgers.writing((), consumer=True) as writing:
                position = writing.position
        records = self._log.read(position, self._limit)
        taken = self._take(position, records) if records else position
        self._position = taken
        return len(records)

    def _take(self, position: int, records: Sequence[LogRecord]) -> int:
        events = events_by_ledger(record.frame for record in records)
        schools = {record.frame.school_id for record in records}
        with self._ledgers.writing(schools, consumer=True) as writing:
            if writing.position != position:
                # Another runtime on this database took them, or the database was restored.
                return writing.position
            context = self._contexts.at_least(writing.context_version)
            measured = fold_all(writing.load(events.keys()), events, context)
            writing.mark(writing.put(measured))
            writing.move_to(records[-1].position)
        return records[-1].position


def events_by_ledger(frames: Iterable[Frame]) -> Events:
    """The events of frames, by the ledger that they write into, in their order."""
    events: defaultdict[LedgerKey, list[Envelope]] = defaultdict(list)
    for frame in frames:
        # Most frames speak of one class-day: one key is made for all its events.
        of_frame: defaultdict[tuple[str, date], list[Envelope]] = defaultdict(list)
        for event in _events_of(frame):
            of_frame[event.data.class_id, event.data.day].append(event)
        for (class_id, day), added in of_frame.items():
            events[LedgerKey(frame.school_id, frame.management, class_id, day)] += added
    return events


def fold_all(
    ledgers: Mapping[LedgerKey, Ledger], events: Events, context: Context
) -> dict[LedgerKey, tuple[Ledger, Measured]]:
    """The ledgers that these events change, folded and measured."""
    changed = {}
    for key, added in events.items():
        before = ledgers.get(key, EMPTY)
        after = fold(before, added)
        if after is not before:
            changed[key] = (after, measure_ledger(key, after, context))
    return changed


def measure_ledger(key: LedgerKey, ledger: Ledger, context: Context) -> Measured:
    """The tallies and findings of a ledger in a context."""
    class_day = context.class_day_of(key.school_id, key.class_id, key.day, key.management)
    return measure(key.management, ledger, class_day)


def _events_of(frame: Frame) -> Sequence[Envelope]:
    try:
        return decode_events(frame.body)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        # It passed validation when it was written, so somebody else wrote into the table. The
        # frame stays in the log; one bad frame must not stop all schools.
        _log.error("frame_unreadable", frame_id=frame.frame_id, school_id=frame.school_id)
        return ()

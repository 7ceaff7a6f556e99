"""From frames to ledgers: fold, measure, mark, and move on, in one transaction.

Folding begins before the transaction does, from what is known of the ledgers without asking the
store; inside it only what had moved meanwhile is folded again.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

import msgspec
import structlog

from stream_processors.contexts import Contexts
from wuguan.codec import decode_events
from wuguan.domain.context import Context
from wuguan.domain.envelope import Envelope
from wuguan.domain.ledger import EMPTY, Ledger, LedgerKey, fold
from wuguan.domain.measure import Measured, measure
from wuguan.ports import EMBEDDED_LOG, EventLog, Frame, Ledgers, LedgerWriting, LogRecord

_log = structlog.get_logger(__name__)

Events = Mapping[LedgerKey, Sequence[Envelope]]
Folded = dict[LedgerKey, tuple[Ledger, Measured]]


class Prepared(NamedTuple):
    """Events, and what they come to if the ledgers stand as they are thought to."""

    events: Events
    before: Mapping[LedgerKey, Ledger]
    context: Context
    folded: Folded


class Folder:
    """Folds events into the ledgers of a store, ahead of the transaction and inside it."""

    def __init__(self, ledgers: Ledgers, contexts: Contexts) -> None:
        self._ledgers = ledgers
        self._contexts = contexts

    def prepare(self, events: Events, earlier: Prepared | None = None) -> Prepared:
        """Folds from what is known, and from a batch that is still being written."""
        before = dict(self._ledgers.known(events.keys()))
        if earlier is not None:
            written = earlier.folded.keys() & events.keys()
            before.update((key, earlier.folded[key][0]) for key in written)
        context = self._contexts.at_least(0)
        return Prepared(events, before, context, fold_all(before, events, context))

    def write(self, writing: LedgerWriting, prepared: Prepared) -> None:
        """Writes what was prepared, folded again where the store knew better."""
        context = self._contexts.at_least(writing.context_version)
        stored = writing.load(prepared.events.keys())
        folded = prepared.folded
        if context is not prepared.context:
            folded = fold_all(stored, prepared.events, context)
        else:
            moved = {
                key: events
                for key, events in prepared.events.items()
                if stored.get(key, EMPTY) is not prepared.before.get(key, EMPTY)
            }
            if moved:
                folded = {key: one for key, one in folded.items() if key not in moved}
                folded.update(fold_all(stored, moved, context))
        writing.mark(writing.put(folded))


class Folding:
    """The consumer of the embedded log. Keeps nothing that the store does not know better."""

    def __init__(self, log: EventLog, ledgers: Ledgers, contexts: Contexts, limit: int) -> None:
        self._log = log
        self._ledgers = ledgers
        self._folder = Folder(ledgers, contexts)
        self._limit = limit
        # Unknown until the store has been asked.
        self._next_offset: int | None = None

    def turn(self) -> int:
        """Takes the next frames; how many. Raises TemporarilyUnavailable and forgets its place."""
        next_offset, self._next_offset = self._next_offset, None
        if next_offset is None:
            next_offset = self._ledgers.positions([EMBEDDED_LOG])[EMBEDDED_LOG]
        records = self._log.read(next_offset - 1, self._limit)
        self._next_offset = self._take(next_offset, records) if records else next_offset
        return len(records)

    def _take(self, next_offset: int, records: Sequence[LogRecord]) -> int:
        prepared = self._folder.prepare(events_by_ledger(record.frame for record in records))
        schools = {record.frame.school_id for record in records}
        with self._ledgers.writing(schools, places=[EMBEDDED_LOG]) as writing:
            if writing.positions[EMBEDDED_LOG] != next_offset:
                # Another runtime on this database took them, or the database was restored.
                return writing.positions[EMBEDDED_LOG]
            self._folder.write(writing, prepared)
            following = records[-1].position + 1
            writing.move_to({EMBEDDED_LOG: following})
        return following


def events_by_ledger(frames: Iterable[Frame]) -> Events:
    """The events of frames, by the ledger that they write into, in their order."""
    events: defaultdict[LedgerKey, list[Envelope]] = defaultdict(list)
    for frame in frames:
        add_events(events, frame.school_id, frame.management, _events_of(frame))
    return events


def add_events(
    to: defaultdict[LedgerKey, list[Envelope]],
    school_id: str,
    management: str,
    events: Sequence[Envelope],
) -> None:
    """Adds the events of one school and management to those of their ledgers."""
    if not events:
        return
    # Most frames speak of one class-day: one key is made for all its events.
    class_ids = {event.data.class_id for event in events}
    days = {event.data.day for event in events}
    if len(class_ids) == len(days) == 1:
        to[LedgerKey(school_id, management, class_ids.pop(), days.pop())] += events
        return
    of_frame: defaultdict[tuple[str, date], list[Envelope]] = defaultdict(list)
    for event in events:
        of_frame[event.data.class_id, event.data.day].append(event)
    for (class_id, day), added in of_frame.items():
        to[LedgerKey(school_id, management, class_id, day)] += added


def fold_all(ledgers: Mapping[LedgerKey, Ledger], events: Events, context: Context) -> Folded:
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

"""What the core asks of the world: roles, each played by an adapter of `wuguan.adapters`.

Every method raises `TemporarilyUnavailable` when the store does not answer; the same call may then
be made again. One contract suite (`tests/contract`) runs on every adapter.
"""

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date
from typing import Any, Literal, NamedTuple, Protocol

from msgspec import Struct

from wuguan.domain.calendar import NationalDays
from wuguan.domain.context import Context
from wuguan.domain.ledger import Ledger, LedgerKey
from wuguan.domain.measure import Measured
from wuguan.domain.measuring import MetricTally
from wuguan.domain.policy import PolicyBook
from wuguan.domain.rollup import Figures, Mark

# ---- the log


class Frame(Struct, frozen=True):
    """The accepted events of one school and management from one request."""

    school_id: str
    management: str
    frame_id: str
    received_us: int
    body: bytes
    """A CloudEvents JSON batch."""


class LogRecord(Struct, frozen=True):
    """A frame and its place in the log."""

    position: int
    frame: Frame


class Place(NamedTuple):
    """A partition of a stream, in which a consumer has a position."""

    topic: str
    partition: int


EMBEDDED_LOG = Place("event_log", 0)
"""The one place of a log that is a table."""


class FrameWriter(Protocol):
    """Where a server puts the frames of its requests."""

    async def open(self) -> None:
        """Begins to take frames."""

    async def append(self, frames: Sequence[Frame]) -> None:
        """Durable when it returns; TemporarilyUnavailable when that is not known."""

    async def close(self) -> None:
        """Takes nothing more, and returns when all that was taken is written."""


class LogEnds(Protocol):
    """How far a log that is no part of the store has been written."""

    def of(self, school_ids: Collection[str]) -> Mapping[Place, int]:
        """The next offset to be written in each place that holds events of these schools."""


class EventLog(Protocol):
    """The truth: frames in the order in which they were committed."""

    def append(self, frames: Sequence[Frame]) -> None:
        """Durable when it returns; all of them or none. A reader never skips one of them."""

    def read(self, after: int, limit: int) -> Sequence[LogRecord]:
        """The next records after a position, oldest first."""


# ---- roster, calendar and rules


class Changed(Struct, frozen=True):
    """What putting a document did: entries changed, class-days to be measured again."""

    changed: int
    remeasure: int


class Roster(Protocol):
    """Who exists, which days count, what is asked: the context of all figures, with a version."""

    def version(self) -> int:
        """The version in force."""

    def context(self) -> Context:
        """The context in force, whole and of one version. The very same object if none moved."""

    def put_roster(self, document: Any, today: date) -> Changed:
        """Takes the entries of a document, or raises InvalidDocument and changes nothing."""

    def put_calendar(self, document: Any, today: date) -> Changed:
        """Replaces a unit's calendar, or raises InvalidDocument and changes nothing."""

    def put_rules(self, policy: PolicyBook, national: NationalDays, today: date) -> Changed:
        """Takes the rules and national days read at start; figures they touch are measured anew."""

    def open_days(self, today: date) -> int:
        """Marks the days up to today that nobody opened yet; idempotent. How many days."""


# ---- ledgers


class LedgerWriting(Protocol):
    """One transaction of one writer of some schools."""

    @property
    def context_version(self) -> int:
        """Read after the schools were locked."""

    @property
    def positions(self) -> Mapping[Place, int]:
        """The next offset to take in each place, locked for this transaction; 0 if never moved."""

    def load(self, keys: Collection[LedgerKey]) -> Mapping[LedgerKey, Ledger]:
        """The ledgers as they stand now; those without a row are left out."""

    def keys_of(self, school_id: str, from_day: date, to_day: date) -> Sequence[LedgerKey]:
        """The ledgers that a school has on these days, in key order."""

    def put(self, measured: Mapping[LedgerKey, tuple[Ledger, Measured]]) -> Collection[Mark]:
        """Overwrites rows in key order. The schools' marks of those whose figures moved."""

    def mark(self, marks: Collection[Mark]) -> None:
        """Asks for these units' figures to be rolled up."""

    def move_to(self, next_offsets: Mapping[Place, int]) -> None:
        """Everything before these offsets is taken. The places are among those locked."""

    def reject(self, rows: "Sequence[RejectedRow]") -> None:
        """Keeps what could not be used; their reject_id is given by the store."""


class Ledgers(Protocol):
    """The facts of every class-day, and the tallies measured from them."""

    def writing(
        self, school_ids: Collection[str], *, places: Collection[Place] = ()
    ) -> AbstractContextManager[LedgerWriting]:
        """Locks the schools in key order. Commits when left plainly, undoes all on an error.

        The positions of `places` are locked first: there is one consumer of a place at a time.
        """

    def known(self, keys: Collection[LedgerKey]) -> Mapping[LedgerKey, Ledger]:
        """What is known of ledgers without asking the store: it may be old, or nothing.

        A later `load` gives the very same object where it was right.
        """

    def positions(self, places: Collection[Place]) -> Mapping[Place, int]:
        """The next offset to take in each place; 0 in one that nobody has read yet."""


class SpanToMeasure(Struct, frozen=True):
    """Class-days of a school that are to be measured again, and the units to be rolled up."""

    span_id: int
    school_id: str
    from_day: date
    to_day: date
    units: Sequence[str]


class Remeasuring(Protocol):
    """What is still to be measured again after a change of roster, calendar, plan or rules."""

    def next_span(self) -> SpanToMeasure | None:
        """The oldest span, if any."""

    def done_until(self, writing: LedgerWriting, span: SpanToMeasure, day: date) -> None:
        """Inside the writing transaction: the span is measured up to and with `day`."""

    def days_with_figures(self, school_id: str, from_day: date, to_day: date) -> Collection[date]:
        """The days on which the school has ledgers or rolled-up figures."""


# ---- figures


class RollupWriting(Protocol):
    """One transaction that rolls up what it could claim."""

    @property
    def context_version(self) -> int:
        """Read after the marks were claimed."""

    @property
    def claimed(self) -> Sequence[Mark]:
        """The marks that are this transaction's alone, deleted with its commit."""

    def heard(self, marks: Collection[Mark]) -> Mapping[Mark, Mapping[str, Sequence[MetricTally]]]:
        """For schools' marks: the tallies of the classes that have a ledger, by class id."""

    def sums(self, children: Mapping[Mark, Collection[str]]) -> Mapping[Mark, Figures]:
        """For each mark the sums over the figures of these children."""

    def overwrite(self, figures: Mapping[Mark, Figures]) -> Collection[Mark]:
        """Makes the units' rows equal to these figures. The marks whose rows moved."""

    def mark(self, marks: Collection[Mark]) -> None:
        """Asks for these units' figures to be rolled up: the parents of those that moved."""


class Rollups(Protocol):
    """The figures of every unit, level by level."""

    def writing(self, limit: int, school_level: bool) -> AbstractContextManager[RollupWriting]:
        """Claims up to `limit` marks, of schools or of the units above them (lowest first).

        A mark that another writer holds is skipped.
        """


class TallyQuery(Struct, frozen=True, kw_only=True):
    """Which figures to read: these units' rows of these metrics and days."""

    units: Sequence[str]
    metrics: Sequence[str]
    from_day: date
    to_day: date
    by: Literal["grade", "stage", "total"] = "grade"
    buckets: Sequence[tuple[str, str | None, date, date, date]] = ()
    """Empty: by day. Else (unit, stage or None for any, from, to, day to show)."""


class TallyRow(Struct, frozen=True):
    """A figure as it is read."""

    day: date
    unit: str
    class_id: str | None
    stage: str | None
    grade: int | None
    metric: str
    expected: int
    reported: int
    judged: int
    compliant: int
    total: int
    bins: Sequence[int]
    rules: frozenset[str]


class Settled(Struct, frozen=True):
    """How far figures are: nothing pending for these schools and units."""

    as_of_us: int
    settled: bool


class FindingRow(Struct, frozen=True):
    """Something that looks wrong with a class-day."""

    day: date
    class_id: str
    management: str
    kind: str


class Reading(Protocol):
    """One consistent view of the figures."""

    def settled(self, schools: Collection[str], units: Collection[str]) -> Settled:
        """Whether all that was accepted is in, for these schools and units."""

    def rows(self, query: TallyQuery, after: TallyRow | None, limit: int) -> Sequence[TallyRow]:
        """Rows in order: day, unit, stage, grade, metric; nulls first, text by code point."""

    def class_tallies(
        self, school_id: str, managements: Collection[str], from_day: date, to_day: date
    ) -> Mapping[Mark, Mapping[str, Sequence[MetricTally]]]:
        """The tallies of the classes that have a ledger."""

    def findings(
        self, school_id: str, from_day: date, to_day: date, after: FindingRow | None, limit: int
    ) -> Sequence[FindingRow]:
        """Findings in order of day, class, management, kind."""


class Figured(Protocol):
    """Where figures are read."""

    def reading(self) -> AbstractContextManager[Reading]:
        """Opens a view of one moment."""


# ---- who may do what, and what was refused

Scope = Literal["ingest", "read", "admin"]


class ApiKey(Struct, frozen=True):
    """A key without its secret: what it may do, and for whom."""

    key_id: str
    scope: Scope
    unit_id: str | None
    """The school of an ingest key, the unit of a read key."""
    label: str
    created_us: int


class Keys(Protocol):
    """The keys that were issued, kept as hashes only."""

    def add(self, key: ApiKey, digest: bytes) -> None:
        """Keeps a key."""

    def add_first_admin(self, key: ApiKey, digest: bytes) -> bool:
        """Keeps an admin key if there never was one; whether it did."""

    def find(self, digest: bytes) -> ApiKey | None:
        """The key of this digest, if it is in force."""

    def list(self) -> Sequence[ApiKey]:
        """All keys in force, oldest first."""

    def delete(self, key_id: str) -> bool:
        """Ends a key; whether there was one."""


class EarlierRequest(Struct, frozen=True):
    """A request that came with the same Idempotency-Key."""

    digest: bytes
    answer: bytes | None
    """None while it is in work."""


class Requests(Protocol):
    """Idempotency: which requests were answered, and which are in work."""

    def begin(self, key_id: str, name: str, digest: bytes, now_us: int) -> EarlierRequest | None:
        """Takes the request into work, or tells what stands under this name.

        A request left in work for over 30 s (its server died) is taken over; an answer is kept for
        24 h.
        """

    def finish(self, key_id: str, name: str, answer: bytes) -> None:
        """Keeps the answer."""

    def abandon(self, key_id: str, name: str) -> None:
        """Forgets a request that was not answered with 202."""


class RejectedRow(Struct, frozen=True):
    """An event that was refused: never its value."""

    reject_id: int
    school_id: str
    received_us: int
    source: str | None
    type: str | None
    id: str | None
    code: str
    path: str
    message: str
    message_zh: str


class Rejects(Protocol):
    """What was refused, for its sender to see."""

    def add(self, rows: Sequence[RejectedRow]) -> None:
        """Keeps rows; their reject_id is given by the store."""

    def list(
        self, school_id: str, from_day: date, to_day: date, after: int | None, limit: int
    ) -> Sequence[RejectedRow]:
        """Rows received on these days (UTC+8), newest first; `after` is the last id seen."""


class Store(Protocol):
    """All ports of one store."""

    @property
    def log(self) -> EventLog:
        """The truth."""

    @property
    def roster(self) -> Roster:
        """Who exists, which days count, what is asked."""

    @property
    def ledgers(self) -> Ledgers:
        """The facts, and the tallies beside them."""

    @property
    def remeasuring(self) -> Remeasuring:
        """What a change has left to measure again."""

    @property
    def rollups(self) -> Rollups:
        """The figures of units, as they are written."""

    @property
    def figures(self) -> Figured:
        """The figures of units, as they are read."""

    @property
    def keys(self) -> Keys:
        """Who may do what."""

    @property
    def requests(self) -> Requests:
        """What was answered under an Idempotency-Key."""

    @property
    def rejects(self) -> Rejects:
        """What was refused."""

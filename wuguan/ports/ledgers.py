"""Ledgers: the facts of class-days, written with the position they came from."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date
from typing import Protocol

from msgspec import Struct

from wuguan.domain.ledger import Ledger, LedgerKey
from wuguan.domain.measure import Measured
from wuguan.domain.rollup import Mark
from wuguan.ports.access import RejectedRow
from wuguan.ports.log import Place


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

    def remove(self, keys: Collection[LedgerKey]) -> Collection[Mark]:
        """Forgets ledgers, as if nothing had ever been heard. The schools' marks of those."""

    def mark(self, marks: Collection[Mark]) -> None:
        """Asks for these units' figures to be rolled up."""

    def move_to(self, next_offsets: Mapping[Place, int]) -> None:
        """Everything before these offsets is taken. The places are among those locked.

        A position never goes back: another consumer of the place may be further.
        """

    def reject(self, rows: Sequence[RejectedRow]) -> None:
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

    def begin_again(self, places: Collection[Place]) -> None:
        """Puts these places back to their beginning: their log is another one now.

        Harmless at any time, since folding again changes nothing.
        """

    def begun_again(self, places: Collection[Place]) -> Collection[Place]:
        """Those of the places that were ever put back: their log does not tell all."""

    def schools(self) -> Collection[str]:
        """The schools that have ledgers, whether the roster knows them or not."""


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


class RebuiltLedgers(Ledgers, Protocol):
    """Ledgers folded anew."""

    def require_intact(self) -> None:
        """TemporarilyUnavailable if anything put here may have been lost since it was begun."""


class Rebuilding(Protocol):
    """Ledgers folded anew beside the live ones: one at a time, of no meaning afterwards."""

    def begun(self) -> AbstractContextManager[RebuiltLedgers]:
        """Empty ledgers of our own; TemporarilyUnavailable while another rebuild is at work."""

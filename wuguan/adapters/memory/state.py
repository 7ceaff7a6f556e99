"""What a memory store holds, and the one lock that guards it."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date
from itertools import count
from threading import RLock
from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from wuguan.domain.alerting.due import is_watched
from wuguan.domain.alerting.life import Alert, Entry
from wuguan.domain.alerting.notice import Notice
from wuguan.domain.alerting.outbox import Queued
from wuguan.domain.calendar import Calendars, NationalDays, UnitCalendar
from wuguan.domain.context import Context
from wuguan.domain.forms import SCHOOL_ID, whole
from wuguan.domain.ledger import Ledger
from wuguan.domain.measure import Measured
from wuguan.domain.organisation import Organisation
from wuguan.domain.periods import PeriodGrain, PeriodKey, PeriodMark, all_periods
from wuguan.domain.policy import PolicyBook
from wuguan.domain.rollup import Figures, Mark
from wuguan.domain.roster import LEVELS
from wuguan.ports import EMBEDDED_LOG, AlertMark, LogRecord, Place, RejectedRow, SpanToMeasure

_SCHOOL_ID = whole(SCHOOL_ID)
_HEIGHTS = {level: height for height, level in enumerate(reversed(LEVELS))}

SCHOOL_HEIGHT = 0
_TOP_HEIGHT = len(LEVELS) - 1


class StoredLedger(Struct, frozen=True):
    """The facts of a class-day and management, and what was measured from them."""

    ledger: Ledger
    measured: Measured


class Period(NamedTuple):
    """Of what a sum over days is."""

    key: PeriodKey
    grain: PeriodGrain
    first_day: date


class Stamp(NamedTuple):
    """When a unit was marked last, and how high it stands: 0 for a school, 4 for a province."""

    number: int
    height: int


class MemoryState:
    """Everything stored. Values in it are never changed in place, so a shallow copy is a view."""

    def __init__(self, clock: Callable[[], int]) -> None:
        self.clock = clock
        # Re-entrant: inside its own transaction a thread may use the other ports.
        self.lock = RLock()
        self.numbers = count(1)
        self.records: list[LogRecord] = []
        self.positions: dict[Place, int] = {EMBEDDED_LOG: 1}
        self.begun_again: set[Place] = set()
        self.ledgers: dict[Mark, Mapping[str, StoredLedger]] = {}
        """By school, day and management; then by class id."""
        self.figures: dict[Mark, Figures] = {}
        self.marks: dict[Mark, Stamp] = {}
        self.claimed: set[Mark] = set()
        self.periods: dict[Period, Figures] = {}
        self.period_marks: dict[PeriodMark, int] = {}
        """When each was made last; in the order in which they were made first."""
        self.marked_us: dict[Mark | PeriodMark | AlertMark, int] = {}
        """Since when a mark has waited, while it does."""
        self.periods_claimed: set[PeriodKey] = set()
        self.systems: dict[Mark, Mapping[str, int]] = {}
        """How many classes each system reported."""
        self.alerts: dict[str, Alert] = {}
        """By id; in the order in which they began."""
        self.alert_entries: dict[str, list[Entry]] = {}
        self.alert_version = 0
        self.alert_marks: dict[AlertMark, int] = {}
        """When each was made last; in the order in which they were made first."""
        self.alert_units_claimed: set[str] = set()
        self.alert_days: set[date] = set()
        self.unpublished: list[Entry] = []
        self.notices: dict[tuple[str, int, str], Notice] = {}
        """By alert, number of the entry and receiver."""
        self.tried_notices: dict[tuple[str, int, str], Queued] = {}
        """Those that were tried or put off."""
        self.spans: dict[int, SpanToMeasure] = {}
        self.rejects: list[RejectedRow] = []
        self.opened_until: date | None = None
        self.calendars: dict[str, UnitCalendar] = {}
        self.national = NationalDays({})
        calendars = Calendars(self.calendars, self.national)
        self.context = Context(0, Organisation(), calendars, PolicyBook(()))

    def add_marks(self, marks: Collection[Mark]) -> None:
        """Asks for a roll-up. A unit that is marked again while it is rolled up stays marked."""
        for mark in marks:
            if mark not in self.marks:
                self.marked_us[mark] = self.clock()
            self.marks[mark] = Stamp(next(self.numbers), self._height(mark.unit_id))

    def add_period_marks(self, marks: Collection[PeriodMark]) -> None:
        """Asks for periods to be summed; a mark made meanwhile outlasts a sum under way."""
        for mark in marks:
            if mark not in self.period_marks:
                self.marked_us[mark] = self.clock()
            self.period_marks[mark] = next(self.numbers)

    def add_alert_marks(self, marks: Collection[AlertMark]) -> None:
        """Asks for an evaluation; a mark made meanwhile outlasts one under way."""
        for mark in marks:
            if mark not in self.alert_marks:
                self.marked_us[mark] = self.clock()
            self.alert_marks[mark] = next(self.numbers)

    def mark_moved(self, moved: Iterable[Mark]) -> None:
        """Asks for units to be evaluated of which a day moved that alerts look at."""
        now_us = self.clock()
        watched = {one[::2] for one in moved if is_watched(one.day, now_us)}
        self.add_alert_marks([AlertMark(*one) for one in sorted(watched)])

    def mark_all_periods(self, unit_ids: Iterable[str]) -> None:
        """Asks for everything that is summed of these units."""
        self.add_period_marks(all_periods(unit_ids))

    def add_rejects(self, rows: Sequence[RejectedRow]) -> None:
        """Keeps rows, each with the next id, from 1."""
        first = len(self.rejects) + 1
        self.rejects += [replace(row, reject_id=number) for number, row in enumerate(rows, first)]

    def _height(self, unit_id: str) -> int:
        level = self.context.organisation.level(unit_id)
        if level is not None:
            return _HEIGHTS[level]
        return SCHOOL_HEIGHT if _SCHOOL_ID.match(unit_id) else _TOP_HEIGHT

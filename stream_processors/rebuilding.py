"""Ledgers and tallies made anew from the log, beside the live ones, compared, and put in place.

Events go on coming meanwhile. A school is swapped under its lock: what its ledgers hold by then is
the log up to the stored positions, so the rest of the log up to there is folded in first.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, suppress
from datetime import date, timedelta
from itertools import groupby
from typing import NamedTuple, Protocol

from stream_processors.contexts import Contexts
from stream_processors.folding import Events, measure_ledger
from wuguan.domain.envelope import Envelope
from wuguan.domain.errors import Misconfigured
from wuguan.domain.instants import FIRST_DAY
from wuguan.domain.ledger import EMPTY, Ledger, LedgerKey, fold, ledger_key, winner
from wuguan.domain.managements import MANAGEMENTS
from wuguan.domain.measure import Measured
from wuguan.domain.periods import PeriodMark
from wuguan.domain.remeasuring import ever_above
from wuguan.domain.rollup import Mark
from wuguan.ports import Ledgers, LedgerWriting, Place, RebuiltLedgers, Store

# A school is locked for so many days at once: short enough for its events not to wait long.
_DAYS_AT_ONCE = 28
_EVENTS_AT_ONCE = 20_000
_NOTHING = Measured()
_DAY = timedelta(days=1)


class Scope(NamedTuple):
    """What to rebuild."""

    managements: Collection[str] = tuple(MANAGEMENTS)
    schools: Collection[str] | None = None
    """None: all."""
    from_day: date = FIRST_DAY
    to_day: date = date(9000, 1, 1)

    def holds(self, key: LedgerKey) -> bool:
        """Whether a ledger is to be rebuilt."""
        return (
            key.management in self.managements
            and (self.schools is None or key.school_id in self.schools)
            and self.from_day <= key.day <= self.to_day
        )


class Log(Protocol):
    """The log, read by place and offset outside of any consumer."""

    def places(self, managements: Collection[str]) -> Sequence[Place]:
        """The places that hold events of these managements, of whatever school.

        All of them: partitions may have been added, and others may hash keys in their own way.
        """

    def beginnings(self, places: Collection[Place]) -> Mapping[Place, int]:
        """The first offset that each place still keeps."""

    def ends(self, places: Collection[Place]) -> Mapping[Place, int]:
        """The next offset to be written in each place."""

    def has_a_predecessor(self) -> bool:
        """Whether events came in through another log before this one."""

    def events(self, place: Place, first: int, end: int) -> Iterator[Sequence[Envelope]]:
        """The events of each record from `first` up to, and without, `end`."""


class Compared(NamedTuple):
    """How many ledgers were the same, and what became of the others."""

    same: int = 0
    mended: int = 0
    added: int = 0
    removed: int = 0
    tallies: int = 0
    """School-days and managements whose tallies did not fit facts that were the same."""

    def plus(self, other: "Compared") -> "Compared":
        """The sums."""
        return Compared(*map(sum, zip(self, other, strict=True)))


Progress = Callable[[str, int, int], None]
"""Told a step, how much of it is done, and of how much."""


class _OnlyCompared(Exception):
    """Undoes a transaction whose outcome was only to be known."""


class Rebuild:
    """One rebuild of one store."""

    def __init__(
        self, store: Store, log: Log, scope: Scope, *, swap: bool, progress: Progress
    ) -> None:
        self._store = store
        self._log = log
        self._scope = scope
        self._swap = swap
        self._progress = progress
        self._contexts = Contexts(store.roster)
        self._read: dict[Place, int] = {}
        self._whole = True

    def run(self) -> Compared:
        """Folds the log anew, then compares and swaps school by school."""
        places = self._log.places(self._scope.managements)
        self._refuse_another_log(places)
        beginnings = self._log.beginnings(places)
        # What retention has removed can no longer speak for the facts it left behind.
        # Nor what came through another log before this one.
        self._whole = not (
            any(beginnings.values())
            or self._log.has_a_predecessor()
            or self._store.ledgers.begun_again(places)
        )
        self._read = dict(beginnings)
        compared = Compared()
        with self._store.rebuilding.begun() as rebuilt:
            self._fold(rebuilt, places)
            schools = self._schools(rebuilt)
            for number, school in enumerate(schools):
                self._progress("schools", number, len(schools))
                self._fold(rebuilt, places, late=True)
                compared = compared.plus(self._compare(rebuilt, school))
            self._progress("schools", len(schools), len(schools))
        return compared

    def _refuse_another_log(self, places: Collection[Place]) -> None:
        """Misconfigured where the log holds less than was taken from it: it is not the same."""
        stored, ends = self._store.ledgers.positions(places), self._log.ends(places)
        shorter = sorted(place for place in places if stored[place] > ends[place])
        if shorter:
            topic, partition = shorter[0]
            raise Misconfigured(
                [
                    f"{topic}/{partition}: 日志比已处理的位置短,主题可能是重新建立的;"
                    "为免丢失原有数据,未作任何改动"
                    " / the log ends before the stored position: the topic was made anew, and a"
                    " rebuild would lose what the former one held. Nothing was changed."
                ]
            )

    # ---- folding

    def _fold(self, rebuilt: Ledgers, places: Collection[Place], *, late: bool = False) -> None:
        """Folds what was taken of these places since they were read last.

        Not further: what no consumer has taken yet is not what the live ledgers lack.
        """
        stored = self._store.ledgers.positions(places)
        ends = {place: max(stored[place], self._read[place]) for place in places}
        total = sum(ends[place] - self._read[place] for place in places)
        done = 0
        for place in places:
            first, end = self._read[place], ends[place]
            for events in _in_portions(self._log.events(place, first, end)):
                self._put(rebuilt, self._wanted(events))
            done += end - first
            self._read[place] = end
            if not late:
                self._progress("records", done, total)

    def _wanted(self, events: Iterable[Envelope]) -> Events:
        wanted: dict[LedgerKey, list[Envelope]] = {}
        for event in events:
            key = ledger_key(event)
            if self._scope.holds(key):
                wanted.setdefault(key, []).append(event)
        return wanted

    def _put(self, rebuilt: Ledgers, events: Events) -> None:
        schools = {key.school_id for key in events}
        with rebuilt.writing(schools) as writing:
            ledgers = writing.load(events.keys())
            folded = {key: fold(ledgers.get(key, EMPTY), of) for key, of in events.items()}
            # Measured when they are put in place, in the context of that moment.
            writing.put({key: (ledger, _NOTHING) for key, ledger in folded.items()})

    # ---- comparing

    def _schools(self, rebuilt: Ledgers) -> Sequence[str]:
        found = {
            *self._store.roster.context().organisation.school_ids(),
            *rebuilt.schools(),
            *self._store.ledgers.schools(),
        }
        wanted = self._scope.schools
        return sorted(found if wanted is None else found & set(wanted))

    def _compare(self, rebuilt: RebuiltLedgers, school: str) -> Compared:
        compared = Compared()
        days = self._days_of(rebuilt, school)
        for first, last in _windows(days):
            with suppress(_OnlyCompared), ExitStack() as opened:
                writing = opened.enter_context(self._store.ledgers.writing([school]))
                aside = opened.enter_context(rebuilt.writing([school]))
                found = self._of_window(rebuilt, writing, aside, school, first, last)
                compared = compared.plus(found)
                if not self._swap:
                    # All was done as it would be, and is undone with the transaction.
                    raise _OnlyCompared
        if self._swap:
            self._mark_periods(school)
        return compared

    def _mark_periods(self, school: str) -> None:
        """All periods are summed again, up to the top, of whatever ever stood above."""
        above = ever_above(self._store.roster.context().organisation, school)
        self._store.periods.mark(
            [
                PeriodMark(unit, name, None)
                for unit in (school, *sorted(above))
                for name in self._scope.managements
            ]
        )

    def _days_of(self, rebuilt: Ledgers, school: str) -> Sequence[date]:
        first, last = self._scope.from_day, self._scope.to_day
        with rebuilt.writing([school]) as aside:
            days = {key.day for key in aside.keys_of(school, first, last)}
        return sorted(days | set(self._store.remeasuring.days_with_figures(school, first, last)))

    def _of_window(
        self,
        rebuilt: RebuiltLedgers,
        writing: LedgerWriting,
        aside: LedgerWriting,
        school: str,
        first: date,
        last: date,
    ) -> Compared:
        """Compares a school's ledgers of some days under its lock, and puts the new in place."""
        keys = {*writing.keys_of(school, first, last), *aside.keys_of(school, first, last)}
        late = self._late(school, first, last)
        wanted = sorted({key for key in keys if self._scope.holds(key)} | late.keys())
        live, anew = writing.load(wanted), dict(aside.load(wanted))
        for key, events in late.items():
            anew[key] = fold(anew.get(key, EMPTY), events)
        if not self._whole:
            anew = {key: _joined(live.get(key, EMPTY), anew.get(key, EMPTY)) for key in wanted}
        rebuilt.require_intact()
        moved = self._put_in_place(writing, live, anew)
        self._mark(writing, school, first, last)
        return _compared(live, anew)._replace(tallies=moved)

    def _late(self, school: str, first: date, last: date) -> Events:
        """What the school's ledgers hold by now of the log beyond what was read of it."""
        places = self._log.places(self._scope.managements)
        # Under the school's lock: nobody can have written events of it that lie further.
        stored = self._store.ledgers.positions(places)
        late: dict[LedgerKey, list[Envelope]] = {}
        for place in places:
            # A partition may have been added meanwhile.
            for events in self._log.events(place, self._read.get(place, 0), stored[place]):
                for key, of in self._wanted(events).items():
                    if key.school_id == school and first <= key.day <= last:
                        late.setdefault(key, []).extend(of)
        return late

    def _put_in_place(
        self,
        writing: LedgerWriting,
        live: Mapping[LedgerKey, Ledger],
        anew: Mapping[LedgerKey, Ledger],
    ) -> int:
        """Writes what differs; on how many school-days tallies did not fit the same facts."""
        context = self._contexts.at_least(writing.context_version)
        # The very object that stands tells that its facts need not be written.
        same = {key: live[key] for key, ledger in anew.items() if live.get(key) == ledger}
        moved = writing.put(
            {key: (one, measure_ledger(key, one, context)) for key, one in same.items()}
        )
        writing.put(
            {
                key: (one, measure_ledger(key, one, context))
                for key, one in anew.items()
                if key not in same
            }
        )
        gone = live.keys() - anew.keys()
        if gone:
            writing.remove(gone)
        return len(moved)

    def _mark(self, writing: LedgerWriting, school: str, first: date, last: date) -> None:
        """Every day is added up again, up to the top: a wrong sum above is mended too."""
        organisation = self._contexts.at_least(writing.context_version).organisation
        days = self._store.remeasuring.days_with_figures(school, first, last)
        keys = writing.keys_of(school, first, last)
        writing.mark(
            [
                Mark(unit, day, management)
                for day in sorted({*days, *(key.day for key in keys)})
                for unit in organisation.path(school, day) or (school,)
                for management in self._scope.managements
            ]
        )


def _joined(one: Ledger, other: Ledger) -> Ledger:
    """What both say, the later statement of each fact."""
    joined = dict(one)
    for slot, register in other.items():
        joined[slot] = winner(joined[slot], register) if slot in joined else register
    return joined


def _compared(live: Mapping[LedgerKey, Ledger], anew: Mapping[LedgerKey, Ledger]) -> Compared:
    both = live.keys() & anew.keys()
    same = sum(live[key] == anew[key] for key in both)
    return Compared(same, len(both) - same, len(anew) - len(both), len(live) - len(both))


def _in_portions(records: Iterable[Sequence[Envelope]]) -> Iterator[Sequence[Envelope]]:
    """The events of many records at once, so that a ledger is written seldom."""
    portion: list[Envelope] = []
    for events in records:
        portion += events
        if len(portion) >= _EVENTS_AT_ONCE:
            yield portion
            portion = []
    if portion:
        yield portion


def _windows(days: Sequence[date]) -> Iterator[tuple[date, date]]:
    """The days, in spans of a few weeks."""
    for _, group in groupby(days, lambda day: day.toordinal() // _DAYS_AT_ONCE):
        members = list(group)
        yield members[0], members[-1]

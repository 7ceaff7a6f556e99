"""The calendar: which days are school days for a class, and on which days a metric is asked for.

Everything is decided along a path: the school, then the units above it in the tree of that day.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum
from typing import Literal, NamedTuple

from msgspec import Struct

from wuguan.domain.roster import Stage

Every = Literal["day", "week"]
Path = tuple[str, ...]


class Term(Struct, frozen=True):
    """A term, both days included. No stages: for all."""

    from_day: date
    to_day: date
    stages: tuple[Stage, ...] = ()


class CalendarException(Struct, frozen=True):
    """Days that are, or are not, school days whatever the week and the nation say."""

    from_day: date
    to_day: date
    school_day: bool
    reason: str
    stages: tuple[Stage, ...] = ()


class PlanEntry(Struct, frozen=True):
    """From a day on, a metric is asked for every day or on one ISO weekday."""

    metric: str
    every: Every
    weekday: int | None
    from_day: date

    def asks_on(self, day: date) -> bool:
        """Whether the metric is asked for on a day."""
        return self.every == "day" or self.weekday == day.isoweekday()


class UnitCalendar(Struct, frozen=True):
    """What one unit has laid down for itself and all below it."""

    unit_id: str
    terms: tuple[Term, ...] = ()
    exceptions: tuple[CalendarException, ...] = ()
    plan: tuple[PlanEntry, ...] = ()


class NationalYear(Struct, frozen=True):
    """The national arrangement of one year, as its notice states it."""

    notice: str
    verified: bool
    weekdays_off: frozenset[date]
    weekend_days_worked: frozenset[date]


class NationalDays(Struct, frozen=True):
    """The national working days and days off of the years that have data."""

    years: Mapping[int, NationalYear]

    def kind(self, day: date) -> Literal["work", "rest", "unknown"]:
        """Whether the nation works on a day; unknown in a year without data, never guessed."""
        year = self.years.get(day.year)
        if year is None:
            return "unknown"
        if day in year.weekdays_off:
            return "rest"
        return "work" if day.isoweekday() <= 5 or day in year.weekend_days_worked else "rest"


class DayType(StrEnum):
    """What a day is for a class."""

    SCHOOL_DAY = "school_day"
    NOT_IN_TERM = "not_in_term"
    EXCEPTION_OFF = "exception_off"
    REST_DAY = "rest_day"
    UNKNOWN = "unknown"


_NATIONAL = {"work": DayType.SCHOOL_DAY, "rest": DayType.REST_DAY, "unknown": DayType.UNKNOWN}


class _Turns(NamedTuple):
    """The plan of one metric along one path: from which day on which entry decides."""

    from_days: tuple[date, ...]
    entries: tuple[PlanEntry, ...]


class Calendars:
    """Answers what a day is. Never changes.

    Answers are remembered by the units of a path that have a calendar of their own, so schools
    without one share them.
    """

    def __init__(self, calendars: Mapping[str, UnitCalendar], national: NationalDays) -> None:
        self._calendars = dict(calendars)
        self.national = national
        self._deciding: dict[Path, Path] = {}
        self._terms: dict[tuple[Path, Stage], tuple[Term, ...]] = {}
        self._day_types: dict[tuple[Path, Stage], dict[date, DayType]] = {}
        self._turns: dict[tuple[Path, str], _Turns] = {}

    def unit_ids(self) -> frozenset[str]:
        """The units that have laid down anything."""
        return frozenset(self._calendars)

    def calendar_of(self, unit_id: str) -> UnitCalendar | None:
        """What one unit has laid down, if anything."""
        return self._calendars.get(unit_id)

    def is_school_day(self, path: Path, stage: Stage, day: date) -> bool:
        """Whether a day is a school day for classes of a stage."""
        return self.day_type(path, stage, day) is DayType.SCHOOL_DAY

    def day_type(self, path: Path, stage: Stage, day: date) -> DayType:
        """What a day is for classes of a stage; `path` is the school's on that day."""
        deciding = self._deciding_units(path), stage
        days = self._day_types.get(deciding)
        if days is None:
            days = self._day_types[deciding] = {}
        found = days.get(day)
        if found is None:
            found = days[day] = self._judge(*deciding, day)
        return found

    def terms_of(self, path: Path, stage: Stage) -> tuple[Term, ...]:
        """The terms of the nearest unit that has a term entry for the stage at all."""
        key = self._deciding_units(path), stage
        terms = self._terms.get(key)
        if terms is None:
            terms = self._terms[key] = self._nearest_terms(*key)
        return terms

    def asks(self, path: Path, metric: str, day: date) -> bool:
        """Whether the plan asks for a metric on a day; without a plan, every day."""
        entry = self.plan_of(path, metric, day)
        return entry is None or entry.asks_on(day)

    def plan_of(self, path: Path, metric: str, day: date) -> PlanEntry | None:
        """The plan entry that decides on a day, or None where no unit has one by then.

        It is the latest of the nearest unit that names the metric with a `from` not after the
        day; of two with the same `from` the later in the list.
        """
        key = self._deciding_units(path), metric
        turns = self._turns.get(key)
        if turns is None:
            turns = self._turns[key] = self._turns_of(*key)
        place = bisect_right(turns.from_days, day)
        return turns.entries[place - 1] if place else None

    def _deciding_units(self, path: Path) -> Path:
        deciding = self._deciding.get(path)
        if deciding is None:
            deciding = tuple(unit for unit in path if unit in self._calendars)
            self._deciding[path] = deciding
        return deciding

    def _judge(self, path: Path, stage: Stage, day: date) -> DayType:
        if not any(term.from_day <= day <= term.to_day for term in self.terms_of(path, stage)):
            return DayType.NOT_IN_TERM
        for unit in path:
            named = [e for e in self._calendars[unit].exceptions if _names(e, stage, day)]
            if named:
                return DayType.SCHOOL_DAY if named[-1].school_day else DayType.EXCEPTION_OFF
        return _NATIONAL[self.national.kind(day)]

    def _nearest_terms(self, path: Path, stage: Stage) -> tuple[Term, ...]:
        for unit in path:
            terms = tuple(t for t in self._calendars[unit].terms if _is_for(t.stages, stage))
            if terms:
                return terms
        return ()

    def _turns_of(self, path: Path, metric: str) -> _Turns:
        turns: list[PlanEntry] = []
        for unit in path:
            own = _by_from_day(e for e in self._calendars[unit].plan if e.metric == metric)
            # From its first entry on, the nearer unit decides for good.
            turns = [e for e in own if not turns or e.from_day < turns[0].from_day] + turns
        return _Turns(tuple(entry.from_day for entry in turns), tuple(turns))


def _is_for(stages: tuple[Stage, ...], stage: Stage) -> bool:
    return not stages or stage in stages


def _names(exception: CalendarException, stage: Stage, day: date) -> bool:
    return exception.from_day <= day <= exception.to_day and _is_for(exception.stages, stage)


def _by_from_day(entries: Iterable[PlanEntry]) -> list[PlanEntry]:
    latest = {entry.from_day: entry for entry in entries}
    return [latest[day] for day in sorted(latest)]

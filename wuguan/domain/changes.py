"""Which class-days must be measured again when the roster or a calendar changes."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from typing import TypeVar

from msgspec import Struct

from wuguan.domain.calendar import CalendarException, PlanEntry, Term, UnitCalendar
from wuguan.domain.instants import FIRST_DAY
from wuguan.domain.known_class import (
    day_after,
    days_of_change,
    is_valid_on,
    pupils_on,
    standing_nil_on,
)
from wuguan.domain.organisation import Organisation
from wuguan.domain.roster import RosterEntries, School, SchoolClass

_DAYS_BEFORE = timedelta(days=2)
"""Tomorrow's calendar decides today's sleep, that of the next two days whether it is a Friday."""

_Days = tuple[date, date | None]
T = TypeVar("T")
L = TypeVar("L", CalendarException, PlanEntry)


class Span(Struct, frozen=True):
    """Days of a school to be measured again, both included; no `to_day`: from then on."""

    school_id: str
    from_day: date
    to_day: date | None


def changed_entries(before: Organisation, entries: RosterEntries) -> RosterEntries:
    """The entries that say something else than the roster does; none of a repeated document."""
    known = before.entries()
    return RosterEntries(
        _unknown_of(entries.units, known.units),
        _unknown_of(entries.schools, known.schools),
        tuple(c for c in entries.classes if before.class_entry(c.school_id, c.class_id) != c),
    )


def roster_spans(
    before: Organisation, after: Organisation, changed: RosterEntries
) -> tuple[Span, ...]:
    """The days on which a changed roster can change what is measured, one span a school.

    Names decide nothing. A change of a unit or of the place or system of a school concerns every
    school that is below it on the days that differ, in the tree before or after.
    """
    spans: list[tuple[str, _Days]] = []
    for entry in changed.classes:
        former = before.class_entry(entry.school_id, entry.class_id)
        days = _class_days_that_differ(former, entry)
        if days is not None:
            spans.append((entry.school_id, days))
    moved = _moved(before, after, changed)
    return _merged([*spans, *(one for one in moved if after.level(one[0]) == "school")])


def calendar_spans(
    organisation: Organisation, before: UnitCalendar | None, after: UnitCalendar | None
) -> tuple[Span, ...]:
    """The days on which a changed calendar can change what is measured, one span a school."""
    one = after or before
    if one is None:
        return ()
    was, now = before or UnitCalendar(one.unit_id), after or UnitCalendar(one.unit_id)
    days = _calendar_days_that_differ(was, now)
    if days is None:
        return ()
    return _merged((school_id, days) for school_id in _below(organisation, one.unit_id, days))


def units_moved(
    before: Organisation, after: Organisation, changed: RosterEntries
) -> tuple[str, ...]:
    """The units and schools with another path on some day: other terms may be theirs."""
    return tuple(sorted({unit_id for unit_id, _ in _moved(before, after, changed)}))


def units_of_other_terms(
    organisation: Organisation, before: UnitCalendar | None, after: UnitCalendar
) -> tuple[str, ...]:
    """The units and schools whose days may count to other terms, also days that lie in none."""
    if (before.terms if before else ()) == after.terms:
        return ()
    return organisation.units_below_within(after.unit_id, date.min, date.max)


def class_days(spans: Iterable[Span], organisation: Organisation, today: date) -> int:
    """How many class-days of known classes lie in the spans, up to today.

    A class counts as known on the days on which it is valid and has pupils; whether its grade
    fits its stage and its school is open is not looked at, so that the count stays cheap.
    """
    return sum(
        _days_with_pupils(entry, span.from_day, min(span.to_day or today, today))
        for span in spans
        for entry in organisation.classes_of(span.school_id)
    )


def _unknown_of(entries: tuple[T, ...], known: tuple[T, ...]) -> tuple[T, ...]:
    there = set(known)
    return tuple(entry for entry in entries if entry not in there)


def _class_days_that_differ(former: SchoolClass | None, entry: SchoolClass) -> _Days | None:
    breaks = {*days_of_change(entry), *(days_of_change(former) if former else ())}
    return _days_that_differ(
        breaks, lambda day: _said_of(former, day), lambda d: _said_of(entry, d)
    )


def _said_of(entry: SchoolClass | None, day: date) -> object:
    """All that measuring sees of a class on a day; its grade as the two facts behind it."""
    if entry is None or not is_valid_on(entry, day):
        return None
    pupils = pupils_on(entry, day)
    nil = standing_nil_on(entry, day)
    return (entry.stage, entry.entry_year, pupils, nil) if pupils else None


def _moved(
    before: Organisation, after: Organisation, changed: RosterEntries
) -> Iterator[tuple[str, _Days]]:
    """The units and schools below what has another place, itself included, and on which days."""
    for place in dict.fromkeys(entry.unit_id for entry in changed.places):
        days = _place_days_that_differ(place, before, after)
        if days is not None:
            for tree in (before, after):
                for unit_id in tree.units_below_within(place, days[0], days[1] or date.max):
                    yield unit_id, days


def _place_days_that_differ(
    unit_id: str, before: Organisation, after: Organisation
) -> _Days | None:
    breaks = {*before.tree_changes_of(unit_id), *after.tree_changes_of(unit_id)}
    return _days_that_differ(
        breaks, lambda day: _place(before, unit_id, day), lambda day: _place(after, unit_id, day)
    )


def _place(organisation: Organisation, unit_id: str, day: date) -> object:
    entry = organisation.entry_holding(unit_id, day)
    if entry is None:
        return None
    return entry.level, entry.parent, entry.system if isinstance(entry, School) else None


def _days_that_differ(
    breaks: Iterable[date], former: Callable[[date], object], now: Callable[[date], object]
) -> _Days | None:
    """From the first to the last day on which two answers that change at the breaks differ."""
    starts = sorted({date.min, *breaks})
    ends = [start - timedelta(days=1) for start in starts[1:]]
    differing = [
        (start, end)
        for start, end in zip(starts, [*ends, None], strict=True)
        if former(start) != now(start)
    ]
    return (differing[0][0], differing[-1][1]) if differing else None


def _calendar_days_that_differ(was: UnitCalendar, now: UnitCalendar) -> _Days | None:
    # A first term for a stage switches off the terms of the units above, on whatever days.
    if _stages_with_terms(was) != _stages_with_terms(now):
        return date.min, None
    terms = set(was.terms) ^ set(now.terms)
    exceptions = _differing_lists(was.exceptions, now.exceptions)
    plan = _differing_lists(was.plan, now.plan)
    dated: list[Term | CalendarException] = [*terms, *exceptions]
    starts = [entry.from_day for entry in (*dated, *plan)]
    if not starts:
        return None
    return min(starts), None if plan else max(entry.to_day for entry in dated)


def _stages_with_terms(calendar: UnitCalendar) -> set[str]:
    every: tuple[str, ...] = ("primary", "junior", "senior")
    return {stage for term in calendar.terms for stage in term.stages or every}


def _differing_lists(was: tuple[L, ...], now: tuple[L, ...]) -> set[L]:
    """The entries that only one of two lists has, and those whose order may have changed.

    Order counts, since the later of two entries decides; of equal ones only the last matters.
    """
    was, now = _last_of_equals(was), _last_of_equals(now)
    common = set(was) & set(now)
    former, latter = ([e for e in listed if e in common] for listed in (was, now))
    moved = {e for pair in zip(former, latter, strict=True) if pair[0] != pair[1] for e in pair}
    return (set(was) ^ set(now)) | moved


def _last_of_equals(listed: tuple[L, ...]) -> tuple[L, ...]:
    return tuple(reversed(dict.fromkeys(reversed(listed))))


def _below(organisation: Organisation, unit_id: str, days: _Days) -> tuple[str, ...]:
    return organisation.schools_below_within(unit_id, days[0], days[1] or date.max)


def _merged(spans: Iterable[tuple[str, _Days]]) -> tuple[Span, ...]:
    """One span a school, from the first to the last day, with the days before that it decides."""
    merged: dict[str, _Days] = {}
    for school_id, (first, last) in spans:
        if last is not None and last < FIRST_DAY:
            continue
        so_far = merged.get(school_id, (first, last))
        to_day = None if last is None or so_far[1] is None else max(last, so_far[1])
        merged[school_id] = min(first, so_far[0]), to_day
    return tuple(
        Span(school, _decided_from(merged[school][0]), merged[school][1])
        for school in sorted(merged)
    )


def _decided_from(first: date) -> date:
    return max(first, FIRST_DAY + _DAYS_BEFORE) - _DAYS_BEFORE


def _days_with_pupils(entry: SchoolClass, first: date, last: date) -> int:
    """How many days of the range the class is valid and has pupils."""
    starts = sorted({first, *(d for d in days_of_change(entry) if first < d <= last)})
    ends = [*starts[1:], day_after(last)]
    return sum(
        (end - start).days
        for start, end in zip(starts, ends, strict=True)
        if start < end and is_valid_on(entry, start) and pupils_on(entry, start)
    )

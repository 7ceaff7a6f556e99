"""Grains: which day stands for a day when figures are summed over weeks, months or terms."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, timedelta
from itertools import groupby
from typing import NamedTuple

from api.tally_query import Grain
from wuguan.domain.calendar import Calendars, Term
from wuguan.domain.context import Context
from wuguan.domain.roster import STAGES, Stage

ShownDay = Callable[[str, Stage | None, date], date]
"""The day to show for (unit, stage or None for all, day)."""

_DAY = timedelta(days=1)


class Run(NamedTuple):
    """Days one after another that are shown as one."""

    first: date
    last: date
    shown: date


def shown_day(
    grain: Grain, context: Context, stages_of: Callable[[str], Sequence[Stage]]
) -> ShownDay:
    """How days are shown under a grain."""
    match grain:
        case "day":
            return lambda unit, stage, day: day
        case "week":
            return lambda unit, stage, day: day - timedelta(days=day.weekday())
        case "halfmonth":
            return lambda unit, stage, day: day.replace(day=1 if day.day < 16 else 16)
        case "month":
            return lambda unit, stage, day: day.replace(day=1)
        case "term":
            return _Terms(context, stages_of)


def days(first: date, last: date) -> Iterator[date]:
    """Every day of a range, both ends included."""
    while first <= last:
        yield first
        first += _DAY


def runs(of: Iterable[date], show: Callable[[date], date]) -> list[Run]:
    """Days in order, taken together as long as they follow one another and show the same."""
    numbered = ((day.toordinal() - place, show(day), day) for place, day in enumerate(of))
    found = []
    for (_, shown), group in groupby(numbered, key=lambda one: one[:2]):
        members = [day for _, _, day in group]
        found.append(Run(members[0], members[-1], shown))
    return found


class _Terms:
    """The term that the unit's nearest calendar has for a stage on a day, by its first day.

    A day in no term counts to the term begun before it; before the first term, and where there
    is none, to the half of the school year (from 1 August, from 1 February). Without a stage the
    terms of all the unit's stages are joined where they overlap.
    """

    def __init__(self, context: Context, stages_of: Callable[[str], Sequence[Stage]]) -> None:
        self._organisation = context.organisation
        self._calendars: Calendars = context.calendars
        self._stages_of = stages_of
        self._found: dict[tuple[tuple[str, ...], Sequence[Stage]], list[Run]] = {}

    def __call__(self, unit: str, stage: Stage | None, day: date) -> date:
        stages = self._stages_of(unit) if stage is None else (stage,)
        path = self._organisation.path(unit, day)
        terms = self._found.get((path, stages))
        if terms is None:
            terms = self._found[path, stages] = self._terms(path, stages)
        begun = [term for term in terms if term.first <= day]
        holding = [term for term in begun if day <= term.last] or begun
        return holding[-1].shown if holding else _half_year(day)

    def _terms(self, path: tuple[str, ...], stages: Sequence[Stage]) -> list[Run]:
        found = [term for stage in stages for term in self._calendars.terms_of(path, stage)]
        if len(stages) > 1:
            return _joined(found)
        # Of two that hold a day the later begun counts.
        return [Run(t.from_day, t.to_day, t.from_day) for t in sorted(found, key=_by_first)]


def _joined(terms: Iterable[Term]) -> list[Run]:
    joined: list[Run] = []
    for term in sorted(terms, key=_by_first):
        if joined and term.from_day <= joined[-1].last:
            before = joined.pop()
            joined.append(Run(before.first, max(before.last, term.to_day), before.shown))
        else:
            joined.append(Run(term.from_day, term.to_day, term.from_day))
    return joined


def _by_first(term: Term) -> tuple[date, date]:
    return term.from_day, term.to_day


def _half_year(day: date) -> date:
    if day.month >= 8:
        return date(day.year, 8, 1)
    return date(day.year, 2, 1) if day.month >= 2 else date(day.year - 1, 8, 1)


def stages_below(context: Context, unit: str, first: date, last: date) -> tuple[Stage, ...]:
    """The stages of the classes that the unit's schools have, on any day of the range."""
    organisation = context.organisation
    found = {
        entry.stage
        for school in organisation.schools_below_within(unit, first, last)
        for entry in organisation.classes_of(school)
    }
    return tuple(stage for stage in STAGES if stage in found)

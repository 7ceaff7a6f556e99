"""Periods: half-months, months and terms, and which day stands for a day when days are summed.

A half-month is 1–15 or 16–end. A term is the one that the unit's nearest calendar has for a stage;
a day in no term counts to the term begun before it; before the first term, and where there is
none, to the half of the school year (from 1 August, from 1 February).
"""

from calendar import monthrange
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import MAXYEAR, MINYEAR, date, timedelta
from itertools import groupby
from typing import Literal, NamedTuple, get_args

from wuguan.domain.calendar import Calendars, Term
from wuguan.domain.context import Context
from wuguan.domain.instants import FIRST_DAY
from wuguan.domain.known_class import day_after
from wuguan.domain.managements import MANAGEMENTS
from wuguan.domain.remeasuring import ever_above
from wuguan.domain.roster import STAGES, Stage

PeriodGrain = Literal["halfmonth", "month", "term"]
"""The grains whose figures are kept, summed from days, for every unit."""
Grain = Literal["day", "week", "halfmonth", "month", "term"]
PERIOD_GRAINS: tuple[PeriodGrain, ...] = get_args(PeriodGrain)

ShownDay = Callable[[str, Stage | None, date], date]
"""The day to show for (unit, stage or None for all, day)."""

_DAY = timedelta(days=1)


class Run(NamedTuple):
    """Days one after another that are shown as one."""

    first: date
    last: date
    shown: date


class PeriodKey(NamedTuple):
    """What is summed at once: the periods of one management of a unit, schools among them."""

    unit_id: str
    management: str


class PeriodMark(NamedTuple):
    """The periods that a day counts to are to be summed again; no day: all of the unit's."""

    unit_id: str
    management: str
    day: date | None

    @property
    def key(self) -> PeriodKey:
        """What it is a mark of."""
        return PeriodKey(self.unit_id, self.management)


def all_periods(unit_ids: Iterable[str]) -> list[PeriodMark]:
    """Marks of everything that is summed of these units."""
    return [PeriodMark(unit, name, None) for unit in unit_ids for name in MANAGEMENTS]


class PeriodSpan(NamedTuple):
    """Days, both ends included, that are summed in one period: of a stage, or of every one."""

    grain: PeriodGrain
    stage: Stage | None
    first_day: date
    """What the period is known by."""
    since: date
    until: date


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


# ---- half-months and months


def halfmonth_of(day: date) -> date:
    """The first day of the half-month."""
    return day.replace(day=1 if day.day < 16 else 16)


def month_of(day: date) -> date:
    """The first day of the month."""
    return day.replace(day=1)


def end_of_halfmonth(day: date) -> date:
    """The last day of the half-month."""
    return day.replace(day=15) if day.day < 16 else end_of_month(day)


def end_of_month(day: date) -> date:
    """The last day of the month."""
    return day.replace(day=monthrange(day.year, day.month)[1])


def whole_halfmonths(since: date, until: date) -> tuple[date, date] | None:
    """The first days of the first and last half-month that lie in a range whole, if any does."""
    first = since if since == halfmonth_of(since) else end_of_halfmonth(since) + _DAY
    last = halfmonth_of(until)
    if until < end_of_halfmonth(until):
        last = halfmonth_of(last - _DAY)
    return (first, last) if first <= last else None


def shown_day(
    grain: Grain, context: Context, stages_of: Callable[[str], Sequence[Stage]]
) -> ShownDay:
    """How days are shown under a grain; `stages_of` tells the stages of a unit."""
    match grain:
        case "day":
            return lambda unit, stage, day: day
        case "week":
            return lambda unit, stage, day: day - timedelta(days=day.weekday())
        case "halfmonth":
            return lambda unit, stage, day: halfmonth_of(day)
        case "month":
            return lambda unit, stage, day: month_of(day)
        case "term":
            terms = Terms(context, stages_of)
            return lambda unit, stage, day: terms.holding(unit, stage, day).shown


# ---- terms


class Terms:
    """The term of a unit and stage on a day, by its first day.

    Without a stage the terms of all the unit's stages are joined where they overlap.
    """

    def __init__(self, context: Context, stages_of: Callable[[str], Sequence[Stage]]) -> None:
        self._organisation = context.organisation
        self._calendars: Calendars = context.calendars
        self._stages_of = stages_of
        self._found: dict[tuple[tuple[str, ...], Sequence[Stage]], list[Run]] = {}

    def holding(self, unit: str, stage: Stage | None, day: date) -> Run:
        """The term that a day counts to, as its calendar has it: the day may lie behind it."""
        stages = self._stages_of(unit) if stage is None else (stage,)
        begun = [term for term in self.of(unit, stages, day) if term.first <= day]
        holding = [term for term in begun if day <= term.last] or begun
        return holding[-1] if holding else _half_year(day)

    def of(self, unit: str, stages: Sequence[Stage], day: date) -> Sequence[Run]:
        """The terms under the tree of a day, by their first days."""
        path = self._organisation.path(unit, day)
        terms = self._found.get((path, stages))
        if terms is None:
            terms = self._found[path, stages] = self._terms(path, stages)
        return terms

    def _terms(self, path: tuple[str, ...], stages: Sequence[Stage]) -> list[Run]:
        found = [term for stage in stages for term in self._calendars.terms_of(path, stage)]
        if len(stages) > 1:
            return _joined(found)
        # Of two that hold a day the later begun counts.
        return [Run(t.from_day, t.to_day, t.from_day) for t in sorted(found, key=_by_first)]


def period_of(terms: Terms, grain: PeriodGrain, unit: str, stage: Stage | None, day: date) -> Run:
    """The period of a unit and stage that a day counts to; the days of a term as in its calendar.

    Without a stage: that of all the stages that the terms know the unit to have.
    """
    match grain:
        case "halfmonth":
            return Run(halfmonth_of(day), end_of_halfmonth(day), halfmonth_of(day))
        case "month":
            return Run(month_of(day), end_of_month(day), month_of(day))
        case "term":
            return terms.holding(unit, stage, day)


def term_runs(context: Context, unit_id: str, stage: Stage, until: date) -> list[Run]:
    """All days up to `until`, by the term that they count to."""
    terms = Terms(context, lambda _: (stage,))
    found: list[Run] = []
    starts = sorted(_breaks(context, unit_id, terms, stage, until))
    for first, following in zip(starts, [*starts[1:], until + _DAY], strict=True):
        shown = terms.holding(unit_id, stage, first).shown
        if found and found[-1].shown == shown:
            first = found.pop().first
        found.append(Run(first, following - _DAY, shown))
    return found


def _breaks(context: Context, unit_id: str, terms: Terms, stage: Stage, until: date) -> set[date]:
    """The days from which another term may hold: between two of them the answer is the same."""
    organisation = context.organisation
    above = (unit_id, *ever_above(organisation, unit_id))
    trees = {FIRST_DAY, *(day for unit in above for day in organisation.tree_changes_of(unit))}
    found = {*trees, *(_half_years(until))}
    for tree in trees:
        for term in terms.of(unit_id, (stage,), max(tree, FIRST_DAY)):
            found |= {term.first, day_after(term.last)}
    return {day for day in found if FIRST_DAY <= day <= until}


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


def _half_year(day: date) -> Run:
    if day.month >= 8:
        first, last = date(day.year, 8, 1), date(min(day.year + 1, MAXYEAR), 1, 31)
    elif day.month >= 2:
        first, last = date(day.year, 2, 1), date(day.year, 7, 31)
    else:
        first = date(day.year - 1, 8, 1) if day.year > MINYEAR else date.min
        last = date(day.year, 1, 31)
    return Run(first, max(first, last), first)


def _half_years(until: date) -> Iterator[date]:
    for year in range(FIRST_DAY.year, until.year + 1):
        yield date(year, 2, 1)
        yield date(year, 8, 1)


def stages_below(context: Context, unit: str, first: date, last: date) -> tuple[Stage, ...]:
    """The stages of the classes that the unit's schools have, on any day of the range."""
    organisation = context.organisation
    schools = organisation.schools_below_within(unit, first, last)
    found = {stage for school in schools for stage in organisation.stages_of(school)}
    return tuple(stage for stage in STAGES if stage in found)


# ---- the periods of a unit


def spans_of(context: Context, unit_id: str, of: Collection[date], today: date) -> list[PeriodSpan]:
    """The periods that these days count to, each with all days up to today that count to it."""
    halves, months = {halfmonth_of(day) for day in of}, {month_of(day) for day in of}
    return [
        *(PeriodSpan("halfmonth", None, day, day, end_of_halfmonth(day)) for day in sorted(halves)),
        *(PeriodSpan("month", None, day, day, end_of_month(day)) for day in sorted(months)),
        *_term_spans(context, unit_id, of, today),
    ]


def spans_between(
    context: Context, unit_id: str, first: date, last: date, today: date
) -> list[PeriodSpan]:
    """All periods that these days count to."""
    starts = [first]
    while (following := day_after(end_of_halfmonth(starts[-1]))) <= last:
        starts.append(following)
    for stage in STAGES:
        starts += [run.first for run in term_runs(context, unit_id, stage, last)]
    return spans_of(context, unit_id, [day for day in starts if first <= day <= last], today)


def _term_spans(
    context: Context, unit_id: str, of: Collection[date], today: date
) -> Iterator[PeriodSpan]:
    # Up to the end of a half-month: what is whole can be summed from the half-months.
    until = end_of_halfmonth(max(today, *of))
    by_stage = {stage: term_runs(context, unit_id, stage, until) for stage in STAGES}
    # As a rule the stages of a unit have the same terms: then they are summed as one.
    alike = len({tuple(of_stage) for of_stage in by_stage.values()}) == 1
    for stage in (None,) if alike else STAGES:
        found = by_stage[stage or STAGES[0]]
        shown = {run.shown for run in found for day in of if run.first <= day <= run.last}
        for run in found:
            if run.shown in shown:
                yield PeriodSpan("term", stage, run.shown, run.first, run.last)

"""The occasion of a unit: its last school day, its half-month, its term."""

from datetime import date, datetime
from weakref import WeakKeyDictionary

from dashboards.occasion import Occasion, Span, last_school_days
from wuguan.domain.context import Context
from wuguan.domain.periods import Terms, stages_below
from wuguan.domain.roster import Stage

REACH_DAYS = 430
"""So far back a school day is looked for: longer than a school year."""

MOST_REMEMBERED = 2_000
_Days = dict[tuple[str, date], tuple[date, ...]]


class Occasions:
    """Finds occasions, and remembers the school days found as long as the context stands."""

    def __init__(self) -> None:
        self._found: WeakKeyDictionary[Context, _Days] = WeakKeyDictionary()

    def of(self, context: Context, unit: str, now: datetime, asked: date | None) -> Occasion:
        """The occasion of a unit now, or on a day of the past that was asked for."""
        until = min(asked, now.date()) if asked else now.date()
        days = self._school_days(context, unit, _within_data(context, until))
        day = days[0] if days else until
        return Occasion(
            now=now,
            day=day,
            day_before=days[1] if len(days) > 1 else None,
            is_asked=until < now.date(),
            has_school_days=bool(days),
            term=_term(context, unit, day) if days else None,
            national_year_missing=_year_without_data(context, now.date()),
        )

    def _school_days(self, context: Context, unit: str, until: date) -> tuple[date, ...]:
        found = self._found.setdefault(context, {})
        if (unit, until) not in found:
            schools = _different_schools(context, unit, until)
            days = last_school_days(
                until,
                lambda day: any(context.is_school_day(s, g, day) for s, g in schools),
                REACH_DAYS,
            )
            if len(found) >= MOST_REMEMBERED:
                found.clear()
            found[unit, until] = tuple(days)
        return found[unit, until]


def _different_schools(context: Context, unit: str, day: date) -> list[tuple[str, Stage]]:
    """Of schools that share a calendar one is enough: a school and a stage that some school has."""
    organisation, own = context.organisation, context.calendars.unit_ids()
    found: dict[tuple[tuple[str, ...], Stage], str] = {}
    for school in organisation.schools_below(unit, day):
        path = organisation.path(school, day)
        shared = path if school in own else path[1:]
        for stage in organisation.stages_of(school):
            found.setdefault((shared, stage), school)
    return [(school, stage) for (_, stage), school in found.items()]


def _term(context: Context, unit: str, day: date) -> Span | None:
    stages = stages_below(context, unit, day, day)
    run = Terms(context, lambda _: stages).holding(unit, None, day)
    return Span(run.first, run.last) if run.first <= day <= run.last else None


def _within_data(context: Context, day: date) -> date:
    """The day, or the last one before it of a year whose national days off are known."""
    years = context.calendars.national.years
    if day.year in years or not years:
        return day
    return date(max((year for year in years if year < day.year), default=day.year), 12, 31)


def _year_without_data(context: Context, today: date) -> int | None:
    return today.year if context.calendars.national.kind(today) == "unknown" else None

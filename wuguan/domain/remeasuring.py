"""What a change of the context sets in motion: spans of days to measure again, school by school."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

from msgspec import Struct

from wuguan.domain.calendar import NationalYear
from wuguan.domain.changes import Span
from wuguan.domain.instants import FIRST_DAY
from wuguan.domain.organisation import Organisation
from wuguan.domain.policy import Span as RuleSpan

_DAYS_BEFORE = timedelta(days=2)


class Work(Struct, frozen=True):
    """Days of a school to be measured again, and the units whose figures follow."""

    school_id: str
    from_day: date
    to_day: date
    units: tuple[str, ...]


def work_of(
    spans: Iterable[Span], before: Organisation, after: Organisation, today: date
) -> Sequence[Work]:
    """The spans as work, up to tomorrow: facts about tomorrow may be there already.

    The units are all that ever stood above the school, before or after: one that lost the school
    must be added up again too, and does not hear of it from below.
    """
    tomorrow = today + timedelta(days=1)
    return [
        Work(
            span.school_id,
            span.from_day,
            min(span.to_day or tomorrow, tomorrow),
            tuple(sorted(ever_above(before, span.school_id) | ever_above(after, span.school_id))),
        )
        for span in spans
        if span.from_day <= tomorrow
    ]


def ever_above(organisation: Organisation, unit_id: str) -> frozenset[str]:
    """Every unit that was above this one under any tree that ever held."""
    above: set[str] = set()
    waiting = [unit_id]
    while waiting:
        for entry in organisation.entries_of(waiting.pop()):
            if entry.parent is not None and entry.parent not in above:
                above.add(entry.parent)
                waiting.append(entry.parent)
    return frozenset(above)


def rule_spans(organisation: Organisation, changed: Iterable[RuleSpan]) -> Sequence[Span]:
    """The schools and days that changed rules concern."""
    return [
        Span(school, max(from_day, FIRST_DAY), to_day)
        for unit, from_day, to_day in changed
        for school in (
            organisation.school_ids() if unit is None else organisation.schools_ever_below(unit)
        )
        if to_day is None or to_day >= FIRST_DAY
    ]


def national_spans(
    organisation: Organisation,
    before: Mapping[int, NationalYear],
    after: Mapping[int, NationalYear],
) -> Sequence[Span]:
    """The schools and years whose national days are no longer the same."""
    years = [year for year in sorted({*before, *after}) if before.get(year) != after.get(year)]
    return [
        Span(school, max(date(year, 1, 1) - _DAYS_BEFORE, FIRST_DAY), date(year, 12, 31))
        for year in years
        for school in organisation.school_ids()
        if year >= FIRST_DAY.year
    ]

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

    Where the tree changed (`before` is another organisation than `after`), the units are all that
    ever stood above the school in either: one that lost the school must be added up again too,
    and does not hear of it from below.
    """
    tomorrow = today + timedelta(days=1)
    return [
        Work(
            span.school_id,
            span.from_day,
            min(span.to_day or tomorrow, tomorrow),
            _units(span.school_id, before, after),
        )
        for span in spans
        if span.from_day <= tomorrow
    ]


def joined(work: Iterable[Work]) -> Sequence[Work]:
    """One piece of work a school: from the first day to the last of all of its pieces."""
    by_school: dict[str, Work] = {}
    for one in work:
        other = by_school.get(one.school_id, one)
        by_school[one.school_id] = Work(
            one.school_id,
            min(one.from_day, other.from_day),
            max(one.to_day, other.to_day),
            tuple(sorted({*one.units, *other.units})),
        )
    return list(by_school.values())


def _units(school_id: str, before: Organisation, after: Organisation) -> tuple[str, ...]:
    if before is after:
        return ()
    return tuple(sorted(ever_above(before, school_id) | ever_above(after, school_id)))


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

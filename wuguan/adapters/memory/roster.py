"""Roster, calendar and rules in memory."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta
from typing import Any, TypeVar

from wuguan.adapters.memory.state import MemoryState
from wuguan.domain.calendar import Calendars, NationalDays
from wuguan.domain.calendar_document import read_calendar
from wuguan.domain.changes import (
    Span,
    calendar_spans,
    changed_entries,
    class_days,
    roster_spans,
    units_moved,
    units_of_other_terms,
)
from wuguan.domain.context import Context
from wuguan.domain.managements import MANAGEMENTS, METRICS
from wuguan.domain.organisation import Organisation
from wuguan.domain.policy import PolicyBook, Rule, changed_from
from wuguan.domain.remeasuring import Work, joined, national_spans, rule_spans, work_of
from wuguan.domain.rollup import Mark
from wuguan.domain.roster_document import read_roster
from wuguan.ports import Changed, Roster, SpanToMeasure

K = TypeVar("K")
V = TypeVar("V")
_UNCHANGED = Changed(0, 0)


class MemoryRoster(Roster):
    """One context, replaced whole when anything in it changes."""

    def __init__(self, state: MemoryState) -> None:
        self._state = state

    def version(self) -> int:
        """The version in force; 0 before anything was put."""
        return self.context().version

    def context(self) -> Context:
        """The context in force; the very same object until something changes."""
        with self._state.lock:
            return self._state.context

    def put_roster(self, document: Any, today: date) -> Changed:
        """Takes the entries that differ, or raises InvalidDocument and changes nothing."""
        with self._state.lock:
            now = self._state.context
            before = now.organisation
            changed = changed_entries(before, read_roster(document, before, MANAGEMENTS))
            if not len(changed):
                return _UNCHANGED
            after = before.with_entries(changed.units, changed.schools, changed.classes)
            spans = roster_spans(before, after, changed)
            tree_before = before if changed.units or changed.schools else after
            self._queue(spans, tree_before, after, today)
            self._state.mark_all_periods(units_moved(before, after, changed))
            self._put(after, now.calendars, now.policy)
            return Changed(len(changed), class_days(spans, after, today))

    def put_calendar(self, document: Any, today: date) -> Changed:
        """Replaces the unit's calendar, or raises InvalidDocument and changes nothing."""
        with self._state.lock:
            state, now = self._state, self._state.context
            calendar = read_calendar(document, now.organisation, METRICS)
            before = state.calendars.get(calendar.unit_id)
            if calendar == before:
                return _UNCHANGED
            spans = calendar_spans(now.organisation, before, calendar)
            self._queue(spans, now.organisation, now.organisation, today)
            state.mark_all_periods(units_of_other_terms(now.organisation, before, calendar))
            state.calendars = {**state.calendars, calendar.unit_id: calendar}
            calendars = Calendars(state.calendars, state.national)
            self._put(now.organisation, calendars, now.policy)
            return Changed(1, class_days(spans, now.organisation, today))

    def put_rules(self, policy: PolicyBook, national: NationalDays, today: date) -> Changed:
        """Takes rules and national days; of those told otherwise the spans are queued."""
        with self._state.lock:
            now, years = self._state.context, self._state.national.years
            changed = _differing(_by_id(now.policy), _by_id(policy))
            changed += _differing(years, national.years)
            if not changed:
                return _UNCHANGED
            organisation = now.organisation
            of_rules = rule_spans(organisation, changed_from(now.policy.rules, policy.rules))
            spans = [*of_rules, *national_spans(organisation, years, national.years)]
            self._queue(spans, organisation, organisation, today)
            self._state.national = national
            self._put(organisation, Calendars(self._state.calendars, national), policy)
            return Changed(changed, class_days(spans, organisation, today))

    def open_days(self, today: date) -> int:
        """Marks all schools with classes on the days since the last one opened."""
        with self._state.lock:
            opened_until = self._state.opened_until or today - timedelta(days=1)
            days = [
                date.fromordinal(ordinal)
                for ordinal in range(opened_until.toordinal() + 1, today.toordinal() + 1)
            ]
            self._state.add_marks(_marks_of(self._state.context.organisation, days))
            self._state.opened_until = max(opened_until, today)
            return len(days)

    def _put(self, organisation: Organisation, calendars: Calendars, policy: PolicyBook) -> None:
        version = self._state.context.version + 1
        self._state.context = Context(version, organisation, calendars, policy)

    def _queue(
        self, spans: Iterable[Span], before: Organisation, after: Organisation, today: date
    ) -> None:
        added = work_of(spans, before, after, today)
        schools = {work.school_id for work in added}
        # What a school still has to do becomes part of what is new; the former span goes.
        waiting = [s for s in self._state.spans.values() if s.school_id in schools]
        for span in waiting:
            del self._state.spans[span.span_id]
        former = [Work(s.school_id, s.from_day, s.to_day, tuple(s.units)) for s in waiting]
        for work in joined((*added, *former)):
            number = next(self._state.numbers)
            self._state.spans[number] = SpanToMeasure(
                number, work.school_id, work.from_day, work.to_day, work.units
            )


def _marks_of(organisation: Organisation, days: Collection[date]) -> list[Mark]:
    schools = [s for s in organisation.school_ids() if organisation.classes_of(s)]
    return [Mark(school, day, name) for day in days for school in schools for name in MANAGEMENTS]


def _by_id(book: PolicyBook) -> Mapping[str, Rule]:
    return {rule.rule_id: rule for rule in book.rules}


def _differing(before: Mapping[K, V], after: Mapping[K, V]) -> int:
    """How many are new, gone or say something else."""
    return sum(before.get(key) != after.get(key) for key in {*before, *after})

"""Roster, calendar and rules: the context of all figures, changed by one writer at a time."""

from collections.abc import Sequence
from datetime import date
from threading import Lock
from typing import Any

from wuguan.adapters.postgres import board_tables, context_tables
from wuguan.adapters.postgres.connections import Connection, Connections
from wuguan.adapters.postgres.marks import insert_marks, insert_period_marks
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
from wuguan.domain.periods import all_periods
from wuguan.domain.policy import PolicyBook, changed_from
from wuguan.domain.remeasuring import national_spans, rule_spans, work_of
from wuguan.domain.rollup import Mark
from wuguan.domain.roster import LEVELS
from wuguan.domain.roster_document import read_roster
from wuguan.ports import Changed


class PostgresRoster:
    """Roster on the tables of the context."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self._context = Context(-1, Organisation((), (), ()), Calendars({}, NationalDays({})),
                                PolicyBook(()))  # fmt: skip
        self._loading = Lock()

    def version(self) -> int:
        """The version in force."""
        with self._connections.transaction(relaxed=True) as connection:
            return context_tables.version(connection)

    def context(self) -> Context:
        """The context in force; read anew only when its version moved."""
        with self._connections.snapshot() as connection:
            return self._current(connection)

    def known(self) -> Context:
        """The context as it was when last looked at: for what may be a little old."""
        return self._context if self._context.version >= 0 else self.context()

    def height(self, unit_id: str) -> int:
        """How high a unit stands in the tree; a school on the ground."""
        level = self.known().organisation.level(unit_id)
        if level is None:
            # Only a school may be heard of before the roster knows it.
            return 0 if len(unit_id) == 10 and unit_id.isdigit() else len(LEVELS) - 1
        return len(LEVELS) - 1 - LEVELS.index(level)

    def put_roster(self, document: Any, today: date) -> Changed:
        """Takes the entries of a document, or raises InvalidDocument and changes nothing."""
        with self._connections.transaction() as connection:
            context = self._locked(connection)
            before = context.organisation
            entries = read_roster(document, before, MANAGEMENTS.keys())
            changed = changed_entries(before, entries)
            if not len(changed):
                return Changed(0, 0)
            after = before.with_entries(changed.units, changed.schools, changed.classes)
            context_tables.put_entries(connection, changed)
            spans = roster_spans(before, after, changed)
            tree_before = before if changed.units or changed.schools else after
            if tree_before is not after:
                board_tables.put_tree(connection, after, today)
            elsewhere = units_moved(before, after, changed)
            insert_period_marks(connection, all_periods(elsewhere))
            return Changed(
                len(changed), _set_in_motion(connection, spans, tree_before, after, today)
            )

    def put_calendar(self, document: Any, today: date) -> Changed:
        """Replaces a unit's calendar, or raises InvalidDocument and changes nothing."""
        with self._connections.transaction() as connection:
            context = self._locked(connection)
            organisation = context.organisation
            calendar = read_calendar(document, organisation, METRICS.keys())
            before = context.calendars.calendar_of(calendar.unit_id)
            if calendar == before:
                return Changed(0, 0)
            context_tables.put_calendar(connection, calendar)
            spans = calendar_spans(organisation, before, calendar)
            of_other_terms = units_of_other_terms(organisation, before, calendar)
            insert_period_marks(connection, all_periods(of_other_terms))
            return Changed(1, _set_in_motion(connection, spans, organisation, organisation, today))

    def put_rules(self, policy: PolicyBook, national: NationalDays, today: date) -> Changed:
        """Takes the rules and national days read at start; what they touch is measured anew."""
        with self._connections.transaction() as connection:
            context = self._locked(connection)
            organisation, years = context.organisation, context.calendars.national.years
            board_tables.make_views(connection)
            board_tables.put_metrics(connection)
            board_tables.put_tree(connection, organisation, today)
            changed = context_tables.put_rules(connection, context.policy, policy)
            changed += context_tables.put_national_years(connection, years, national.years)
            if not changed:
                return Changed(0, 0)
            spans = [
                *rule_spans(organisation, changed_from(context.policy.rules, policy.rules)),
                *national_spans(organisation, years, national.years),
            ]
            return Changed(
                changed, _set_in_motion(connection, spans, organisation, organisation, today)
            )

    def open_days(self, today: date) -> int:
        """Marks the days up to today that nobody opened yet."""
        with self._connections.transaction() as connection:
            context = self._locked(connection)
            row = connection.execute("SELECT opened_day FROM context").fetchone()
            opened = (
                row[0] if row and row[0] is not None else date.fromordinal(today.toordinal() - 1)
            )
            if today >= opened:
                board_tables.put_tree(connection, context.organisation, today)
            days = [
                date.fromordinal(n) for n in range(opened.toordinal() + 1, today.toordinal() + 1)
            ]
            if not days:
                return 0
            organisation = context.organisation
            schools = [s for s in organisation.school_ids() if organisation.classes_of(s)]
            marks = [
                Mark(school, day, management)
                for school in schools
                for day in days
                for management in MANAGEMENTS
            ]
            insert_marks(connection, self.height, marks)
            connection.execute("UPDATE context SET opened_day = %s", (today,))
            return len(days)

    def _locked(self, connection: Connection) -> Context:
        # Documents are read against what is in force: one change at a time.
        connection.execute("SELECT version FROM context FOR UPDATE")
        return self._current(connection)

    def _current(self, connection: Connection) -> Context:
        with self._loading:
            if context_tables.version(connection) != self._context.version:
                self._context = context_tables.load(connection)
            return self._context


def _set_in_motion(
    connection: Connection,
    spans: Sequence[Span],
    before: Organisation,
    after: Organisation,
    today: date,
) -> int:
    context_tables.raise_version(connection)
    context_tables.queue(connection, work_of(spans, before, after, today))
    return class_days(spans, after, today)

"""Everything that figures depend on beside the facts: roster, calendar and policy book.

A context is a value with a version. Figures measured under one version are measured again when
another comes.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from msgspec import Struct

from wuguan.domain.calendar import Calendars
from wuguan.domain.ledger import EMPTY
from wuguan.domain.managements import MANAGEMENTS
from wuguan.domain.measure import measure
from wuguan.domain.measuring import ClassDay, MetricTally
from wuguan.domain.organisation import KnownClass, Organisation
from wuguan.domain.policy import PolicyBook, Rule
from wuguan.domain.roster import Stage

_DAY, _TWO = timedelta(days=1), timedelta(days=2)


class _DayOfStage(Struct, frozen=True):
    """What calendar, plan and policy say of all classes of one grade on one day."""

    calendar_scope: frozenset[str]
    scope: frozenset[str]
    rules: Mapping[str, Rule]
    rule_ids: tuple[str, ...]


class Context:
    """Roster, calendar and policy book as of one version. Immutable; memoises what it is asked."""

    def __init__(
        self, version: int, organisation: Organisation, calendars: Calendars, policy: PolicyBook
    ) -> None:
        self.version = version
        self.organisation = organisation
        self.calendars = calendars
        self.policy = policy
        self._days: dict[tuple[tuple[str, ...], str, int, date, str], _DayOfStage] = {}
        self._with_own = calendars.unit_ids() | policy.unit_ids()
        self._silent: dict[tuple[object, ...], Sequence[MetricTally]] = {}

    def class_day(self, school_id: str, known: KnownClass, day: date, management: str) -> ClassDay:
        """What is known of a class on a day before anything is reported."""
        stage_day = self._day_of_stage(school_id, known.stage, known.grade, day, management)
        return ClassDay(
            known.stage,
            known.grade,
            known.pupils,
            stage_day.scope,
            stage_day.calendar_scope,
            management in known.standing_nil,
            stage_day.rules,
        )

    def class_day_of(
        self, school_id: str, class_id: str, day: date, management: str
    ) -> ClassDay | None:
        """The same by the class's id; None where the class is unknown on the day."""
        known = self.organisation.known_class(school_id, class_id, day)
        return None if known is None else self.class_day(school_id, known, day, management)

    def silent(
        self, school_id: str, known: KnownClass, day: date, management: str
    ) -> Sequence[MetricTally]:
        """The tallies of a class of which nothing was heard: expected, and nothing reported."""
        of_day = self._day_of_stage(school_id, known.stage, known.grade, day, management)
        nil = management in known.standing_nil
        # All that the tallies of an empty ledger depend on; the same on most days of a year.
        key = (management, of_day.scope, of_day.rule_ids, known.pupils, nil)
        tallies = self._silent.get(key)
        if tallies is None:
            class_day = self.class_day(school_id, known, day, management)
            tallies = self._silent[key] = measure(management, EMPTY, class_day).tallies
        return tallies

    def is_school_day(self, school_id: str, stage: Stage, day: date) -> bool:
        """Whether `day` is a school day, judged by the tree and the calendar of that day."""
        path = self.organisation.path(school_id, day)
        return bool(path) and self.calendars.is_school_day(path, stage, day)

    def _day_of_stage(
        self, school_id: str, stage: Stage, grade: int, day: date, management: str
    ) -> _DayOfStage:
        key = (self._sharing(school_id, day), stage, grade, day, management)
        found = self._days.get(key)
        if found is None:
            # Bounded: a province's years of days would not fit.
            if len(self._days) > 200_000:
                self._days.clear()
            found = self._days[key] = self._look_up(school_id, stage, grade, day, management)
        return found

    def _sharing(self, school_id: str, day: date) -> tuple[str, ...]:
        """What stands for all schools that calendar, plan and policy treat alike on a day.

        Those under the same units, unless one has a calendar or a rule of its own, or the tree
        changes until the days that are looked at: else 5,000 schools would be 5,000 answers.
        """
        path = self.organisation.path(school_id, day)
        # The organisation gives the very same path as long as the tree does not change.
        if school_id in self._with_own or self.organisation.path(school_id, day + _TWO) is not path:
            return (school_id,)
        return path[1:]

    def _look_up(
        self, school_id: str, stage: Stage, grade: int, day: date, management: str
    ) -> _DayOfStage:
        path = self.organisation.path(school_id, day)
        by_calendar = self._calendar_scope(school_id, stage, day, management)
        asked = {name for name in by_calendar if self.calendars.asks(path, name, day)}
        rules = {
            name: rule
            for name in by_calendar
            if (rule := self.policy.rule_for(name, path, day, stage, grade)) is not None
        }
        # Reporting is asked for when anything else is.
        reporting = {f"{management}.reporting"} if asked else set()
        ids = tuple(rule.rule_id for _, rule in sorted(rules.items()))
        return _DayOfStage(by_calendar, frozenset(asked | reporting), rules, ids)

    def _calendar_scope(
        self, school_id: str, stage: Stage, day: date, management: str
    ) -> frozenset[str]:
        names = {metric.name for metric in MANAGEMENTS[management].metrics}
        names.discard(f"{management}.reporting")
        tomorrow = self.is_school_day(school_id, stage, day + _DAY)
        # A night counts when it comes before a school day: Sunday's does, Friday's does not.
        if not (tomorrow if management == "sleep" else self.is_school_day(school_id, stage, day)):
            return frozenset()
        if management == "homework":
            weekend = not tomorrow and not self.is_school_day(school_id, stage, day + _TWO)
            names.discard("homework.minutes" if weekend else "homework.weekend_minutes")
        return frozenset(names)

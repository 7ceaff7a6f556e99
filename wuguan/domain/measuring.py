"""Measuring one class-day of one management: facts and context in, tallies and findings out.

Written as a page that the managements fill in: each says which facts give a value, and the rules
that all share (scope, nil reports, two sources, judging) stand here once.
"""

from collections.abc import Mapping, Sequence
from typing import Literal, TypeVar, cast

from msgspec import Struct

from wuguan.domain.event import EventData
from wuguan.domain.policy import Rule
from wuguan.domain.tally import Metric, Number, Tally, round_half_up

Finding = Literal[
    "conflict", "enrolment_understated", "two_sources_differ", "mean_estimated", "off_plan"
]
FactT = TypeVar("FactT", bound=EventData)


class ClassDay(Struct, frozen=True):
    """What is known of a class on a day before anything is reported."""

    stage: str
    grade: int
    pupils: int
    """Enrolment n on the day, > 0."""
    scope: frozenset[str]
    """The metrics in scope by calendar and plan, `<m>.reporting` included."""
    calendar_scope: frozenset[str]
    """The metrics in scope by the calendar, were every one asked for every day."""
    standing_nil: bool
    """The roster says that there is nothing to report for this management."""
    rules: Mapping[str, Rule]
    """The rules in force, by metric."""


class MetricTally(Struct, frozen=True, array_like=True):
    """A tally of one metric, with the rule in force for it, if any."""

    metric: str
    tally: Tally
    rule: str | None


class ClassDayValue(Struct, frozen=True):
    """A class's value for the day; `estimated` values are not compared with others."""

    value: Number
    estimated: bool = False


class Share(Struct, frozen=True):
    """How many things there were, how many of them were in order, and the total to show."""

    expected: int
    compliant: int
    total: int


class Survey(Struct, frozen=True):
    """An anonymous survey: how many answers fell in each bin of the metric."""

    counts: Sequence[int]
    total: int | None = None
    """Sum of the answers' values, if the survey states it."""
    kept: int | None = None
    """Answers that keep the rule, where the bins alone cannot tell (screen time)."""
    kept_judged: bool = False
    """Whether `kept` speaks of the rule in force."""


class Answers(Struct, frozen=True):
    """Pupils' answers: their values, and how many of them keep the rule."""

    values: Sequence[int]
    kept: int


class Measuring:
    """The tallies and findings of one class-day, while they are gathered."""

    def __init__(
        self, class_day: ClassDay, facts: Mapping[type[EventData], Sequence[EventData]], nil: bool
    ) -> None:
        self.tallies: list[MetricTally] = []
        self.findings: set[Finding] = set()
        self.pupils = class_day.pupils
        self._class_day = class_day
        self._facts = facts
        # By a standing nil alone a class-day is reported and not judged.
        self._standing_only = class_day.standing_nil and not facts
        self.nil = nil or self._standing_only

    def facts(self, kind: type[FactT]) -> Sequence[FactT]:
        """The standing facts of one event type."""
        return cast(Sequence[FactT], self._facts.get(kind, ()))

    def only(self, kind: type[FactT]) -> FactT | None:
        """The standing fact of a type that has at most one a day."""
        facts = self.facts(kind)
        return facts[0] if facts else None

    def rule(self, metric: Metric) -> Rule | None:
        """The rule in force for a metric."""
        return self._class_day.rules.get(metric.name)

    def answers(self, metric: Metric, values: Sequence[int]) -> Answers:
        """Answers of which each is judged by its value alone."""
        rule = self.rule(metric)
        return Answers(values, rule.how_many_keep(values) if rule else 0)

    def in_scope(self, metric: Metric) -> bool:
        """Whether calendar and plan ask for the metric on this day."""
        return metric.name in self._class_day.scope

    def reporting(self, metric: Metric) -> None:
        """Counts whether anything was reported at all."""
        if self.in_scope(metric):
            self._add(metric, Tally(1, 1 if self._facts or self.nil else 0))

    def class_day(
        self,
        metric: Metric,
        *,
        returned: ClassDayValue | None = None,
        detail: ClassDayValue | None,
        judged: bool = True,
    ) -> None:
        """One class-day: the class return where it stands, else the detail, else a nil report."""
        if not self.in_scope(metric):
            return
        judged = judged and not self._standing_only
        value = returned or detail or (ClassDayValue(0) if self.nil else None)
        if value is None:
            self._add(metric, Tally(1, bins=metric.empty.bins))
            return
        tally = self._of_value(metric, value, judged)
        if returned and detail:
            other = self._of_value(metric, detail, judged)
            self._compare(tally, other, returned.estimated or detail.estimated)
        self._add(metric, tally)

    def share(self, metric: Metric, *, returned: Share | None = None, detail: Share) -> None:
        """Things of which so many were in order; without any, the metric has no tally."""
        if not self.in_scope(metric):
            return
        share = returned or detail
        if returned and detail.expected:
            self._compare(self._of_share(metric, returned), self._of_share(metric, detail), False)
        if share.expected:
            self._add(metric, self._of_share(metric, share))

    def whole_class(self, metric: Metric, *, returned: int | None, detail: int | None) -> None:
        """A count that speaks of every pupil at once, and is never judged."""
        if not self.in_scope(metric):
            return
        if returned is not None and detail is not None and returned != detail:
            self.findings.add("two_sources_differ")
        total = next((count for count in (returned, detail) if count is not None), None)
        if total is None and self.nil:
            total = 0
        self._add(
            metric, Tally(self.pupils, self.pupils if total is not None else 0, 0, 0, total or 0)
        )

    def of_pupils(self, metric: Metric, *, detail: Answers, survey: Survey | None) -> None:
        """Pupils' answers or a survey of them, whichever has more answers (equal: detail)."""
        if not self.in_scope(metric):
            return
        tally = self._of_answers(metric, detail)
        if survey is not None:
            surveyed = self._of_survey(metric, survey)
            estimated = survey.total is None
            if detail.values:
                self._compare(tally, surveyed, estimated)
            if surveyed.reported > tally.reported:
                tally = surveyed
                if estimated:
                    self.findings.add("mean_estimated")
        if tally.reported > self.pupils:
            self.findings.add("enrolment_understated")
        self._add(metric, tally)

    # ---- from here on: one source each

    def _add(self, metric: Metric, tally: Tally) -> None:
        rule = self.rule(metric)
        self.tallies.append(MetricTally(metric.name, tally, rule.rule_id if rule else None))

    def _compare(self, one: Tally, other: Tally, estimated: bool) -> None:
        same_total = estimated or one.total == other.total
        counts = (one.reported, one.judged, one.compliant, one.bins)
        if not same_total or counts != (other.reported, other.judged, other.compliant, other.bins):
            self.findings.add("two_sources_differ")

    def _of_value(self, metric: Metric, stated: ClassDayValue, judged: bool) -> Tally:
        rule = self.rule(metric) if judged else None
        kept = rule is not None and rule.kept_by(stated.value)
        # The bin and the rule take the exact value, only the total is rounded.
        total = round_half_up(stated.value)
        return Tally(1, 1, int(rule is not None), int(kept), total, metric.bins_of((stated.value,)))

    def _of_share(self, metric: Metric, share: Share) -> Tally:
        judged = self.rule(metric) is not None
        return Tally(
            share.expected,
            share.expected,
            share.expected if judged else 0,
            share.compliant if judged else 0,
            share.total,
        )

    def _of_answers(self, metric: Metric, answers: Answers) -> Tally:
        reported = len(answers.values)
        judged = self.rule(metric) is not None
        return Tally(
            max(self.pupils, reported),
            reported,
            reported if judged else 0,
            answers.kept if judged else 0,
            sum(answers.values),
            metric.bins_of(answers.values),
        )

    def _of_survey(self, metric: Metric, survey: Survey) -> Tally:
        reported = sum(survey.counts)
        compliant = self._survey_compliant(metric, survey)
        total = survey.total
        if total is None:
            pairs = zip(survey.counts, metric.middles, strict=True)
            total = sum(count * middle for count, middle in pairs)
        return Tally(
            max(self.pupils, reported),
            reported,
            reported if compliant is not None else 0,
            compliant or 0,
            total,
            tuple(survey.counts),
        )

    def _survey_compliant(self, metric: Metric, survey: Survey) -> int | None:
        """The counts on the rule's side; None where the bins cannot tell."""
        rule = self.rule(metric)
        if rule is None or rule.value is None:
            return None
        if survey.kept is not None:
            return survey.kept if survey.kept_judged else None
        if rule.value not in metric.edges:
            return None
        edge = metric.edges.index(rule.value)
        if rule.keeps == "at_least" and metric.closed == "left":
            return sum(survey.counts[edge + 1 :])
        if rule.keeps == "at_most" and metric.closed == "right":
            return sum(survey.counts[: edge + 1])
        return None

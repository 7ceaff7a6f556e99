"""From what is known of a unit to what happens to its alerts, for all rules about a management.

Pure, and always about all days that are looked at: order, redelivery and lateness of figures make
no difference, and neither does which of a unit's alerts another evaluator has seen.
"""

from bisect import bisect_left
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from msgspec import Struct

from wuguan.domain.alerting.days import SchoolDay, counted_days, school_days
from wuguan.domain.alerting.life import Alert, Subject, Told, end, follow
from wuguan.domain.alerting.rhythm import telling_days
from wuguan.domain.alerting.rule import AlertRule
from wuguan.domain.alerting.sums import DayFigures, MetricDays
from wuguan.domain.alerting.verdict import verdict
from wuguan.domain.management import reporting_metric
from wuguan.domain.managements import METRICS
from wuguan.domain.policy import PolicyBook
from wuguan.domain.rollup import Figure
from wuguan.domain.roster import Level
from wuguan.domain.tally import Tally

ByDay = Mapping[date, Mapping[str, Figure]]
"""Figures of one metric, by day and stage."""


class UnitFigures(Struct, frozen=True):
    """What is known of a unit on the days that are looked at."""

    unit_id: str
    metrics: Mapping[str, ByDay] = {}
    systems: Mapping[str, Mapping[str, Mapping[date, int]]] = {}
    """Of a school, how many classes each source system reported: by management, system and day."""
    refused: Mapping[date, int] = {}
    """How many events of a school were refused, by day (UTC+8)."""


class Subjected(NamedTuple):
    """Which of a unit's alerts: that of a rule and, by rules of systems, of one system."""

    rule_id: str
    system: str


class Followed(NamedTuple):
    """What happened under a rule; no rule where it is gone."""

    rule: AlertRule | None
    told: Told


class Following(NamedTuple):
    """What is used for all units alike."""

    policy: PolicyBook
    new_id: Callable[[], str]
    at_us: int


def concerns(rule: AlertRule, level: Level | None, path: Sequence[str]) -> bool:
    """Whether a rule is about a unit of this level that stands at the beginning of `path`."""
    return rule.level == level and (not rule.units or not set(rule.units).isdisjoint(path))


def metrics_of(rule: AlertRule) -> tuple[str, ...]:
    """The metrics that a rule needs: its own, and the one that tells how much is known of it."""
    metric = METRICS[rule.metric]
    if metric.coverage_by_reporting or rule.by_system:
        return (rule.metric, reporting_metric(metric.management).name)
    return (rule.metric,)


def needs_bins(rule: AlertRule) -> bool:
    """Whether a rule looks at how values are distributed."""
    return rule.statistic in ("percentile", "identical")


def followed(
    rules: Collection[AlertRule],
    figures: UnitFigures,
    last: Mapping[Subjected, Alert],
    following: Following,
) -> list[Followed]:
    """What happens to a unit's alerts under the rules that concern it; `last` are those it has."""
    days = _Days(figures)
    found = []
    for rule in rules:
        for system, said in days.subjects(rule, following.policy):
            before = last.get(Subjected(rule.rule_id, system))
            is_open = before is not None and before.is_open
            # Of most units there is nothing to say under most rules.
            if not is_open and not any(one.says == "breach" for one in said):
                continue
            subject = Subject(following.new_id(), figures.unit_id, system)
            told = follow(rule, before, verdict(rule, said), subject, following.at_us)
            if told is not None:
                found.append(Followed(rule, told))
    return found


def ended(
    watched: Collection[AlertRule],
    every: Mapping[str, AlertRule],
    managements: Collection[str],
    figures: UnitFigures,
    last: Mapping[Subjected, Alert],
    at_us: int,
) -> list[Followed]:
    """The end of open alerts that nobody watches any more: their rule is gone, or not for the unit.

    `watched` are the rules about these managements that concern the unit, `every` all by their id.
    """
    ids = {rule.rule_id for rule in watched}
    found = []
    for key, alert in last.items():
        rule = every.get(key.rule_id)
        if not alert.is_open or (rule is not None and rule.management not in managements):
            continue
        if rule is None or rule.rule_id not in ids or not _has_subject(rule, key, figures):
            found.append(Followed(rule, end(alert, at_us)))
    return found


def silent_managements(
    watched: Collection[AlertRule],
    last: Mapping[Subjected, Alert],
    happened: Sequence[Followed],
) -> frozenset[str]:
    """The managements of which, as an alert of these rules says, the unit reports nothing."""
    now = {Subjected(told.alert.rule_id, told.alert.system): told.alert for _, told in happened}
    return frozenset(
        rule.management
        for rule in watched
        if rule.statistic == "silent"
        for key in [Subjected(rule.rule_id, "")]
        for alert in [now.get(key, last.get(key))]
        if alert is not None and alert.state in ("firing", "acknowledged")
    )


def _has_subject(rule: AlertRule, key: Subjected, figures: UnitFigures) -> bool:
    if not rule.by_system:
        return not key.system
    # Not heard for as long as is looked back: it is no system of the school any more.
    return key.system in figures.systems.get(rule.management, {})


class _Days:
    """The days of a unit, put together once for all rules about the same metric."""

    def __init__(self, figures: UnitFigures) -> None:
        self._figures = figures
        self._of_metric: dict[str, MetricDays] = {}

    def subjects(
        self, rule: AlertRule, policy: PolicyBook
    ) -> Iterator[tuple[str, Sequence[SchoolDay]]]:
        """What the days say of each subject of a rule: the unit, or each of its systems."""
        if rule.by_system:
            for system, classes in self._figures.systems.get(rule.management, {}).items():
                yield system, school_days(rule, self._of_system(rule, classes), policy)
        elif rule.statistic == "rejects":
            yield "", counted_days(rule, self._refused(rule))
        else:
            yield "", school_days(rule, self._days(rule), policy)

    def _days(self, rule: AlertRule) -> MetricDays:
        days = self._of_metric.get(rule.metric)
        if days is None:
            days = self._of_metric[rule.metric] = MetricDays(self._put_together(rule))
        # Most rules began long before the days that are looked at.
        if days.days and days.days[0].day < rule.from_day:
            return MetricDays([one for one in days.days if one.day >= rule.from_day])
        return days

    def _put_together(self, rule: AlertRule) -> Sequence[DayFigures]:
        name, *of_coverage = metrics_of(rule)
        of = self._figures.metrics.get(name, {})
        if not of_coverage:
            return [DayFigures(day, of[day], of[day]) for day in sorted(of)]
        coverage = self._figures.metrics.get(of_coverage[0], {})
        days = sorted(of.keys() | coverage.keys())
        return [DayFigures(day, of.get(day, {}), coverage.get(day, {})) for day in days]

    def _of_system(self, rule: AlertRule, classes: Mapping[date, int]) -> Sequence[DayFigures]:
        """Of the classes that are due, those that this system reported, since it was first heard.

        A system is that of the school: which stage its classes are of is not known. In the pauses
        that it usually makes nothing is due of it.
        """
        reporting = self._figures.metrics.get(metrics_of(rule)[1], {})
        stage: str = rule.stages[0] if rule.stages else ""
        first = max(min(classes, default=date.max), rule.from_day)
        every = {day: _expected(reporting[day], rule.stages) for day in sorted(reporting)}
        days = []
        for day in telling_days((one for one in every if one >= first and every[one]), classes):
            figure = {stage: Figure(Tally(every[day], min(classes.get(day, 0), every[day])))}
            days.append(DayFigures(day, figure, figure))
        return days

    def _refused(self, rule: AlertRule) -> Mapping[date, int]:
        """Refused events by school day; those of days without school count to the next one."""
        due = self._days(rule).due(rule.stages).days
        counts = dict.fromkeys(due, 0)
        for day, number in self._figures.refused.items():
            place = bisect_left(due, day)
            if place < len(due):
                counts[due[place]] += number
        return counts


def _expected(by_stage: Mapping[str, Figure], stages: Collection[str]) -> int:
    return sum(
        figure.tally.expected for stage, figure in by_stage.items() if not stages or stage in stages
    )

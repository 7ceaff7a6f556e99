"""Homework 作业: what is set, how long it takes, through which channel, and who marks it."""

from fractions import Fraction
from typing import Any, ClassVar, Literal

from msgspec import UNSET, UnsetType

from wuguan.domain.event import BrokenRule, EventData, NilReported, Withdrawn, at_most
from wuguan.domain.fields import (
    FactKey,
    From1To600,
    Identifier,
    Instant,
    Pid,
    Subject,
    Upto20,
    Upto200,
    Upto600,
    Upto2000,
)
from wuguan.domain.management import Management, reporting_metric
from wuguan.domain.measuring import ClassDayValue, Measuring, Share
from wuguan.domain.tally import Metric, Number

# ---- events


class Assigned(EventData, frozen=True, kw_only=True, gc=False):
    """A piece of homework was set."""

    TYPE: ClassVar[str] = "homework.assigned"
    KEY: ClassVar[str] = "assignment_id"

    assignment_id: Identifier
    subject: Subject
    form: Literal["written", "oral", "reading", "practical"]
    place: Literal["home", "school"]
    estimated_minutes: From1To600
    channel: Literal["board", "paper", "platform", "wechat", "qq", "dingtalk", "phone", "other"]
    needs_device: bool | UnsetType = UNSET
    parent_task: bool | UnsetType = UNSET
    tier: Literal["all", "basic", "extended"] | UnsetType = UNSET


class Timed(EventData, frozen=True, kw_only=True, gc=False):
    """A pupil's written homework, set by the school and done at home, took so long."""

    TYPE: ClassVar[str] = "homework.timed"
    KEY: ClassVar[str] = "pid"

    pid: Pid
    minutes: Upto600
    finished_at: Instant | UnsetType = UNSET
    in_school_minutes: Upto600 | UnsetType = UNSET


class DayReported(EventData, frozen=True, kw_only=True, gc=False):
    """The class return of a day's homework."""

    TYPE: ClassVar[str] = "homework.day_reported"
    KEY: ClassVar[str] = "day"

    written_minutes: Upto600
    basis: Literal["timed", "estimated"]
    respondents: Upto200 | UnsetType = UNSET
    written_tasks: Upto20
    phone_tasks: Upto20
    parent_tasks: Upto20


class MarkingChecked(EventData, frozen=True, kw_only=True, gc=False):
    """Collected work was looked through: how much of it the teacher had marked."""

    TYPE: ClassVar[str] = "homework.marking_checked"
    KEY: ClassVar[str] = "check_id"

    check_id: Identifier
    subject: Subject
    collected: Upto2000
    marked_by_teacher: Upto2000

    def broken_rule(self) -> BrokenRule | None:
        """Nothing is marked that was not collected."""
        return at_most(self, "marked_by_teacher", "collected")


class Nil(NilReported, frozen=True, kw_only=True, gc=False):
    """No homework was set today."""

    TYPE: ClassVar[str] = "homework.nil_reported"


class Withdrawal(Withdrawn, frozen=True, kw_only=True, gc=False):
    """A fact of homework does not hold."""

    TYPE: ClassVar[str] = "homework.withdrawn"

    of: Literal[
        "homework.assigned",
        "homework.timed",
        "homework.day_reported",
        "homework.marking_checked",
        "homework.nil_reported",
    ]
    key: FactKey


# ---- metrics

_MINUTE_EDGES = (0, 15, 30, 45, 60, 75, 90, 120, 180)
REPORTING = reporting_metric("homework")
MINUTES = Metric("homework.minutes", "class-day", "书面作业时长", _MINUTE_EDGES, about_school=True)
WEEKEND_MINUTES = Metric(
    "homework.weekend_minutes", "class-day", "周末书面作业时长", _MINUTE_EDGES, about_school=True
)
WRITTEN_SET = Metric("homework.written_set", "class-day", "布置书面家庭作业", about_school=True)
CHANNEL = Metric("homework.channel", "class-day", "手机布置或转嫁家长的作业", about_school=True)
MARKING = Metric(
    "homework.marking", "piece of work", "教师批改", about_school=True, coverage_by_reporting=True
)

# ---- measures

_BY_PHONE = frozenset({"wechat", "qq", "dingtalk", "phone"})


def measure(m: Measuring) -> None:
    """The tallies of a class-day of homework (docs/metrics.md §2)."""
    returned: DayReported | None = m.only(DayReported)
    assigned, timed = m.facts(Assigned), m.facts(Timed)
    _minutes(m, returned, assigned, timed)
    written = sum(map(_written_at_home, assigned))
    by_phone = sum(map(_by_phone_or_parent, assigned))
    m.class_day(
        WRITTEN_SET,
        returned=ClassDayValue(returned.written_tasks) if returned else None,
        detail=ClassDayValue(written) if assigned else None,
    )
    m.class_day(
        CHANNEL,
        returned=ClassDayValue(returned.phone_tasks + returned.parent_tasks) if returned else None,
        detail=ClassDayValue(by_phone) if assigned else None,
    )
    checks = m.facts(MarkingChecked)
    marked = sum(check.marked_by_teacher for check in checks)
    m.share(MARKING, detail=Share(sum(check.collected for check in checks), marked, marked))


def _minutes(m: Measuring, returned: DayReported | None, assigned: Any, timed: Any) -> None:
    detail: ClassDayValue | None = None
    if _enough(timed, m.pupils):
        detail = ClassDayValue(_mean([fact.minutes for fact in timed]))
    elif assigned:
        estimate = sum(fact.estimated_minutes for fact in assigned if _written_at_home(fact))
        detail = ClassDayValue(estimate, estimated=True)
    stated = None
    if returned is not None:
        stated = ClassDayValue(returned.written_minutes, estimated=returned.basis == "estimated")
    m.class_day(MINUTES, returned=stated, detail=detail)
    m.class_day(WEEKEND_MINUTES, returned=stated, detail=detail)


def _enough(timed: Any, pupils: int) -> bool:
    # Fewer say nothing of the class: at least 5 answers, and a third of the pupils.
    return len(timed) >= 5 and 3 * len(timed) >= pupils


def _mean(values: list[int]) -> Number:
    return Fraction(sum(values), len(values))


def _written_at_home(fact: Assigned) -> bool:
    return fact.form == "written" and fact.place == "home"


def _by_phone_or_parent(fact: Assigned) -> bool:
    return fact.channel in _BY_PHONE or fact.needs_device is True or fact.parent_task is True


HOMEWORK = Management(
    name="homework",
    title_zh="作业",
    events=(Assigned, Timed, DayReported, MarkingChecked, Nil, Withdrawal),
    metrics=(REPORTING, MINUTES, WEEKEND_MINUTES, WRITTEN_SET, CHANNEL, MARKING),
    feeds={
        Assigned: (MINUTES, WEEKEND_MINUTES, WRITTEN_SET, CHANNEL),
        Timed: (MINUTES, WEEKEND_MINUTES),
        DayReported: (MINUTES, WEEKEND_MINUTES, WRITTEN_SET, CHANNEL),
        MarkingChecked: (MARKING,),
        Nil: (MINUTES, WEEKEND_MINUTES, WRITTEN_SET, CHANNEL),
    },
    measure=measure,
)

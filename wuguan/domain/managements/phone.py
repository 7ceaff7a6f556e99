"""Phones 手机: who brings one, whether it is kept, what is found in class, and screen time."""

from typing import ClassVar, Literal

from msgspec import UNSET, UnsetType

from wuguan.domain.event import (
    BrokenRule,
    EventData,
    NilReported,
    Withdrawn,
    at_most,
    sum_at_most,
)
from wuguan.domain.fields import (
    Counts8,
    FactKey,
    From1To60,
    From1To200,
    Identifier,
    Pid,
    Upto60,
    Upto200,
    Upto1440,
)
from wuguan.domain.management import Management, reporting_metric
from wuguan.domain.measuring import Answers, ClassDayValue, Measuring, Share, Survey
from wuguan.domain.policy import Rule
from wuguan.domain.tally import Metric

# ---- events


class CheckedIn(EventData, frozen=True, kw_only=True, gc=False):
    """A pupil handed a phone in for safe keeping."""

    TYPE: ClassVar[str] = "phone.checked_in"
    KEY: ClassVar[str] = "pid"

    pid: Pid
    permitted: bool
    kept_at: Literal["locker", "office", "teacher", "other"] | UnsetType = UNSET


class Returned(EventData, frozen=True, kw_only=True, gc=False):
    """A pupil's phone was given back."""

    TYPE: ClassVar[str] = "phone.returned"
    KEY: ClassVar[str] = "pid"

    pid: Pid


class DayReported(EventData, frozen=True, kw_only=True, gc=False):
    """The class return of a day's phones."""

    TYPE: ClassVar[str] = "phone.day_reported"
    KEY: ClassVar[str] = "day"

    brought: Upto200
    permitted: Upto200
    stored: Upto200
    returned: Upto200

    def broken_rule(self) -> BrokenRule | None:
        """Permitted and stored are part of brought, returned is part of stored."""
        return (
            at_most(self, "permitted", "brought")
            or at_most(self, "stored", "brought")
            or at_most(self, "returned", "stored")
        )


class ClassChecked(EventData, frozen=True, kw_only=True, gc=False):
    """Somebody looked for phones in class, and found so many."""

    TYPE: ClassVar[str] = "phone.class_checked"
    KEY: ClassVar[str] = "check_id"

    check_id: Identifier
    found: Upto60


class FoundInClass(EventData, frozen=True, kw_only=True, gc=False):
    """Phones turned up in class."""

    TYPE: ClassVar[str] = "phone.found_in_class"
    KEY: ClassVar[str] = "incident_id"

    incident_id: Identifier
    count: From1To60


class ScreenTimeReported(EventData, frozen=True, kw_only=True, gc=False):
    """A pupil's screen time of the day."""

    TYPE: ClassVar[str] = "phone.screen_time_reported"
    KEY: ClassVar[str] = "pid"

    pid: Pid
    leisure_minutes: Upto1440
    longest_minutes: Upto1440
    study_minutes: Upto1440 | UnsetType = UNSET

    def broken_rule(self) -> BrokenRule | None:
        """The longest sitting is part of the leisure time."""
        return at_most(self, "longest_minutes", "leisure_minutes")


class ScreenSurveyed(EventData, frozen=True, kw_only=True, gc=False):
    """An anonymous survey of a class about a day's screen time."""

    TYPE: ClassVar[str] = "phone.screen_surveyed"
    KEY: ClassVar[str] = "survey"

    asked: From1To200
    leisure_counts: Counts8
    both_kept: Upto200

    def broken_rule(self) -> BrokenRule | None:
        """No more answers than pupils asked; those who keep both limits are among them."""
        over = sum_at_most(self, "leisure_counts", "asked")
        if over or self.both_kept <= sum(self.leisure_counts):
            return over
        return BrokenRule(
            "both_kept",
            "both_kept must be at most the number of answers (the sum of leisure_counts)",
            "both_kept 不得大于有效答卷数(leisure_counts 各档之和)",
        )


class Nil(NilReported, frozen=True, kw_only=True, gc=False):
    """No phone today."""

    TYPE: ClassVar[str] = "phone.nil_reported"


class Withdrawal(Withdrawn, frozen=True, kw_only=True, gc=False):
    """A fact of phones does not hold."""

    TYPE: ClassVar[str] = "phone.withdrawn"

    of: Literal[
        "phone.checked_in",
        "phone.returned",
        "phone.day_reported",
        "phone.class_checked",
        "phone.found_in_class",
        "phone.screen_time_reported",
        "phone.screen_surveyed",
        "phone.nil_reported",
    ]
    key: FactKey


# ---- metrics

REPORTING = reporting_metric("phone")
CUSTODY = Metric(
    "phone.custody",
    "phone brought",
    "手机带入审批与保管",
    about_school=True,
    coverage_by_reporting=True,
)
CLASSROOM = Metric("phone.classroom", "class-day", "手机进课堂", about_school=True)
SCREEN_TIME = Metric(
    "phone.screen_time",
    "pupil-day",
    "非学习屏幕时间",
    (15, 30, 60, 90, 120, 180, 240),
    "right",
    (8, 23, 45, 75, 105, 150, 210, 300),
)
# `both_kept` of a survey speaks of these limits and of no others (docs/metrics.md §2).
_SURVEYED_LIMITS = (60, 15)

# ---- measures


def measure(m: Measuring) -> None:
    """The tallies of a class-day of phones (docs/metrics.md §2)."""
    _custody(m)
    checks, incidents = m.facts(ClassChecked), m.facts(FoundInClass)
    found = sum(check.found for check in checks) + sum(one.count for one in incidents)
    m.class_day(CLASSROOM, detail=ClassDayValue(found) if checks or incidents else None)
    _screen_time(m)


def _custody(m: Measuring) -> None:
    day, checked_in = m.only(DayReported), m.facts(CheckedIn)
    given_back = {fact.pid for fact in m.facts(Returned)}
    m.share(
        CUSTODY,
        returned=Share(day.brought, day.permitted, day.returned) if day else None,
        detail=Share(
            len(checked_in),
            sum(fact.permitted for fact in checked_in),
            sum(fact.pid in given_back for fact in checked_in),
        ),
    )


def _screen_time(m: Measuring) -> None:
    rule, reports = m.rule(SCREEN_TIME), m.facts(ScreenTimeReported)
    surveyed = m.only(ScreenSurveyed)
    survey = None
    if surveyed is not None:
        judged = rule is not None and (rule.value, rule.longest_at_most) == _SURVEYED_LIMITS
        survey = Survey(surveyed.leisure_counts, None, surveyed.both_kept, judged)
    m.of_pupils(
        SCREEN_TIME,
        detail=Answers(
            [fact.leisure_minutes for fact in reports],
            sum(_keeps_both(rule, fact) for fact in reports) if rule else 0,
        ),
        survey=survey,
    )


def _keeps_both(rule: Rule, fact: ScreenTimeReported) -> bool:
    longest = rule.longest_at_most
    return rule.kept_by(fact.leisure_minutes) and (
        longest is None or fact.longest_minutes <= longest
    )


PHONE = Management(
    name="phone",
    title_zh="手机",
    events=(
        CheckedIn, Returned, DayReported, ClassChecked, FoundInClass, ScreenTimeReported,
        ScreenSurveyed, Nil, Withdrawal,
    ),
    metrics=(REPORTING, CUSTODY, CLASSROOM, SCREEN_TIME),
    feeds={
        CheckedIn: (CUSTODY,),
        Returned: (CUSTODY,),
        DayReported: (CUSTODY,),
        ClassChecked: (CLASSROOM,),
        FoundInClass: (CLASSROOM,),
        ScreenTimeReported: (SCREEN_TIME,),
        ScreenSurveyed: (SCREEN_TIME,),
        Nil: (CUSTODY, CLASSROOM),
    },
    measure=measure,
)  # fmt: skip

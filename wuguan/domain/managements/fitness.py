"""Fitness 体质: the hour of exercise, the two hours of sport, big breaks, and PE that is kept."""

from collections.abc import Iterable
from typing import ClassVar, Literal

from msgspec import UNSET, UnsetType

from wuguan.domain.event import BrokenRule, EventData, NilReported, Withdrawn, at_most, sum_at_most
from wuguan.domain.fields import (
    Counts9,
    FactKey,
    From1To200,
    Identifier,
    Pid,
    Subject,
    Upto4,
    Upto300,
    Upto600,
)
from wuguan.domain.management import Management, reporting_metric
from wuguan.domain.measuring import ClassDayValue, Measuring, Share, Survey
from wuguan.domain.tally import Metric

Cancelled = Literal["weather", "exam", "event", "other"]

# ---- events


class SessionHeld(EventData, frozen=True, kw_only=True, gc=False):
    """A session of exercise took place, or did not (0 minutes)."""

    TYPE: ClassVar[str] = "fitness.session_held"
    KEY: ClassVar[str] = "session_id"

    session_id: Identifier
    kind: Literal["pe_lesson", "big_break", "recess", "club", "activity"]
    minutes: Upto300
    whole_class: bool | UnsetType = UNSET
    planned_subject: Subject | UnsetType = UNSET
    actual_subject: Subject | UnsetType = UNSET
    cancelled_for: Cancelled | UnsetType = UNSET


class DayReported(EventData, frozen=True, kw_only=True, gc=False):
    """The class return of a day's exercise."""

    TYPE: ClassVar[str] = "fitness.day_reported"
    KEY: ClassVar[str] = "day"

    pe_planned: Upto4
    pe_held: Upto4
    big_breaks: Upto4
    exercise_minutes: Upto300
    sport_minutes: Upto300
    cancelled_for: Cancelled | UnsetType = UNSET

    def broken_rule(self) -> BrokenRule | None:
        """Lessons held are among those planned; exercise is part of sport."""
        over = at_most(self, "pe_held", "pe_planned")
        if over or self.sport_minutes >= self.exercise_minutes:
            return over
        return BrokenRule(
            "sport_minutes",
            "sport_minutes must be at least exercise_minutes, which are part of them",
            "sport_minutes(综合体育时间)不得小于 exercise_minutes,后者包含在内",
        )


class ExerciseReported(EventData, frozen=True, kw_only=True, gc=False):
    """A pupil exercised so long out of school."""

    TYPE: ClassVar[str] = "fitness.exercise_reported"
    KEY: ClassVar[str] = "pid"

    pid: Pid
    minutes: Upto600


class ExerciseSurveyed(EventData, frozen=True, kw_only=True, gc=False):
    """An anonymous survey of a class about exercise out of school."""

    TYPE: ClassVar[str] = "fitness.exercise_surveyed"
    KEY: ClassVar[str] = "survey"

    asked: From1To200
    minute_counts: Counts9

    def broken_rule(self) -> BrokenRule | None:
        """No more answers than pupils asked."""
        return sum_at_most(self, "minute_counts", "asked")


class Nil(NilReported, frozen=True, kw_only=True, gc=False):
    """No exercise today."""

    TYPE: ClassVar[str] = "fitness.nil_reported"


class Withdrawal(Withdrawn, frozen=True, kw_only=True, gc=False):
    """A fact of fitness does not hold."""

    TYPE: ClassVar[str] = "fitness.withdrawn"

    of: Literal[
        "fitness.session_held",
        "fitness.day_reported",
        "fitness.exercise_reported",
        "fitness.exercise_surveyed",
        "fitness.nil_reported",
    ]
    key: FactKey


# ---- metrics

REPORTING = reporting_metric("fitness")
EXERCISE = Metric(
    "fitness.exercise",
    "class-day",
    "校内体育活动1小时",
    (1, 20, 30, 40, 50, 60, 75, 90, 120),
    "left",
    about_school=True,
)
SPORT_TIME = Metric(
    "fitness.sport_time",
    "class-day",
    "综合体育活动2小时",
    (1, 30, 60, 75, 90, 105, 120, 150, 180),
    "left",
    about_school=True,
)
BIG_BREAK = Metric("fitness.big_break", "class-day", "大课间", about_school=True)
PE_KEPT = Metric(
    "fitness.pe_kept", "PE lesson", "体育课开足", about_school=True, coverage_by_reporting=True
)
OUT_OF_SCHOOL = Metric(
    "fitness.out_of_school",
    "pupil-day",
    "校外体育活动1小时",
    (1, 15, 30, 45, 60, 75, 90, 120),
    "left",
    (0, 8, 22, 37, 52, 67, 82, 105, 150),
)

# ---- measures

_EXERCISE_KINDS = frozenset({"pe_lesson", "big_break", "activity"})
_SPORT_KINDS = _EXERCISE_KINDS | {"recess", "club"}
_BIG_BREAK_MINUTES = 30


def measure(m: Measuring) -> None:
    """The tallies of a class-day of fitness (docs/metrics.md §2)."""
    day, sessions = m.only(DayReported), m.facts(SessionHeld)
    # Exercise that the weather cancelled is reported, and nobody's breach.
    judged = not any(one.cancelled_for == "weather" for one in (*sessions, *([day] if day else ())))
    together = [one for one in sessions if one.whole_class is not False and _is_pe(one)]
    big_breaks = [
        one for one in together if one.kind == "big_break" and one.minutes >= _BIG_BREAK_MINUTES
    ]
    for metric, stated, detail in (
        (EXERCISE, day.exercise_minutes if day else None, _minutes(together, _EXERCISE_KINDS)),
        (SPORT_TIME, day.sport_minutes if day else None, _minutes(together, _SPORT_KINDS)),
        (BIG_BREAK, day.big_breaks if day else None, len(big_breaks)),
    ):
        m.class_day(
            metric,
            returned=ClassDayValue(stated) if stated is not None else None,
            detail=ClassDayValue(detail) if sessions else None,
            judged=judged,
        )
    _pe_kept(m, day, sessions)
    _out_of_school(m)


def _pe_kept(m: Measuring, day: DayReported | None, sessions: Iterable[SessionHeld]) -> None:
    planned = [one for one in sessions if one.planned_subject == "pe"]
    kept = sum(one.minutes > 0 and _is_pe(one) for one in planned)
    m.share(
        PE_KEPT,
        returned=Share(day.pe_planned, day.pe_held, day.pe_planned - day.pe_held) if day else None,
        detail=Share(len(planned), kept, len(planned) - kept),
    )


def _out_of_school(m: Measuring) -> None:
    survey = m.only(ExerciseSurveyed)
    minutes = [fact.minutes for fact in m.facts(ExerciseReported)]
    m.of_pupils(
        OUT_OF_SCHOOL,
        detail=m.answers(OUT_OF_SCHOOL, minutes),
        survey=Survey(survey.minute_counts) if survey else None,
    )


def _is_pe(session: SessionHeld) -> bool:
    return session.actual_subject is UNSET or session.actual_subject == "pe"


def _minutes(sessions: Iterable[SessionHeld], kinds: frozenset[str]) -> int:
    return sum(one.minutes for one in sessions if one.kind in kinds)


FITNESS = Management(
    name="fitness",
    title_zh="体质",
    events=(SessionHeld, DayReported, ExerciseReported, ExerciseSurveyed, Nil, Withdrawal),
    metrics=(REPORTING, EXERCISE, SPORT_TIME, BIG_BREAK, PE_KEPT, OUT_OF_SCHOOL),
    feeds={
        SessionHeld: (EXERCISE, SPORT_TIME, BIG_BREAK, PE_KEPT),
        DayReported: (EXERCISE, SPORT_TIME, BIG_BREAK, PE_KEPT),
        ExerciseReported: (OUT_OF_SCHOOL,),
        ExerciseSurveyed: (OUT_OF_SCHOOL,),
        Nil: (EXERCISE, SPORT_TIME, BIG_BREAK),
    },
    measure=measure,
)

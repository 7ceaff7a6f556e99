"""Sleep 睡眠: how long pupils sleep, and when they go to bed."""

from collections.abc import Sequence
from typing import ClassVar, Literal

from msgspec import UNSET, UnsetType

from wuguan.domain.event import BrokenRule, EventData, NilReported, Withdrawn, sum_at_most
from wuguan.domain.fields import (
    Counts10,
    Counts11,
    FactKey,
    From1To200,
    Instant,
    Pid,
    Upto240,
    Upto200000,
)
from wuguan.domain.instants import MINUTE_US, instant_of, midnight_us
from wuguan.domain.management import Management, reporting_metric
from wuguan.domain.measuring import Measuring, Survey
from wuguan.domain.tally import Metric

_NOON_US = 12 * 60 * MINUTE_US
_EARLIEST_US = 15 * 60 * MINUTE_US
_LATEST_US = 36 * 60 * MINUTE_US
_LONGEST_US = 16 * 60 * MINUTE_US

# ---- events


class BedtimeReported(EventData, frozen=True, kw_only=True, gc=False):
    """A pupil fell asleep and woke at these instants."""

    TYPE: ClassVar[str] = "sleep.bedtime_reported"
    KEY: ClassVar[str] = "pid"

    pid: Pid
    slept_at: Instant
    woke_at: Instant
    nap_minutes: Upto240 | UnsetType = UNSET

    def broken_rule(self) -> BrokenRule | None:
        """The night begins on `day`, ends after it began, and is no longer than 16 hours."""
        slept, woke = instant_of(self.slept_at), instant_of(self.woke_at)
        evening = midnight_us(self.day)
        if not evening + _EARLIEST_US <= slept < evening + _LATEST_US:
            return BrokenRule(
                "slept_at",
                "slept_at must lie between 15:00 on `day` and 12:00 the next day (UTC+8);"
                " `day` is the date of the evening on which the night begins",
                "slept_at 应在 day 当天 15:00 至次日 12:00 之间(东八区);day 填入睡当晚的日期",
            )
        if not slept < woke <= slept + _LONGEST_US:
            return BrokenRule(
                "woke_at",
                "woke_at must be after slept_at, by at most 16 hours",
                "woke_at 应晚于 slept_at,且相差不超过 16 小时",
            )
        return None


class NightSurveyed(EventData, frozen=True, kw_only=True, gc=False):
    """An anonymous survey of a class about one night."""

    TYPE: ClassVar[str] = "sleep.night_surveyed"
    KEY: ClassVar[str] = "survey"

    asked: From1To200
    duration_counts: Counts11
    bedtime_counts: Counts10 | UnsetType = UNSET
    minutes_total: Upto200000 | UnsetType = UNSET

    def broken_rule(self) -> BrokenRule | None:
        """No more answers than pupils asked."""
        return sum_at_most(self, "duration_counts", "asked") or sum_at_most(
            self, "bedtime_counts", "asked"
        )


class Nil(NilReported, frozen=True, kw_only=True, gc=False):
    """Nothing to report of sleep today; counts for the reporting rate only."""

    TYPE: ClassVar[str] = "sleep.nil_reported"


class Withdrawal(Withdrawn, frozen=True, kw_only=True, gc=False):
    """A fact of sleep does not hold."""

    TYPE: ClassVar[str] = "sleep.withdrawn"

    of: Literal["sleep.bedtime_reported", "sleep.night_surveyed", "sleep.nil_reported"]
    key: FactKey


# ---- metrics

REPORTING = reporting_metric("sleep")
DURATION = Metric(
    "sleep.duration",
    "pupil-night",
    "睡眠时长",
    (360, 420, 450, 480, 510, 540, 570, 600, 630, 660),
    "left",
    (330, 390, 435, 465, 495, 525, 555, 585, 615, 645, 690),
)
BEDTIME = Metric(
    "sleep.bedtime",
    "pupil-night",
    "就寝时间",
    (480, 510, 540, 560, 600, 630, 660, 690, 720),
    "right",
    (450, 495, 525, 550, 580, 615, 645, 675, 705, 750),
)

# ---- measures


def measure(m: Measuring) -> None:
    """The tallies of a night (docs/metrics.md §2)."""
    survey = m.only(NightSurveyed)
    durations, bedtimes = _minutes(m, m.facts(BedtimeReported))
    m.of_pupils(DURATION, detail=m.answers(DURATION, durations), survey=_survey_of_duration(survey))
    m.of_pupils(BEDTIME, detail=m.answers(BEDTIME, bedtimes), survey=_survey_of_bedtime(survey))


def _minutes(m: Measuring, reports: Sequence[BedtimeReported]) -> tuple[list[int], list[int]]:
    """Minutes slept, and minutes from noon to falling asleep; a loop that every pupil passes."""
    durations, bedtimes = [], []
    rule = m.rule(DURATION)
    naps = rule is not None and rule.nap_counts
    noon = midnight_us(reports[0].day) + _NOON_US if reports else 0
    for report in reports:
        slept = instant_of(report.slept_at)
        minutes = (instant_of(report.woke_at) - slept) // MINUTE_US
        if naps and report.nap_minutes is not UNSET:
            minutes += report.nap_minutes
        durations.append(minutes)
        bedtimes.append((slept - noon) // MINUTE_US)
    return durations, bedtimes


def _survey_of_duration(survey: NightSurveyed | None) -> Survey | None:
    if survey is None:
        return None
    total = None if survey.minutes_total is UNSET else survey.minutes_total
    return Survey(survey.duration_counts, total)


def _survey_of_bedtime(survey: NightSurveyed | None) -> Survey | None:
    if survey is None or survey.bedtime_counts is UNSET:
        return None
    return Survey(survey.bedtime_counts)


SLEEP = Management(
    name="sleep",
    title_zh="睡眠",
    events=(BedtimeReported, NightSurveyed, Nil, Withdrawal),
    metrics=(REPORTING, DURATION, BEDTIME),
    feeds={BedtimeReported: (DURATION, BEDTIME), NightSurveyed: (DURATION, BEDTIME)},
    measure=measure,
)

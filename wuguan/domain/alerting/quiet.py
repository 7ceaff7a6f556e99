"""When people may be told: outside of quiet hours, on days with school. Clocks are in UTC+8."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta

from wuguan.domain.alerting.rule import AlertRule
from wuguan.domain.context import Context
from wuguan.domain.instants import MINUTE_US, china_day, midnight_us
from wuguan.domain.roster import STAGES

IsSchoolDay = Callable[[date], bool]
# Longer than any vacation. A unit that has no school day in it has no calendar, or is closed;
# what is to be told of it must not wait for ever.
_MOST_DAYS = 100


def told_at(rule: AlertRule, at_us: int, is_school_day: IsSchoolDay) -> int:
    """The first instant from `at_us` on at which the rule lets people be told."""
    today = china_day(at_us)
    if is_school_day(today) and not _is_quiet(rule, at_us):
        return at_us
    ends = [_end_of_quiet(rule, today + timedelta(days=n)) for n in range(_MOST_DAYS)]
    later = [end for end in ends if end > at_us]
    for end in later:
        if is_school_day(china_day(end)):
            return end
    return later[0] if _is_quiet(rule, at_us) else at_us


def next_digest(at_us: int, minutes: int) -> int:
    """The end of the stretch of so many minutes (of the day) in which an instant lies."""
    start = midnight_us(china_day(at_us))
    stretch = minutes * MINUTE_US
    return start + -(-(at_us - start) // stretch) * stretch


def school_days_of(context: Context, path: Sequence[str]) -> IsSchoolDay:
    """Whether a day is a school day for any stage of a unit; `path` begins with the unit."""
    stages = context.organisation.stages_of(path[0]) if path else frozenset()

    def is_school_day(day: date) -> bool:
        return any(
            context.calendars.is_school_day(tuple(path), stage, day) for stage in stages or STAGES
        )

    return is_school_day


def _is_quiet(rule: AlertRule, at_us: int) -> bool:
    minute = (at_us - midnight_us(china_day(at_us))) // MINUTE_US
    begin, end = _minutes(rule.quiet_from), _minutes(rule.quiet_until)
    if begin <= end:
        return begin <= minute < end
    return minute >= begin or minute < end


def _end_of_quiet(rule: AlertRule, day: date) -> int:
    return midnight_us(day) + _minutes(rule.quiet_until) * MINUTE_US


def _minutes(clock: str) -> int:
    hours, _, minutes = clock.partition(":")
    return 60 * int(hours) + int(minutes)

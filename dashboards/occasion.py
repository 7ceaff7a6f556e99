"""When a board is looked at: which day and which half-month it shows, and what must be said."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta

from msgspec import Struct

from dashboards.words import Text, spoken_day, spoken_span
from wuguan.domain.periods import end_of_halfmonth, halfmonth_of

_DAY = timedelta(days=1)
REPORTED_BY = time(17, 30)
"""Most returns of a day have come by then; before it nobody is reminded of today."""


class Span(Struct, frozen=True):
    """Days from one to another, both included."""

    first: date
    last: date

    def spoken(self) -> Text:
        """The span in words."""
        return spoken_span(self.first, self.last)


def half_month(day: date) -> Span:
    """The half-month of a day: 1–15, or 16 to the end of the month."""
    return Span(halfmonth_of(day), end_of_halfmonth(day))


def half_month_before(span: Span) -> Span:
    """The half-month before another."""
    return half_month(span.first - _DAY)


def teaching_week(term_first: date, day: date) -> int:
    """The week of the term, counted from the Monday of its first week, from 1 on."""
    monday = term_first - term_first.weekday() * _DAY
    return (day - monday).days // 7 + 1


class Occasion(Struct, frozen=True, kw_only=True):
    """The day and the span that a board shows."""

    now: datetime
    """In UTC+8."""
    day: date
    """The last school day of the unit that is not after today; today where there never was one."""
    day_before: date | None
    """The school day before it."""
    is_asked: bool
    """Whether the reader asked for a day of the past."""
    has_school_days: bool
    term: Span | None
    """The term that the day lies in."""
    national_year_missing: int | None
    """The year of today, if it has no data about national days off."""

    @property
    def half(self) -> Span:
        """The half-month that is shown."""
        return half_month(self.day)

    @property
    def week(self) -> int | None:
        """The teaching week of the day."""
        return teaching_week(self.term.first, self.day) if self.term else None

    @property
    def is_today(self) -> bool:
        """Whether the day shown is the real today."""
        return self.day == self.now.date()

    @property
    def day_to_remind(self) -> date | None:
        """The last school day whose returns should have come."""
        if not self.has_school_days:
            return None
        if self.is_today and self.now.time() < REPORTED_BY:
            return self.day_before
        return self.day

    def banner(self) -> Text | None:
        """What a reader must know before reading a number."""
        if not self.has_school_days:
            return Text(
                "还没有可显示的上学日：名册或校历尚未载入，或校历中没有学期",
                "There is no school day to show yet: no roster or calendar is loaded, or the"
                " calendar has no term",
            )
        shown = spoken_day(self.day)
        if self.is_asked:
            return Text(f"显示历史日期 {shown.zh}", f"A day of the past is shown: {shown.en}")
        if self.national_year_missing is not None:
            year = self.national_year_missing
            return Text(
                f"{year}年的国家放假安排尚未载入，日期类型未知；显示最近的上学日 {shown.zh}",
                f"The national days off of {year} are not loaded, so the type of its days is"
                f" unknown; the last school day is shown: {shown.en}",
            )
        if not self.is_today:
            today = spoken_day(self.now.date())
            return Text(
                f"{today.zh}假期或休息日，无需上报；显示最近的上学日 {shown.zh}",
                f"Nothing is due on {today.en}; the last school day is shown: {shown.en}",
            )
        return None


def last_school_days(
    today: date, is_school_day: Callable[[date], bool], reach_days: int
) -> Sequence[date]:
    """The last two school days not after `today`, newest first; fewer where there are none."""
    found = []
    for back in range(min(reach_days, (today - date.min).days)):
        day = today - back * _DAY
        if is_school_day(day):
            found.append(day)
            if len(found) == 2:
                break
    return found

"""Which day the demonstration plays on, and which school day and term it shows."""

from datetime import date, datetime

from msgspec import Struct

from producers.demo_board import spoken
from producers.district.class_day import clock
from producers.district.school_year import STAGES, Term, last_school_day, term_of


class Occasion(Struct, frozen=True):
    """When the demonstration plays: which day is today, which school day and term are shown."""

    today: date
    shown_day: date
    term: Term
    is_replayed: bool

    def now(self, real_now: datetime) -> datetime:
        """The last instant that has happened; on a demo date of the past, its midnight."""
        return clock(self.today, 23, 59) if self.is_replayed else real_now

    def notes(self) -> tuple[str, ...]:
        """What a reader must know about the days shown."""
        notes = []
        if self.is_replayed:
            notes.append(f"演示日期 demo date {self.today}")
        if self.shown_day != self.today:
            notes.append(
                f"{spoken(self.today)}无需上报，显示最近的上学日{spoken(self.shown_day)} / "
                f"no school on {self.today}: the last school day, {self.shown_day}, is shown"
            )
        return tuple(notes)


def occasion_of(today: date, real_today: date) -> Occasion:
    """The occasion of a day: in a vacation, the last school day before it and its term."""
    shown_day = last_school_day(today, STAGES)
    term = term_of(shown_day)
    assert term is not None, "a school day lies in a term"
    return Occasion(today, shown_day, term, is_replayed=today < real_today)

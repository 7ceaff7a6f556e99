"""Which days alerts speak of: from when on a day's returns are due, and how far back is looked."""

from datetime import date, timedelta

from wuguan.domain.calendar import Calendars
from wuguan.domain.instants import MINUTE_US, china_day, midnight_us
from wuguan.domain.roster import STAGES

_DUE_US = (17 * 60 + 30) * MINUTE_US
# Clocks differ a little, and a transaction takes its time: what moves so shortly before a day is
# due counts as moved after it.
_MARGIN_US = 10 * MINUTE_US
_WINDOW_DAYS = 62
LONGEST_WINDOW = timedelta(days=150)
"""So far back at most, vacations included."""


def due_us(day: date) -> int:
    """When the returns of a day are due."""
    return midnight_us(day) + _DUE_US


def last_due_day(at_us: int) -> date:
    """The last day whose returns are due at an instant: today from 17:30 (UTC+8) on."""
    return china_day(at_us - _DUE_US)


def soon_due_day(at_us: int) -> date:
    """The same by a clock that may be a little slow: another may have opened this day already."""
    return last_due_day(at_us + _MARGIN_US)


def is_watched(day: date, at_us: int) -> bool:
    """Whether alerts look at a day now. One that is to come is looked at when it is due."""
    due = soon_due_day(at_us)
    return due - LONGEST_WINDOW < day <= due


def first_day(calendars: Calendars, path: tuple[str, ...], due: date) -> date:
    """The first of 62 days up to `due` that lie in a term, of any stage, of the unit at `path`.

    Vacations do not count: an alert that fired in June is still known in September. Where there
    are no terms, 150 days are looked at.
    """
    terms = {term for stage in STAGES for term in calendars.terms_of(path, stage)}
    found, day = 0, due
    while due - day < LONGEST_WINDOW:
        found += any(term.from_day <= day <= term.to_day for term in terms)
        if found == _WINDOW_DAYS:
            return day
        day -= timedelta(days=1)
    return day + timedelta(days=1)

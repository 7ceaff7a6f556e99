"""Which days alerts speak of: due from half past five on, and vacations do not count."""

from datetime import date, timedelta

import pytest

from wuguan.domain.alerting.due import (
    LONGEST_WINDOW,
    first_day,
    is_watched,
    last_due_day,
    soon_due_day,
)
from wuguan.domain.calendar import Calendars, NationalDays, Term, UnitCalendar
from wuguan.domain.instants import MINUTE_US, midnight_us

DAY = date(2026, 9, 14)
SPRING = Term(date(2026, 2, 23), date(2026, 7, 3))
AUTUMN = Term(date(2026, 9, 1), date(2027, 1, 22))


def at(clock: str, day: date = DAY) -> int:
    hours, minutes = map(int, clock.split(":"))
    return midnight_us(day) + (60 * hours + minutes) * MINUTE_US


def calendars(*terms: Term) -> Calendars:
    return Calendars({"990101": UnitCalendar("990101", terms)}, NationalDays({}))


@pytest.mark.parametrize(
    ("clock", "last", "soon"), [("17:19", 13, 13), ("17:20", 13, 14), ("17:30", 14, 14)]
)
def test_today_is_due_from_half_past_five_on(clock: str, last: int, soon: int) -> None:
    assert last_due_day(at(clock)) == date(2026, 9, last)
    assert soon_due_day(at(clock)) == date(2026, 9, soon)


def test_what_is_to_come_and_what_is_long_past_is_not_watched() -> None:
    first = DAY - LONGEST_WINDOW + timedelta(days=1)

    assert [is_watched(day, at("18:00")) for day in (first, DAY)] == [True, True]
    assert not is_watched(first - timedelta(days=1), at("18:00"))
    assert not is_watched(DAY + timedelta(days=1), at("18:00"))
    assert not is_watched(DAY, at("17:00"))


def test_sixty_two_days_of_a_term_are_looked_at() -> None:
    due = date(2026, 12, 1)

    assert first_day(calendars(AUTUMN), ("990101",), due) == due - timedelta(days=61)


def test_the_days_before_the_vacation_are_still_looked_at_after_it() -> None:
    first = first_day(calendars(SPRING, AUTUMN), ("990101",), date(2026, 9, 1))

    # The first of September, and 61 days up to the third of July.
    assert first == SPRING.to_day - timedelta(days=60)


@pytest.mark.parametrize("path", [("990102",), ()])
def test_without_terms_as_much_is_looked_at_as_ever(path: tuple[str, ...]) -> None:
    first = first_day(calendars(AUTUMN), path, DAY)

    assert first == DAY - LONGEST_WINDOW + timedelta(days=1)
    assert is_watched(first, at("18:00"))

"""Instants and days. China has one time zone: every clock reading is in UTC+8.

An instant is held as an integer of microseconds since 1970-01-01T00:00Z, so that comparing two
of them is comparing two numbers, whatever offset they were written with.
"""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from functools import lru_cache
from typing import cast

CHINA = timezone(timedelta(hours=8))
FIRST_DAY = date(2018, 9, 1)
"""The first day that an event may be about (the school year of the first rules)."""

MINUTE_US = 60_000_000
DAY_US = 86_400_000_000
_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
_CHINA_US = 8 * 60 * MINUTE_US

# RFC 3339. `T` and `Z` may be lower case (RFC 3339 §5.6); a blank for the `T` may not stand.
_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt](?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"
    r"(?:\.[0-9]+)?(?:[Zz]|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])\Z"
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


# The same few instants are met again and again: the minutes of an evening, the time of a request.
@lru_cache(maxsize=16_384)
def parse_instant(text: str) -> int | None:
    """Microseconds since the epoch, or None if `text` is no RFC 3339 instant with an offset.

    Fraction digits past the sixth are cut. A leap second and 24:00 are no instants here.
    """
    if _INSTANT.match(text) is None:
        return None
    try:
        since = datetime.fromisoformat(text.upper()) - _EPOCH
    except ValueError:
        return None
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


instant_of = cast(Callable[[str], int], parse_instant)
"""The same of an instant that was accepted: it can be read, and is remembered in the same place."""


def parse_day(text: str) -> date | None:
    """The calendar day of an ISO date, or None if `text` is none."""
    if _DAY.fullmatch(text) is None:
        return None
    try:
        return date(int(text[:4]), int(text[5:7]), int(text[8:]))
    except ValueError:
        return None


def midnight_us(day: date) -> int:
    """The instant at which `day` begins in China."""
    return (day.toordinal() - _EPOCH_ORDINAL) * DAY_US - _CHINA_US


def instant_us(moment: datetime) -> int:
    """An aware datetime as microseconds since the epoch."""
    return (moment - _EPOCH) // timedelta(microseconds=1)


def china_datetime(micros: int) -> datetime:
    """Microseconds since the epoch as a datetime in UTC+8."""
    return _EPOCH.astimezone(CHINA) + timedelta(microseconds=micros)


def china_day(micros: int) -> date:
    """The calendar day in China at an instant."""
    return date.fromordinal((micros + _CHINA_US) // DAY_US + _EPOCH_ORDINAL)

"""Days off and make-up workdays, from the notices that the library ships.

A year that is not there has no school days in the simulation: its notice is not out yet.
"""

from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib.resources import files

import msgspec
from msgspec import Struct


class NationalYear(Struct, frozen=True):
    """Weekdays on which nobody goes to school, and weekend days on which everybody does."""

    weekdays_off: frozenset[date]
    weekend_days_worked: frozenset[date]


@cache
def national_days() -> Mapping[int, NationalYear]:
    """Every year with data. Read once, from the library's own files."""
    content = files("wuguan").joinpath("data", "national-days.json").read_bytes()
    years = msgspec.json.decode(content, type=dict[str, NationalYear])
    return {int(year): days for year, days in years.items()}

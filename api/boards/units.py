"""Which units a reader may see, as a list to choose from."""

from collections.abc import Iterator
from datetime import date
from itertools import islice

from msgspec import Struct

from dashboards.occasion import Occasion, half_month_before
from wuguan.domain.context import Context
from wuguan.ports import ApiKey

MOST_UNITS = 500


class ListedUnit(Struct, frozen=True):
    """A unit above schools, and how many schools it has."""

    unit_id: str
    name: str
    depth: int
    schools: int


def may_see(key: ApiKey, context: Context, unit: str, day: date) -> bool:
    """Whether the key covers the unit on a day; whether the unit exists at all."""
    organisation = context.organisation
    if organisation.level(unit) is None:
        return False
    return key.unit_id is not None and organisation.covers(key.unit_id, unit, day, day)


def covered_since(key: ApiKey, context: Context, unit: str, occasion: Occasion) -> date | None:
    """From which day on the key covers the unit up to the day shown; None where not even then.

    No day before the half-month before the one shown is read.
    """
    organisation = context.organisation
    first, last = half_month_before(occasion.half).first, occasion.day
    changes = [day for day in organisation.tree_changes() if first < day <= last]
    covered = None
    for day in sorted({first, *changes, last}, reverse=True):
        if not may_see(key, context, unit, day):
            return covered
        covered = day
    return covered


def units_of(key: ApiKey, context: Context, day: date) -> list[ListedUnit]:
    """The units that the key covers, each under the one above it."""
    if key.unit_id is None:
        return []
    return list(islice(_below(context, key.unit_id, 0, day), MOST_UNITS))


def _below(context: Context, unit: str, depth: int, day: date) -> Iterator[ListedUnit]:
    organisation = context.organisation
    if organisation.level(unit) in ("school", None):
        return
    name = organisation.name(unit, day) or unit
    yield ListedUnit(unit, name, depth, len(organisation.schools_below(unit, day)))
    for child in organisation.children(unit, day):
        yield from _below(context, child, depth + 1, day)


def unit_above(key: ApiKey, context: Context, school: str, day: date) -> str | None:
    """The unit above a school that has a board of its own, if the key covers it."""
    above = context.organisation.path(school, day)[1:]
    return next((unit for unit in above if may_see(key, context, unit, day)), None)

"""Which units a reader may see, as a list to choose from."""

from collections.abc import Iterator
from datetime import date

from msgspec import Struct

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
    if key.scope == "admin":
        return True
    return key.unit_id is not None and organisation.covers(key.unit_id, unit, day, day)


def units_of(key: ApiKey, context: Context, day: date) -> list[ListedUnit]:
    """The units that the key covers, each under the one above it."""
    organisation = context.organisation
    if key.unit_id is not None:
        tops = [key.unit_id]
    else:
        known = organisation.unit_ids()
        tops = [unit for unit in known if len(organisation.path(unit, day)) == 1]
    found = [one for top in tops for one in _below(context, top, 0, day)]
    return found[:MOST_UNITS]


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

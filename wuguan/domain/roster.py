"""The entries of the roster, as sent and as stored: dated statements about who exists.

An entry replaces the former one of the same key whole. Absent bounds are open: no `valid_from`
means always, no `valid_to` means until further notice; `valid_to` is the last valid day.
"""

from datetime import date
from typing import Literal, get_args

from msgspec import Struct

Level = Literal["province", "city", "district", "area", "school"]
"""The levels of the tree, from the top."""
Stage = Literal["primary", "junior", "senior"]
System = Literal["6-3", "5-4"]
"""Years of primary and junior school."""

LEVELS: tuple[Level, ...] = get_args(Level)
STAGES: tuple[Stage, ...] = get_args(Stage)
SYSTEMS: tuple[System, ...] = get_args(System)


class Unit(Struct, frozen=True):
    """A node of the tree above the schools. Key: `unit_id` and `valid_from`."""

    unit_id: str
    level: Level
    name: str
    parent: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None

    @property
    def key(self) -> tuple[str, date | None]:
        """What an entry must share to be replaced by this one."""
        return self.unit_id, self.valid_from


class School(Struct, frozen=True):
    """A school under its unit. Key: `school_id` and `valid_from`."""

    school_id: str
    name: str
    parent: str | None
    system: System
    valid_from: date | None = None
    valid_to: date | None = None

    @property
    def key(self) -> tuple[str, date | None]:
        """What an entry must share to be replaced by this one."""
        return self.school_id, self.valid_from

    @property
    def unit_id(self) -> str:
        """A school's unit id is its school id."""
        return self.school_id

    @property
    def level(self) -> Level:
        """A school stands on the lowest level."""
        return "school"


class StandingNil(Struct, frozen=True):
    """On these days the school has nothing to report of a management."""

    management: str
    from_day: date
    to_day: date | None = None


class Enrolment(Struct, frozen=True):
    """How many pupils a class has from a day on."""

    from_day: date
    pupils: int


class SchoolClass(Struct, frozen=True):
    """A class of a school. Key: `school_id` and `class_id`."""

    school_id: str
    class_id: str
    stage: Stage
    entry_year: int
    valid_from: date | None = None
    valid_to: date | None = None
    standing_nil: tuple[StandingNil, ...] = ()
    enrolment: tuple[Enrolment, ...] = ()

    @property
    def key(self) -> tuple[str, str]:
        """What an entry must share to be replaced by this one."""
        return self.school_id, self.class_id


class RosterEntries(Struct, frozen=True):
    """What one roster document states, or what a whole roster holds."""

    units: tuple[Unit, ...] = ()
    schools: tuple[School, ...] = ()
    classes: tuple[SchoolClass, ...] = ()

    @property
    def places(self) -> tuple[Unit | School, ...]:
        """The nodes of the tree: units and schools."""
        return (*self.units, *self.schools)

    def __len__(self) -> int:
        return len(self.units) + len(self.schools) + len(self.classes)

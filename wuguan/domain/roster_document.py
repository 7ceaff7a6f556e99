"""The roster as it is sent: who exists, from when to when."""

from collections.abc import Collection, Mapping
from typing import TypeVar

from wuguan.domain.document_reader import (
    FaultList,
    Field,
    Members,
    Read,
    day,
    entry,
    identifier,
    integer,
    items,
    label,
    list_of,
    read_members,
    span,
    word,
)
from wuguan.domain.forms import CLASS_ID, SCHOOL_ID, UNIT_ID
from wuguan.domain.organisation import Organisation
from wuguan.domain.roster import (
    LEVELS,
    STAGES,
    SYSTEMS,
    Enrolment,
    RosterEntries,
    School,
    SchoolClass,
    StandingNil,
    Unit,
)
from wuguan.domain.roster_tree import check_classes, check_tree

__all__ = ["RosterEntries", "read_roster"]

T = TypeVar("T", Unit, School, SchoolClass)

_LONGEST_NAME = 200
_MOST_PUPILS = 200
_ENTRY_YEARS = (2000, 2100)


def read_roster(
    body: object, organisation: Organisation, managements: Collection[str]
) -> RosterEntries:
    """The entries of a roster document, checked against themselves and the roster that is.

    Of entries with the same key the later in the document counts. Raises `InvalidDocument` with
    every fault found (beyond a thousand, their number), and nothing else, whatever the JSON.
    """
    faults = FaultList()
    lists = read_members(body, "", faults, _LISTS) or {}
    units = _read_all(lists, "units", _UNIT, faults)
    schools = _read_all(lists, "schools", _SCHOOL, faults)
    classes = _read_all(lists, "classes", _class_reader(managements), faults)
    named_units = _named(lists, "units", "unit_id")
    named_schools = _named(lists, "schools", "school_id")
    check_tree(units, schools, named_units | named_schools, organisation, faults)
    check_classes(classes, named_schools, organisation, faults)
    faults.raise_if_any()
    return RosterEntries(_latest(units), _latest(schools), _latest(classes))


def _read_all(lists: Members, name: str, read: Read[T], faults: FaultList) -> dict[str, T]:
    """What could be read of a list, by JSON pointer."""
    found = {}
    for index, item in enumerate(lists.get(name) or ()):
        path = f"/{name}/{index}"
        one = read(item, path, faults)
        if one is not None:
            found[path] = one
    return found


def _latest(entries: Mapping[str, T]) -> tuple[T, ...]:
    return tuple({one.key: one for one in entries.values()}.values())


def _named(lists: Members, name: str, member: str) -> set[str]:
    """The ids that a list names, of faulty entries too: they exist, they are only ill described."""
    ids = (item.get(member) for item in lists.get(name) or () if isinstance(item, dict))
    return {one for one in ids if isinstance(one, str)}


def _unit_level(value: object, path: str, faults: FaultList) -> str | None:
    if value == "school":
        message = "a unit is above the schools; state a school under `schools`"
        faults.add(path, "wrong_level", message, "单位应在学校之上；学校请写入 schools")
        return None
    return _ABOVE_SCHOOLS(value, path, faults)


_ABOVE_SCHOOLS = word(LEVELS[:-1])
_NAME = label(_LONGEST_NAME)
_VALIDITY = {"valid_from": Field(day, required=False), "valid_to": Field(day, required=False)}
_IS_VALID_SPAN = span("valid_from", "valid_to")

_LISTS = {name: Field(items, required=False) for name in ("units", "schools", "classes")}

_UNIT = entry(
    {
        "unit_id": Field(identifier(UNIT_ID)),
        "level": Field(_unit_level),
        "name": Field(_NAME),
        "parent": Field(identifier(UNIT_ID), required=False),
        **_VALIDITY,
    },
    lambda members: Unit(**members),
    _IS_VALID_SPAN,
)

_SCHOOL = entry(
    {
        "school_id": Field(identifier(SCHOOL_ID)),
        "name": Field(_NAME),
        "parent": Field(identifier(UNIT_ID)),
        "system": Field(word(SYSTEMS)),
        **_VALIDITY,
    },
    lambda members: School(**members),
    _IS_VALID_SPAN,
)

_ENROLMENT = entry(
    {"from": Field(day), "pupils": Field(integer(0, _MOST_PUPILS))},
    lambda members: Enrolment(members["from"], members["pupils"]),
)


def _class_reader(managements: Collection[str]) -> Read[SchoolClass]:
    standing_nil = entry(
        {
            "management": Field(word(managements)),
            "from": Field(day),
            "to": Field(day, required=False),
        },
        lambda members: StandingNil(members["management"], members["from"], members.get("to")),
        span("from", "to"),
    )
    fields: dict[str, Field] = {
        "school_id": Field(identifier(SCHOOL_ID)),
        "class_id": Field(identifier(CLASS_ID)),
        "stage": Field(word(STAGES)),
        "entry_year": Field(integer(*_ENTRY_YEARS)),
        **_VALIDITY,
        "standing_nil": Field(list_of(standing_nil), required=False),
        "enrolment": Field(list_of(_ENROLMENT), required=False),
    }
    return entry(fields, lambda members: SchoolClass(**members), _IS_VALID_SPAN)

"""Whether the units and schools of a roster document make a tree with the roster that is."""

from collections.abc import Collection, Mapping

from wuguan.domain.document_reader import FaultList
from wuguan.domain.organisation import Organisation
from wuguan.domain.roster import LEVELS, School, SchoolClass, Unit

# A cycle that is longer, or hidden among more entries, is still refused, as a wrong level.
_LONGEST_CYCLE = 64
_WIDEST_SEARCH = 1_000


def check_tree(
    units: Mapping[str, Unit],
    schools: Mapping[str, School],
    named: Collection[str],
    organisation: Organisation,
    faults: FaultList,
) -> None:
    """Note every entry that does not fit; `named` are all ids in the document, faulty or not.

    The tree is judged as it would be after the document, so that a document may change a unit
    and what hangs on it at once. A parent above its child on every day leaves no room for a
    cycle, so only entries with a wrong parent are searched for one.
    """
    after = Organisation(
        [*organisation.entries().units, *units.values()],
        [*organisation.entries().schools, *schools.values()],
    )
    _check_levels(units, schools, after, faults)
    places: dict[str, Unit | School] = {**units, **schools}
    for path, entry in places.items():
        _check_parent(path, entry, named, after, faults)
    _check_children(units, schools, after, faults)


def check_classes(
    classes: Mapping[str, SchoolClass],
    named_schools: Collection[str],
    organisation: Organisation,
    faults: FaultList,
) -> None:
    """Note every class whose school is neither in the document nor in the roster."""
    known = {*organisation.school_ids(), *named_schools}
    for path, entry in classes.items():
        if entry.school_id not in known:
            message = "no such school in this document or the roster; state it under `schools`"
            message_zh = "本文件和名册中都没有这所学校；请在 schools 中写明"
            faults.add(f"{path}/school_id", "unknown_unit", message, message_zh)


def _check_levels(
    units: Mapping[str, Unit],
    schools: Mapping[str, School],
    after: Organisation,
    faults: FaultList,
) -> None:
    levels = _levels(after)
    for path, entry in units.items():
        if len(levels[entry.unit_id]) > 1:
            message = "another entry gives this unit another level; a unit keeps its level"
            message_zh = "该单位的另一条记录写有不同层级；同一单位的层级不能改变"
            faults.add(f"{path}/level", "wrong_level", message, message_zh)
    for path, school in schools.items():
        if len(levels[school.school_id]) > 1:
            message = "this id is already that of a unit above the schools"
            faults.add(f"{path}/school_id", "wrong_level", message, "该编号已用于学校以上的单位")


def _levels(organisation: Organisation) -> dict[str, set[str]]:
    levels: dict[str, set[str]] = {}
    for entry in organisation.entries().places:
        levels.setdefault(entry.unit_id, set()).add(entry.level)
    return levels


def _check_parent(
    path: str,
    entry: Unit | School,
    named: Collection[str],
    after: Organisation,
    faults: FaultList,
) -> None:
    if entry.parent is None:
        return
    if after.level(entry.parent) is None:
        if entry.parent not in named:
            message = "no such unit in this document or the roster; state it under `units`"
            message_zh = "本文件和名册中都没有这个上级单位；请在 units 中写明"
            faults.add(f"{path}/parent", "unknown_unit", message, message_zh)
    elif not _is_above(entry, after):
        if not faults.is_full and _is_above_itself(entry, after):
            message = "this parent would put the unit above itself on some day"
            message_zh = "按此上级，该单位在某一天会成为自己的上级"
            faults.add(f"{path}/parent", "cycle", message, message_zh)
        else:
            message = f"the parent must stand above its child: {' > '.join(LEVELS)}"
            message_zh = f"上级单位的层级应高于本单位：{' > '.join(LEVELS)}"
            faults.add(f"{path}/parent", "wrong_level", message, message_zh)


def _check_children(
    units: Mapping[str, Unit],
    schools: Mapping[str, School],
    after: Organisation,
    faults: FaultList,
) -> None:
    """Note the units of the document that would no longer stand above what the roster has below."""
    sent = {*(unit.key for unit in units.values()), *(school.key for school in schools.values())}
    kept = (e for e in after.entries().places if e.key not in sent)
    outgrown = {e.parent for e in kept if e.parent is not None and not _is_above(e, after)}
    for path, unit in units.items():
        if unit.unit_id in outgrown:
            message = "units or schools below it in the roster would no longer stand below it"
            message_zh = "改为此层级后，名册中它的下级不再低于它"
            faults.add(f"{path}/level", "wrong_level", message, message_zh)


def _is_above(entry: Unit | School, organisation: Organisation) -> bool:
    """Whether the parent of the entry stands on a higher level."""
    level = organisation.level(entry.parent) if entry.parent is not None else None
    return level is not None and LEVELS.index(level) < LEVELS.index(entry.level)


def _is_above_itself(entry: Unit | School, organisation: Organisation) -> bool:
    """Whether the way up from the entry leads back to its unit on some day."""
    above = set(organisation.parents_within(entry.unit_id, *organisation.days_held(entry)))
    for _ in range(_LONGEST_CYCLE):
        if any(unit_id == entry.unit_id for unit_id, _, _ in above):
            return True
        if len(above) > _WIDEST_SEARCH:
            return False
        above = {up for step in above for up in organisation.parents_within(*step)}
    return False

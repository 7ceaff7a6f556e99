"""The organisation: the tree of units, schools and classes, as it stood on any day."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

from wuguan.domain.holding import changes_of, children_ever, clipped, holdings_of
from wuguan.domain.known_class import KnownClass, days_of_change, known_on, school_year
from wuguan.domain.roster import (
    Enrolment,
    Level,
    RosterEntries,
    School,
    SchoolClass,
    Stage,
    StandingNil,
    System,
    Unit,
)

__all__ = [
    "Enrolment",
    "KnownClass",
    "Level",
    "Organisation",
    "RosterEntries",
    "School",
    "SchoolClass",
    "Stage",
    "StandingNil",
    "System",
    "Unit",
]


class _Known(NamedTuple):
    """The known classes of a school, in order and by id."""

    classes: tuple[KnownClass, ...]
    by_id: Mapping[str, KnownClass]


_NOBODY = _Known((), {})
_MOST_REMEMBERED = 10_000


class Organisation:
    """Answers who exists on a day. Never changes; `with_entries` makes another one.

    Of entries with the same key the later counts. Answers are remembered by the period between
    two changes of the tree, not by day, so memory does not grow with the days asked about.
    """

    def __init__(
        self,
        units: Iterable[Unit] = (),
        schools: Iterable[School] = (),
        classes: Iterable[SchoolClass] = (),
    ) -> None:
        self._units = {unit.key: unit for unit in units}
        self._schools = {school.key: school for school in schools}
        self._classes = {entry.key: entry for entry in classes}
        self._holdings = holdings_of([*self._units.values(), *self._schools.values()])
        self._children_ever = children_ever(self._holdings)
        self._classes_of = _classes_of(self._classes.values())
        self._stages_of: dict[str, frozenset[Stage]] = {}
        self._tree_changes = sorted({day for h in self._holdings.values() for day in changes_of(h)})
        self._paths: dict[tuple[str, int], tuple[str, ...]] = {}
        self._children: dict[tuple[str, int], tuple[str, ...]] = {}
        self._class_changes: dict[str, list[date]] = {}
        self._known: dict[tuple[str, int, int], _Known] = {}

    def with_entries(
        self,
        units: Iterable[Unit] = (),
        schools: Iterable[School] = (),
        classes: Iterable[SchoolClass] = (),
    ) -> "Organisation":
        """Another organisation, in which these entries replace those of the same key whole."""
        return Organisation(
            [*self._units.values(), *units],
            [*self._schools.values(), *schools],
            [*self._classes.values(), *classes],
        )

    # What was given.

    def entries(self) -> RosterEntries:
        """Every entry, one a key."""
        return RosterEntries(
            tuple(self._units.values()),
            tuple(self._schools.values()),
            tuple(self._classes.values()),
        )

    def unit_ids(self) -> tuple[str, ...]:
        """The ids of all units that ever were, schools apart, in code-point order."""
        return tuple(sorted({unit_id for unit_id, _ in self._units}))

    def school_ids(self) -> tuple[str, ...]:
        """The ids of all schools that ever were, in code-point order."""
        return tuple(sorted({school_id for school_id, _ in self._schools}))

    def entries_of(self, unit_id: str) -> tuple[Unit | School, ...]:
        """The entries of one unit or school, by their first valid day."""
        return tuple(holding.entry for holding in self._holdings.get(unit_id, ()))

    def entry_holding(self, unit_id: str, day: date) -> Unit | School | None:
        """The entry that holds on a day, or None where there is none or it is past (closed)."""
        for holding in self._holdings.get(unit_id, ()):
            if holding.since <= day <= holding.until:
                return holding.entry
        return None

    def days_held(self, entry: Unit | School) -> tuple[date, date]:
        """The first and last day on which an entry holds; the last before the first where none."""
        holdings = self._holdings[entry.unit_id]
        since = entry.valid_from or date.min
        place = bisect_right(holdings, since, key=lambda holding: holding.since)
        return since, holdings[place - 1].until

    def tree_changes(self) -> tuple[date, ...]:
        """The days on which anything in the tree changes."""
        return tuple(self._tree_changes)

    def tree_changes_of(self, unit_id: str) -> tuple[date, ...]:
        """The days on which another entry of the unit begins to hold, or one has ceased to."""
        return tuple(sorted(changes_of(self._holdings.get(unit_id, ()))))

    def classes_of(self, school_id: str) -> tuple[SchoolClass, ...]:
        """The class entries of a school, by class id."""
        return self._classes_of.get(school_id, ())

    def stages_of(self, school_id: str) -> frozenset[Stage]:
        """The stages of the classes that a school ever had."""
        stages = self._stages_of.get(school_id)
        if stages is None:
            stages = frozenset(entry.stage for entry in self.classes_of(school_id))
            self._stages_of[school_id] = stages
        return stages

    def class_entry(self, school_id: str, class_id: str) -> SchoolClass | None:
        """The entry of one class."""
        return self._classes.get((school_id, class_id))

    # The tree.

    def level(self, unit_id: str) -> Level | None:
        """The level of a unit, whatever the day; None where no such unit ever was."""
        holdings = self._holdings.get(unit_id)
        return holdings[-1].entry.level if holdings else None

    def name(self, unit_id: str, day: date) -> str | None:
        """The name on a day; of a unit not begun yet the first, of a closed one the last."""
        holdings = self._holdings.get(unit_id)
        if not holdings:
            return None
        begun = [holding for holding in holdings if holding.since <= day]
        return (begun or holdings[:1])[-1].entry.name

    def path(self, unit_id: str, day: date) -> tuple[str, ...]:
        """The unit itself, then those above it, upwards, as the tree stood on the day.

        Empty where the unit has not begun or is closed; an ancestor that is missing or closed
        ends the path below it.
        """
        if unit_id not in self._holdings:
            return ()
        key = unit_id, bisect_right(self._tree_changes, day)
        path = self._paths.get(key)
        if path is None:
            path = self._paths[key] = self._walk_up(unit_id, day)
        return path

    def unit_depth(self, unit_id: str, day: date) -> int:
        """How many units stand above it on the day; 0 at the top and where it has no path."""
        return max(len(self.path(unit_id, day)) - 1, 0)

    def children(self, unit_id: str, day: date) -> tuple[str, ...]:
        """The units and schools directly below on the day, in code-point order.

        Exactly those whose path goes on with this unit: a closed unit has none.
        """
        if unit_id not in self._holdings:
            return ()
        key = unit_id, bisect_right(self._tree_changes, day)
        children = self._children.get(key)
        if children is None:
            ever = self._children_ever.get(unit_id, ())
            children = tuple(c for c in ever if self.path(c, day)[1:2] == (unit_id,))
            self._children[key] = children
        return children

    def schools_below(self, unit_id: str, day: date) -> tuple[str, ...]:
        """The schools of a unit on the day, in code-point order; an open school is its own."""
        found: set[str] = set()
        waiting = [unit_id] if self.path(unit_id, day) else []
        while waiting:
            current = waiting.pop()
            if current not in found:
                found.add(current)
                waiting += self.children(current, day)
        return tuple(sorted(u for u in found if self.level(u) == "school"))

    def schools_ever_below(self, unit_id: str) -> tuple[str, ...]:
        """The schools that the unit had under any tree that ever held, in code-point order."""
        return self.schools_below_within(unit_id, date.min, date.max)

    def schools_below_within(self, unit_id: str, from_day: date, to_day: date) -> tuple[str, ...]:
        """The schools that the unit has on any day of the range, in code-point order."""
        below = self.units_below_within(unit_id, from_day, to_day)
        return tuple(found for found in below if self.level(found) == "school")

    def units_below_within(self, unit_id: str, from_day: date, to_day: date) -> tuple[str, ...]:
        """The units and schools below on any day of the range, itself included, in order."""
        found: set[tuple[str, date, date]] = set()
        waiting = clipped(unit_id, self._holdings.get(unit_id, ()), from_day, to_day)
        while waiting:
            current = waiting.pop()
            if current not in found:
                found.add(current)
                waiting += self._children_within(*current)
        return tuple(sorted({below for below, _, _ in found}))

    def parents_within(
        self, unit_id: str, from_day: date, to_day: date
    ) -> tuple[tuple[str, date, date], ...]:
        """The parents that a unit has in the range, each with its first and last day there."""
        holdings = self._holdings.get(unit_id, ())
        first = bisect_right(holdings, from_day, key=lambda holding: holding.since)
        last = bisect_right(holdings, to_day, key=lambda holding: holding.since)
        return tuple(
            (holding.entry.parent, since, until)
            for holding in holdings[max(first - 1, 0) : last]
            if holding.entry.parent is not None
            for _, since, until in clipped(unit_id, [holding], from_day, to_day)
        )

    def covers(self, ancestor: str, unit_id: str, from_day: date, to_day: date) -> bool:
        """Whether `ancestor` is the unit or above it on every day of the range.

        Days on which the unit has no path do not count; where it has none in the whole range,
        the latest entries decide, whatever their validity.
        """
        changes = self._tree_changes
        first, last = bisect_right(changes, from_day), bisect_right(changes, to_day)
        days = [from_day, *changes[first:last]] if from_day <= to_day else []
        paths = [path for path in (self.path(unit_id, day) for day in days) if path]
        return all(ancestor in path for path in paths or [self._latest_path(unit_id)])

    # The classes.

    def known_classes(self, school_id: str, day: date) -> tuple[KnownClass, ...]:
        """The classes of a school that are known on the day, by class id."""
        return self._known_on(school_id, day).classes

    def known_class(self, school_id: str, class_id: str, day: date) -> KnownClass | None:
        """One class on a day, or None where it is unknown."""
        return self._known_on(school_id, day).by_id.get(class_id)

    def _known_on(self, school_id: str, day: date) -> _Known:
        school = self.entry_holding(school_id, day)
        if not isinstance(school, School) or school_id not in self._classes_of:
            return _NOBODY
        period = bisect_right(self._changes_of_classes(school_id), day)
        key = school_id, period, school_year(day)
        known = self._known.get(key)
        if known is None:
            entries = self._classes_of[school_id]
            found = [known_on(entry, school.system, day) for entry in entries]
            classes = tuple(one for one in found if one is not None)
            # Bounded: of 5,000 schools' many years not every period is worth its memory.
            if len(self._known) >= _MOST_REMEMBERED:
                self._known.clear()
            known = self._known[key] = _Known(classes, {one.class_id: one for one in classes})
        return known

    def _changes_of_classes(self, school_id: str) -> list[date]:
        changes = self._class_changes.get(school_id)
        if changes is None:
            found = {day for entry in self._classes_of[school_id] for day in days_of_change(entry)}
            changes = sorted(found | changes_of(self._holdings[school_id]))
            self._class_changes[school_id] = changes
        return changes

    def _walk_up(self, unit_id: str, day: date) -> tuple[str, ...]:
        path: list[str] = []
        current: str | None = unit_id
        while current is not None and current not in path:
            entry = self.entry_holding(current, day)
            if entry is None:
                break
            path.append(current)
            current = entry.parent
        return tuple(path)

    def _latest_path(self, unit_id: str) -> tuple[str, ...]:
        path: list[str] = []
        current: str | None = unit_id
        while current in self._holdings and current not in path:
            path.append(current)
            current = self._holdings[current][-1].entry.parent
        return tuple(path)

    def _children_within(
        self, unit_id: str, since: date, until: date
    ) -> list[tuple[str, date, date]]:
        found = []
        for child in self._children_ever.get(unit_id, ()):
            below = [h for h in self._holdings[child] if h.entry.parent == unit_id]
            found += clipped(child, below, since, until)
        return found


def _classes_of(classes: Iterable[SchoolClass]) -> dict[str, tuple[SchoolClass, ...]]:
    by_school: dict[str, list[SchoolClass]] = {}
    for entry in classes:
        by_school.setdefault(entry.school_id, []).append(entry)
    return {s: tuple(sorted(of, key=lambda e: e.class_id)) for s, of in by_school.items()}

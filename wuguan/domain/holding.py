"""When the entries of units and schools hold: from their first day until their end or the next."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

from wuguan.domain.known_class import day_after
from wuguan.domain.roster import School, Unit


class Holding(NamedTuple):
    """The days on which an entry holds and is not past; none where `until` is before `since`."""

    since: date
    until: date
    entry: Unit | School


def holdings_of(entries: Iterable[Unit | School]) -> dict[str, tuple[Holding, ...]]:
    """The holdings of every unit and school, by their first day.

    The entry with the latest first day not after a day holds on it, even where it is past (the
    unit is then closed) and an earlier entry is not.
    """
    by_unit: dict[str, list[Unit | School]] = {}
    for entry in entries:
        by_unit.setdefault(entry.unit_id, []).append(entry)
    return {unit_id: _in_turn(of_unit) for unit_id, of_unit in by_unit.items()}


def _in_turn(entries: list[Unit | School]) -> tuple[Holding, ...]:
    entries = sorted(entries, key=lambda entry: entry.valid_from or date.min)
    starts = [entry.valid_from or date.min for entry in entries]
    ends = [date.fromordinal(max(start.toordinal() - 1, 1)) for start in starts[1:]]
    return tuple(
        Holding(start, min(entry.valid_to or date.max, end), entry)
        for start, end, entry in zip(starts, [*ends, date.max], entries, strict=True)
    )


def changes_of(holdings: Iterable[Holding]) -> set[date]:
    """The days on which an entry begins to hold or has ceased to."""
    starts = {holding.since for holding in holdings}
    return starts | {day_after(h.until) for h in holdings if h.until != date.max}


def clipped(
    unit_id: str, holdings: Iterable[Holding], since: date, until: date
) -> list[tuple[str, date, date]]:
    """The unit with each part of the range in which one of the holdings holds."""
    overlaps = [(max(since, h.since), min(until, h.until)) for h in holdings]
    return [(unit_id, first, last) for first, last in overlaps if first <= last]


def children_ever(holdings: Mapping[str, tuple[Holding, ...]]) -> dict[str, tuple[str, ...]]:
    """The units that ever named a unit as their parent, in code-point order."""
    children: dict[str, list[str]] = {}
    for unit_id in sorted(holdings):
        for parent in {holding.entry.parent for holding in holdings[unit_id]}:
            if parent is not None:
                children.setdefault(parent, []).append(unit_id)
    return {parent: tuple(below) for parent, below in children.items()}

"""The policy book: what is asked of whom, on which days, and which document says so.

Rules are data. The state's rules hold everywhere; a district, a city or a school may ask for
more, and its stricter rule then replaces the state's in its own schools.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction
from functools import cached_property
from hashlib import sha256
from types import MappingProxyType
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

Keeps = Literal["at_most", "at_least", "kept"]
Binding = Literal["must", "should"]
Verified = Literal["V", "V*", "U"]
Percent = Annotated[int, Meta(ge=1, le=100)]
Span = tuple[str | None, date, date | None]
"""A place (None: the whole country), the first day and the last (None: no end)."""

_ALL_PERCENT, _IN_LINE_PERCENT = 100, 95

JUDGED_METRICS: Mapping[str, Keeps] = MappingProxyType(
    {
        "homework.minutes": "at_most",
        "homework.weekend_minutes": "at_most",
        "homework.written_set": "at_most",
        "homework.channel": "at_most",
        "homework.marking": "kept",
        "sleep.duration": "at_least",
        "sleep.bedtime": "at_most",
        "phone.custody": "kept",
        "phone.classroom": "at_most",
        "phone.screen_time": "at_most",
        "reading.swept": "kept",
        "fitness.exercise": "at_least",
        "fitness.sport_time": "at_least",
        "fitness.big_break": "at_least",
        "fitness.pe_kept": "kept",
        "fitness.out_of_school": "at_least",
    }
)
"""The metrics that a rule may judge, each with the one direction in which it is judged."""


# Defaults are left out of what is stored, so that a member added later changes no fingerprint.
class Source(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The document that a rule rests on; `verified` says how well it was seen.

    V: seen on a page. V*: content seen, its number or date remembered. U: unverified.
    """

    title: str
    document: str
    issued: date | None = None
    clause: str
    verified: Verified
    url: str | None = None


class Rule(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing asked, of whom, from which day to which (included), and how binding.

    No stages or no grades means all of them; no unit means the whole country. A waiver names
    what allows a place to ask for less than the places above it.
    """

    rule_id: str
    metric: str
    unit: str | None = None
    stages: tuple[str, ...] = ()
    grades: tuple[int, ...] = ()
    keeps: Keeps
    value: int | None = None
    longest_at_most: int | None = None
    nap_counts: bool = False
    from_day: date
    to_day: date | None = None
    binding: Binding
    prohibition: bool = False
    in_line_percent: Percent = 0
    """So many units of count in a hundred must keep the rule for a school to be in line: if not
    said, all of a prohibition and 95 of any other."""
    waiver: str | None = None
    title: str
    title_zh: str
    source: Source

    def __post_init__(self) -> None:
        """Say how many must keep it, where that was not said."""
        if not self.in_line_percent:
            percent = _ALL_PERCENT if self.prohibition else _IN_LINE_PERCENT
            msgspec.structs.force_setattr(self, "in_line_percent", percent)

    def in_force(self, day: date) -> bool:
        """Whether the rule holds on `day`."""
        return self.from_day <= day and (self.to_day is None or day <= self.to_day)

    def is_for(self, stage: str, grade: int) -> bool:
        """Whether the rule speaks of a class of this stage and grade."""
        return (not self.stages or stage in self.stages) and (
            not self.grades or grade in self.grades
        )

    def kept_by(self, value: int | Fraction) -> bool:
        """Whether `value` is on the rule's side, the bound itself included."""
        if self.value is None:
            raise ValueError(f"{self.rule_id} has no value to compare with")
        return value <= self.value if self.keeps == "at_most" else value >= self.value

    def how_many_keep(self, values: Sequence[int]) -> int:
        """How many of the values are on the rule's side."""
        if self.value is None:
            raise ValueError(f"{self.rule_id} has no value to compare with")
        # Not value by value through `kept_by`: this is met for every pupil of every night.
        bound = self.value
        if self.keeps == "at_most":
            return sum([value <= bound for value in values])
        return sum([value >= bound for value in values])

    @property
    def strictness(self) -> tuple[int, int, int, int, int]:
        """The demands of the rule, weightiest first; in each a smaller number asks for more."""
        value = self.value or 0
        longest = self.longest_at_most or 0
        advice = int(self.binding == "should")
        bound = -value if self.keeps == "at_least" else value
        return (bound, longest, self.nap_counts, advice, -self.in_line_percent)


class PolicyBook(Struct, frozen=True, dict=True):
    """All rules, of the state and of places, answering which one holds for a class on a day."""

    rules: Sequence[Rule]

    def __post_init__(self) -> None:
        """Hold the rules sorted, so that equal books are stored as equal bytes."""
        msgspec.structs.force_setattr(self, "rules", tuple(sorted(self.rules, key=_by_identity)))

    def rule_for(
        self, metric: str, path: tuple[str, ...], day: date, stage: str, grade: int
    ) -> Rule | None:
        """The one rule that judges a class; `path` is its school on that day, then upwards."""
        edges = self._edges.get(metric)
        if edges is None:
            return None
        # Between two edges nothing changes, and places without rules do not matter. Keyed so,
        # the memo grows with the rules, not with days and schools.
        places = tuple(unit for unit in path if unit in self._units) if self._units else ()
        key = (metric, bisect_right(edges, day.toordinal()), places, stage, grade)
        try:
            return self._found[key]
        except KeyError:
            found = self._found[key] = self._resolve(metric, places, day, stage, grade)
            return found

    def rules_named(self, rule_ids: Iterable[str]) -> list[Rule]:
        """The rules of these ids, in their order; one that is gone is left out."""
        return [self._by_id[one] for one in rule_ids if one in self._by_id]

    def unit_ids(self) -> frozenset[str]:
        """The units that have rules of their own."""
        return self._units

    def fingerprint(self) -> str:
        """A name for the content of the book: equal books, in whatever order given, share it."""
        return sha256(msgspec.json.encode(self.rules)).hexdigest()

    def _resolve(
        self, metric: str, places: tuple[str, ...], day: date, stage: str, grade: int
    ) -> Rule | None:
        distance: dict[str | None, int] = {unit: i for i, unit in enumerate(places)}
        distance[None] = len(places)
        asked = [
            (distance[rule.unit], rule)
            for rule in self.rules
            if rule.metric == metric
            and rule.unit in distance
            and rule.in_force(day)
            and rule.is_for(stage, grade)
        ]
        return _strictest(asked)

    @cached_property
    def _found(self) -> dict[tuple[str, int, tuple[str, ...], str, int], Rule | None]:
        return {}

    def asked_percent(self, rule_ids: frozenset[str]) -> int | None:
        """The most that a must-rule of these asks of a school, in per cent; None without one."""
        if rule_ids not in self._asked:
            rules = self.rules_named(rule_ids)
            percents = [rule.in_line_percent for rule in rules if rule.binding == "must"]
            self._asked[rule_ids] = max(percents, default=None)
        return self._asked[rule_ids]

    @cached_property
    def _asked(self) -> dict[frozenset[str], int | None]:
        """Remembered: a wide board asks for the same few sets thousands of times."""
        return {}

    @cached_property
    def _by_id(self) -> dict[str, Rule]:
        return {rule.rule_id: rule for rule in self.rules}

    @cached_property
    def _units(self) -> frozenset[str]:
        return frozenset(rule.unit for rule in self.rules if rule.unit is not None)

    @cached_property
    def _edges(self) -> dict[str, list[int]]:
        metrics = {rule.metric for rule in self.rules}
        return {m: _edges_of(rule for rule in self.rules if rule.metric == m) for m in metrics}


def changed_from(before: Sequence[Rule], after: Sequence[Rule]) -> list[Span]:
    """The places and days on which something else is asked than before.

    Days on which a rule stands unchanged are left out, even if it now ends earlier or later;
    other titles, other sources and another wording of a waiver change nothing.
    """
    units = {rule.unit for rule in (*before, *after)}
    return [
        span
        for unit in sorted(units, key=lambda unit: (unit is not None, unit or ""))
        for span in _changed_at(
            unit,
            [rule for rule in before if rule.unit == unit],
            [rule for rule in after if rule.unit == unit],
        )
    ]


def _changed_at(unit: str | None, before: list[Rule], after: list[Rule]) -> Iterator[Span]:
    start: int | None = None
    for edge in _edges_of((*before, *after)):
        day = date.fromordinal(edge) if edge <= date.max.toordinal() else None
        differs = day is not None and _asked_on(day, before) != _asked_on(day, after)
        if differs and start is None:
            start = edge
        elif not differs and start is not None:
            yield unit, date.fromordinal(start), date.fromordinal(edge - 1)
            start = None
    if start is not None:
        yield unit, date.fromordinal(start), None


def _asked_on(day: date, rules: Iterable[Rule]) -> frozenset[tuple[object, ...]]:
    return frozenset(
        (
            *(rule.rule_id, rule.metric, frozenset(rule.stages), frozenset(rule.grades)),
            *(rule.keeps, rule.value, rule.longest_at_most, rule.nap_counts),
            *(rule.binding, rule.prohibition, rule.in_line_percent, rule.waiver is not None),
        )
        for rule in rules
        if rule.in_force(day)
    )


def _edges_of(rules: Iterable[Rule]) -> list[int]:
    """The ordinals of the days on which a rule begins, or has just ended."""
    edges: set[int] = set()
    for rule in rules:
        edges.add(rule.from_day.toordinal())
        if rule.to_day is not None:
            edges.add(rule.to_day.toordinal() + 1)
    return sorted(edges)


def _strictest(asked: list[tuple[int, Rule]]) -> Rule | None:
    waived = [distance for distance, rule in asked if rule.waiver is not None]
    reach = min(waived) if waived else None
    standing = [(d, rule) for d, rule in asked if reach is None or d <= reach]
    return min(standing, key=_precedence)[1] if standing else None


def _precedence(asked: tuple[int, Rule]) -> tuple[tuple[int, ...], int, int, str]:
    distance, rule = asked
    return (rule.strictness, distance, -rule.from_day.toordinal(), rule.rule_id)


def _by_identity(rule: Rule) -> tuple[str, str, str, date]:
    return (rule.metric, rule.unit or "", rule.rule_id, rule.from_day)

"""Reads the policy book from packs: the shipped rules of the state, and a folder of local ones.

A pack is a TOML file. Rules are read once, at start; every fault of every pack is told at once,
since an operator who mends a pack should not have to start the program once for each fault.
"""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import msgspec
from msgspec import Struct

from wuguan.domain.errors import Misconfigured
from wuguan.domain.forms import UNIT_ID, whole
from wuguan.domain.policy import PolicyBook, Rule, Source
from wuguan.domain.policy_faults import policy_faults
from wuguan.toml_packs import (
    DAY,
    YES_NO,
    Pack,
    Words,
    fault_line,
    fits,
    local_packs,
    member_faults,
    parsed,
    rule_tables,
    shipped_packs,
    unknown_members,
)

_KIND = "policy"
_UNIT = whole(UNIT_ID)

_NUMBER: Words = ("须为整数。", "must be a whole number.")
_FORMS: Mapping[str, Words] = MappingProxyType(
    {
        "stages": (
            "须为列表，取 primary、junior、senior；省略即全部学段。",
            "must be a list out of primary, junior, senior; leave it out for all stages.",
        ),
        "grades": (
            "须为年级列表，如 [3, 4, 5, 6]；省略即全部年级。",
            "must be a list of grades, as [3, 4, 5, 6]; leave it out for all grades.",
        ),
        "keeps": (
            '须为 "at_most"、"at_least" 或 "kept"。',
            'must be "at_most", "at_least" or "kept".',
        ),
        "value": _NUMBER,
        "longest_at_most": _NUMBER,
        "nap_counts": YES_NO,
        "prohibition": YES_NO,
        "in_line_percent": (
            "须为 1–100 的整数；省略即禁止类 100、其余 95。",
            "must be a whole number from 1 to 100; left out: 100 for a ban, 95 for any other rule.",
        ),
        "from_day": DAY,
        "to_day": DAY,
        "binding": ('须为 "must" 或 "should"。', 'must be "must" or "should".'),
        "source": (
            "须为 [rules.source] 表，写明依据文件。",
            "must be a table [rules.source] that tells the document.",
        ),
        "source.issued": DAY,
        "source.verified": (
            '须为 "V"（已核）、"V*"（内容已核）或 "U"（未核）。',
            'must be "V" (seen), "V*" (content seen) or "U" (unverified).',
        ),
        "source.url": (
            "须为 http:// 或 https:// 开头的网址，或省略。",
            "must be an address that begins with http:// or https://, or be left out.",
        ),
    }
)


class _Placed(Struct, frozen=True):
    """A rule and where it was read, for the faults found later."""

    where: str
    rule: Rule


def shipped_rules() -> list[Rule]:
    """The rules that come with Wuguan: those of the state."""
    return _rules_of(shipped_packs(_KIND), [])


def local_rules(folder: Path) -> list[Rule]:
    """The rules of the packs (`*.toml`) in a folder, each pack speaking for one place."""
    faults: list[str] = []
    return _rules_of(local_packs(folder, faults), faults)


def policy_book(folder: Path | None) -> PolicyBook:
    """The book of the shipped rules and, where a folder is named, the local ones."""
    faults: list[str] = []
    local = local_packs(folder, faults) if folder is not None else []
    return PolicyBook(_rules_of([*shipped_packs(_KIND), *local], faults))


def _rules_of(packs: Iterable[Pack], faults: list[str]) -> list[Rule]:
    """The rules of all packs; raises Misconfigured with `faults` and those found here."""
    placed = [found for pack in packs for found in _read(pack, faults)]
    rules = [found.rule for found in placed]
    for fault in policy_faults(rules):
        where = f"{placed[fault.index].where} · {fault.member}"
        faults.append(fault_line(where, fault.message_zh, fault.message))
    if faults:
        raise Misconfigured(faults)
    return rules


def _read(pack: Pack, faults: list[str]) -> Iterator[_Placed]:
    content = parsed(pack, faults)
    if content is None:
        return
    known = {"unit", "rules"} if pack.local else {"rules"}
    faults += unknown_members(f"{pack.name} · ", content, known)
    unit = _place_of(pack, content, faults) if pack.local else None
    for where, members in rule_tables(pack, content, faults):
        rule = _rule(where, members, faults)
        if rule is not None and (unit is not None or not pack.local):
            yield _Placed(where, msgspec.structs.replace(rule, unit=unit))


def _place_of(pack: Pack, content: dict[str, Any], faults: list[str]) -> str | None:
    unit = content.get("unit")
    if isinstance(unit, str) and _UNIT.match(unit):
        return unit
    zh = '文件开头须写明地方，如 unit = "990101"（组织树中的单位编号）。'
    en = 'must stand at the top, as unit = "990101" (the id of a unit of the tree).'
    faults.append(fault_line(f"{pack.name} · unit", zh, en))
    return None


def _rule(where: str, members: dict[str, Any], faults: list[str]) -> Rule | None:
    before = len(faults)
    if "unit" in members:
        zh = "规则内不得写 unit；地方只在文件开头写一次。"
        en = "must not stand in a rule; the place is named once, at the top of the pack."
        faults.append(fault_line(f"{where} · unit", zh, en))
    own = {name: value for name, value in members.items() if name != "unit"}
    faults += _member_faults(Rule, where, own, "")
    if isinstance(own.get("source"), dict):
        faults += _member_faults(Source, where, own["source"], "source.")
    return msgspec.convert(own, Rule) if len(faults) == before else None


def _member_faults(
    kind: type[Struct], where: str, members: dict[str, Any], prefix: str
) -> Iterator[str]:
    return member_faults(
        kind, where, members, _FORMS, prefix=prefix, but=("unit",), is_well_formed=_is_well_formed
    )


def _is_well_formed(name: str, value: object, kind: Any) -> bool:
    if kind is Source:
        return isinstance(value, dict)
    if name == "url":
        return isinstance(value, str) and value.startswith(("http://", "https://"))
    return fits(name, value, kind)

"""Reads alert rules from packs: the shipped ones, and a folder of local ones.

The habits are those of the policy book (`wuguan.policy_packs`): TOML, read once, at start, every
fault of every pack told at once. A local rule of a shipped one's id replaces it, and `off` names
shipped rules that are not wanted.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from typing import Any

import msgspec
from msgspec import Struct

from wuguan.domain.alerting.rule import AlertRule, SeverityStep, Telling
from wuguan.domain.alerting.rule_faults import rule_faults
from wuguan.domain.errors import Misconfigured
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

OF_OTHERS = ("receivers.toml",)
"""What stands in the same folder and is no pack of rules."""

_KIND = "alerts"
_DAYS: Words = ("须为 1–60 的整数。", "must be a whole number from 1 to 60.")
_SEVERITY: Words = (
    '须为 "minor"、"major" 或 "critical"。',
    'must be "minor", "major" or "critical".',
)
_CLOCK: Words = ('须为时刻，如 "18:00"。', 'must be a time of day, as "18:00".')
_FORMS: Mapping[str, Words] = MappingProxyType(
    {
        "kind": ('须为 "compliance" 或 "data"。', 'must be "compliance" or "data".'),
        "statistic": (
            "须为 compliance、reporting、mean、percentile、count、silent、drop、identical、"
            "rejects 之一。",
            "must be compliance, reporting, mean, percentile, count, silent, drop, identical or"
            " rejects.",
        ),
        "percentile": ("须为 1–99 的整数。", "must be a whole number from 1 to 99."),
        "level": (
            "须为 school、area、district、city、province 之一。",
            "must be school, area, district, city or province.",
        ),
        "units": (
            '须为单位编号的列表，如 ["990101"]；省略即全部。',
            'must be a list of ids of units, as ["990101"]; leave it out for all.',
        ),
        "stages": (
            "须为列表，取 primary、junior、senior；省略即全部学段。",
            "must be a list out of primary, junior, senior; leave it out for all stages.",
        ),
        "by_system": YES_NO,
        "window_days": _DAYS,
        "threshold": ('须为数值或 "policy"。', 'must be a number or "policy".'),
        "breach": ('须为 "below" 或 "above"。', 'must be "below" or "above".'),
        "for_days": _DAYS,
        "clear_margin": ("须为不小于 0 的数值。", "must be a number of 0 or more."),
        "clear_days": _DAYS,
        "least_reporting_percent": (
            "须为 0–100 的整数。",
            "must be a whole number from 0 to 100.",
        ),
        "least_expected": ("须为不小于 0 的整数。", "must be a whole number of 0 or more."),
        "severity": _SEVERITY,
        "steps": (
            '须为列表，如 [{severity = "major", after_days = 5}]。',
            'must be a list, as [{severity = "major", after_days = 5}].',
        ),
        "tell": (
            '须为列表，如 [{after_days = 0, who = ["school"]}]。',
            'must be a list, as [{after_days = 0, who = ["school"]}].',
        ),
        "reopen_within_days": (
            "须为 0–90 的整数。",
            "must be a whole number from 0 to 90.",
        ),
        "quiet_from": _CLOCK,
        "quiet_until": _CLOCK,
        "from_day": DAY,
    }
)
_FORMS_OF_STEPS: Mapping[str, Words] = MappingProxyType(
    {
        "severity": _SEVERITY,
        "beyond": ("须为数值。", "must be a number."),
        "after_days": _DAYS,
    }
)
_FORMS_OF_TELLINGS: Mapping[str, Words] = MappingProxyType(
    {
        "after_days": ("须为 0–60 的整数。", "must be a whole number from 0 to 60."),
        "who": (
            "须为列表，取 school、inspector、district、city。",
            "must be a list out of school, inspector, district, city.",
        ),
    }
)
_TABLES: Mapping[str, tuple[type[Struct], Mapping[str, Words]]] = MappingProxyType(
    {"steps": (SeverityStep, _FORMS_OF_STEPS), "tell": (Telling, _FORMS_OF_TELLINGS)}
)


class _Placed(Struct, frozen=True):
    """A rule and where it was read, for the faults found later."""

    where: str
    rule: AlertRule


def shipped_alert_rules() -> list[AlertRule]:
    """The rules that come with Wuguan."""
    return alert_rules(None)


def alert_rules(folder: Path | None) -> list[AlertRule]:
    """The rules in force: the shipped ones and, where a folder is named, the local ones.

    Raises Misconfigured with every fault of every pack.
    """
    faults: list[str] = []
    shipped = [one for pack in shipped_packs(_KIND) for one in _read(pack, faults, [])]
    packs = local_packs(folder, faults, but=OF_OTHERS) if folder is not None else []
    off: list[tuple[str, str]] = []
    local = [one for pack in packs for one in _read(pack, faults, off)]
    gone = {one.rule.rule_id for one in local} | {rule_id for _, rule_id in off}
    standing = [one for one in shipped if one.rule.rule_id not in gone]
    faults += _off_faults(off, shipped, local)
    return _sound([*standing, *local], faults)


def fingerprint_of(rules: Iterable[AlertRule]) -> str:
    """Names a set of rules in 12 hexadecimal digits: alike wherever all of them are the same."""
    of_all = sorted(rules, key=lambda rule: rule.rule_id)
    return sha256(msgspec.json.encode(of_all)).hexdigest()[:12]


def _sound(placed: Sequence[_Placed], faults: list[str]) -> list[AlertRule]:
    rules = [one.rule for one in placed]
    for fault in rule_faults(rules):
        where = f"{placed[fault.index].where} · {fault.member}"
        faults.append(fault_line(where, fault.message_zh, fault.message))
    if faults:
        raise Misconfigured(faults)
    return rules


def _read(pack: Pack, faults: list[str], off: list[tuple[str, str]]) -> Iterator[_Placed]:
    """The rules of a pack; `off` takes the ids that it switches off, each with its place."""
    content = parsed(pack, faults)
    if content is None:
        return
    faults += unknown_members(f"{pack.name} · ", content, {"off", "rules"})
    off += _switched_off(pack, content, faults)
    if "off" in content and "rules" not in content:
        return
    for where, members in rule_tables(pack, content, faults):
        rule = _rule(where, members, faults)
        if rule is not None:
            yield _Placed(where, rule)


def _switched_off(
    pack: Pack, content: Mapping[str, Any], faults: list[str]
) -> list[tuple[str, str]]:
    named, place = content.get("off", []), f"{pack.name} · off"
    if isinstance(named, list) and all(isinstance(one, str) for one in named):
        return [(f"{place} ({number})", one) for number, one in enumerate(named, start=1)]
    zh, en = "须为规则编号的列表。", "must be a list of ids of rules."
    faults.append(fault_line(place, zh, en))
    return []


def _off_faults(
    off: Sequence[tuple[str, str]], shipped: Sequence[_Placed], local: Sequence[_Placed]
) -> Iterator[str]:
    ids = {one.rule.rule_id for one in shipped}
    replaced = {one.rule.rule_id for one in local}
    for place, rule_id in off:
        if rule_id in replaced:
            zh = "本地规则已用此编号替换；请删去其一。"
            en = "is also the id of a local rule, which replaces it; remove one of the two."
            yield fault_line(place, zh, en)
        elif rule_id not in ids:
            zh = "不是随附规则的编号；用 alerts list 查看。"
            en = "is no id of a shipped rule; `alerts list` shows them."
            yield fault_line(place, zh, en)


def _rule(where: str, members: dict[str, Any], faults: list[str]) -> AlertRule | None:
    before = len(faults)
    faults += member_faults(AlertRule, where, members, _FORMS, is_well_formed=_is_well_formed)
    for name, (kind, forms) in _TABLES.items():
        for number, table in enumerate(_tables_in(members.get(name)), start=1):
            faults += member_faults(kind, f"{where} · {name} ({number})", table, forms)
    return msgspec.convert(members, AlertRule) if len(faults) == before else None


def _is_well_formed(name: str, value: object, kind: Any) -> bool:
    if name in _TABLES:
        # What stands in each is told member by member.
        return isinstance(value, list) and all(isinstance(one, dict) for one in value)
    return fits(name, value, kind)


def _tables_in(value: object) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []

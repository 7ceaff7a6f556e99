"""Reads the policy book from packs: the shipped rules of the state, and a folder of local ones.

A pack is a TOML file. Rules are read once, at start; every fault of every pack is told at once,
since an operator who mends a pack should not have to start the program once for each fault.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import Any

import msgspec
from msgspec import Struct

from wuguan.domain.errors import Misconfigured
from wuguan.domain.forms import IDENTIFIER, UNIT_ID, whole
from wuguan.domain.policy import PolicyBook, Rule, Source
from wuguan.domain.policy_faults import policy_faults

_RULE_ID = whole(IDENTIFIER)
_UNIT = whole(UNIT_ID)
_MEMBER = whole(r"[A-Za-z_]{1,40}")
_LINE = re.compile(r"line (\d+)")

_TEXT = ("须为非空文字。", "must be a text that is not empty.")
_DAY = ("须为不加引号的日期，如 2026-09-01。", "must be a date without quotes, as 2026-09-01.")
_NUMBER = ("须为整数。", "must be a whole number.")
_YES_NO = ("须为 true 或 false。", "must be true or false.")
_FORMS: Mapping[str, tuple[str, str]] = MappingProxyType(
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
        "nap_counts": _YES_NO,
        "prohibition": _YES_NO,
        "in_line_percent": (
            "须为 1–100 的整数；省略即禁止类 100、其余 95。",
            "must be a whole number from 1 to 100; left out: 100 for a ban, 95 for any other rule.",
        ),
        "from_day": _DAY,
        "to_day": _DAY,
        "binding": ('须为 "must" 或 "should"。', 'must be "must" or "should".'),
        "source": (
            "须为 [rules.source] 表，写明依据文件。",
            "must be a table [rules.source] that tells the document.",
        ),
        "source.issued": _DAY,
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


class _Pack(Struct, frozen=True):
    name: str
    content: bytes
    local: bool


class _Placed(Struct, frozen=True):
    """A rule and where it was read, for the faults found later."""

    where: str
    rule: Rule


def shipped_rules() -> list[Rule]:
    """The rules that come with Wuguan: those of the state."""
    return _rules_of(_shipped_packs(), [])


def local_rules(folder: Path) -> list[Rule]:
    """The rules of the packs (`*.toml`) in a folder, each pack speaking for one place."""
    faults: list[str] = []
    return _rules_of(_local_packs(folder, faults), faults)


def policy_book(folder: Path | None) -> PolicyBook:
    """The book of the shipped rules and, where a folder is named, the local ones."""
    faults: list[str] = []
    local = _local_packs(folder, faults) if folder is not None else []
    return PolicyBook(_rules_of([*_shipped_packs(), *local], faults))


def _rules_of(packs: Iterable[_Pack], faults: list[str]) -> list[Rule]:
    """The rules of all packs; raises Misconfigured with `faults` and those found here."""
    placed = [found for pack in packs for found in _read(pack, faults)]
    rules = [found.rule for found in placed]
    for fault in policy_faults(rules):
        where = f"{placed[fault.index].where} · {fault.member}"
        faults.append(_line(where, fault.message_zh, fault.message))
    if faults:
        raise Misconfigured(faults)
    return rules


def _shipped_packs() -> list[_Pack]:
    folder = files("wuguan").joinpath("data", "policy")
    packs = [entry for entry in folder.iterdir() if entry.name.endswith(".toml")]
    return [
        _Pack(entry.name, entry.read_bytes(), local=False)
        for entry in sorted(packs, key=lambda entry: entry.name)
    ]


def _local_packs(folder: Path, faults: list[str]) -> list[_Pack]:
    packs = []
    try:
        paths = sorted(path for path in folder.iterdir() if _is_pack(path))
    except OSError:
        zh = "规则文件夹不存在或无法读取；请检查路径与权限。"
        en = "is no folder that can be read; check the path and its permissions."
        faults.append(_line(str(folder), zh, en))
        return []
    for path in paths:
        try:
            packs.append(_Pack(path.name, path.read_bytes(), local=True))
        except OSError:
            zh, en = "文件无法读取；请检查权限。", "cannot be read; check its permissions."
            faults.append(_line(path.name, zh, en))
    return packs


def _is_pack(path: Path) -> bool:
    return path.suffix.lower() == ".toml" and not path.name.startswith(".")


def _read(pack: _Pack, faults: list[str]) -> Iterator[_Placed]:
    content = _parsed(pack, faults)
    if content is None:
        return
    known = {"unit", "rules"} if pack.local else {"rules"}
    faults += _unknown_members(f"{pack.name} · ", content, known)
    unit = _place_of(pack, content, faults) if pack.local else None
    for number, members in enumerate(_tables(pack, content, faults), start=1):
        where = f"{pack.name} · {_label(members, number)}"
        rule = _rule(where, members, faults)
        if rule is not None and (unit is not None or not pack.local):
            yield _Placed(where, msgspec.structs.replace(rule, unit=unit))


def _place_of(pack: _Pack, content: dict[str, Any], faults: list[str]) -> str | None:
    unit = content.get("unit")
    if isinstance(unit, str) and _UNIT.match(unit):
        return unit
    zh = '文件开头须写明地方，如 unit = "990101"（组织树中的单位编号）。'
    en = 'must stand at the top, as unit = "990101" (the id of a unit of the tree).'
    faults.append(_line(f"{pack.name} · unit", zh, en))
    return None


def _parsed(pack: _Pack, faults: list[str]) -> dict[str, Any] | None:
    try:
        # Editors on Windows put a byte order mark first, which TOML does not allow.
        return tomllib.loads(pack.content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        zh, en = "不是 UTF-8 编码；请另存为 UTF-8。", "is not UTF-8; save it as UTF-8."
        faults.append(_line(pack.name, zh, en))
    except RecursionError:
        faults.append(_line(pack.name, "嵌套过深；请简化。", "is nested too deeply; simplify it."))
    except tomllib.TOMLDecodeError as error:
        # The parser's own words may quote the file; its line number is enough.
        line = _LINE.search(str(error))
        at_zh, at = (f"第 {line[1]} 行", f" at line {line[1]}") if line else ("末尾", " at its end")
        faults.append(_line(pack.name, f"{at_zh}不是合法的 TOML。", f"is no valid TOML{at}."))
    return None


def _tables(pack: _Pack, content: dict[str, Any], faults: list[str]) -> list[dict[str, Any]]:
    tables = content.get("rules")
    if isinstance(tables, list) and tables and all(isinstance(table, dict) for table in tables):
        return tables
    zh = "须至少有一条规则，每条以 [[rules]] 开头。"
    en = "must hold at least one rule, each begun by [[rules]]."
    faults.append(_line(f"{pack.name} · rules", zh, en))
    return []


def _label(members: dict[str, Any], number: int) -> str:
    rule_id = members.get("rule_id")
    named = isinstance(rule_id, str) and _RULE_ID.match(rule_id)
    return f"{rule_id} ({number})" if named else f"({number})"


def _rule(where: str, members: dict[str, Any], faults: list[str]) -> Rule | None:
    before = len(faults)
    if "unit" in members:
        zh = "规则内不得写 unit；地方只在文件开头写一次。"
        en = "must not stand in a rule; the place is named once, at the top of the pack."
        faults.append(_line(f"{where} · unit", zh, en))
    own = {name: value for name, value in members.items() if name != "unit"}
    faults += _member_faults(Rule, where, own, "")
    if isinstance(own.get("source"), dict):
        faults += _member_faults(Source, where, own["source"], "source.")
    return msgspec.convert(own, Rule) if len(faults) == before else None


def _member_faults(
    kind: type[Struct], where: str, members: dict[str, Any], prefix: str
) -> Iterator[str]:
    fields = {field.name: field for field in msgspec.structs.fields(kind) if field.name != "unit"}
    yield from _unknown_members(f"{where} · {prefix}", members, set(fields))
    for name, field in fields.items():
        place = f"{where} · {prefix}{name}"
        if name not in members:
            if field.required:
                yield _line(place, "缺少此项；请补上。", "is missing; add it.")
        elif not _is_well_formed(name, members[name], field.type):
            yield _line(place, *_FORMS.get(prefix + name, _TEXT))


def _is_well_formed(name: str, value: object, kind: Any) -> bool:
    if kind is Source:
        return isinstance(value, dict)
    if name in ("issued", "from_day", "to_day"):
        # TOML has dates of its own: a quoted one is a slip, and one with a time is no day.
        return type(value) is date
    if name == "url":
        return isinstance(value, str) and value.startswith(("http://", "https://"))
    if isinstance(value, str) and not value.strip():
        return False
    try:
        msgspec.convert(value, kind)
    except msgspec.ValidationError:
        return False
    return True


def _unknown_members(place: str, members: Mapping[str, Any], known: set[str]) -> Iterator[str]:
    unknown = sorted(members.keys() - known)
    if unknown:
        # What does not look like a member's name may be anything, and is not repeated.
        said = ", ".join(name if _MEMBER.match(name) else "?" for name in unknown)
        names = ", ".join(sorted(known))
        zh = f"不认识的成员；请删去或改正，可用：{names}。"
        en = f"is no known member; remove or mend it, known are {names}."
        yield _line(f"{place}{said}", zh, en)


def _line(where: str, zh: str, en: str) -> str:
    return f"{where}: {zh} / {en}"

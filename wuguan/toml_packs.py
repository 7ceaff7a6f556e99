"""Packs: TOML files in a folder, whose faults are all told at once and never quote a value.

What the policy book and the alert rules read in the same manner. What is wrong with the rules
themselves is told by `wuguan.policy_packs` and `wuguan.alert_packs`.
"""

import re
import tomllib
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from wuguan.domain.forms import IDENTIFIER, whole

Words = tuple[str, str]
"""What is said in Chinese, and the same in English."""

TEXT: Words = ("须为非空文字。", "must be a text that is not empty.")
DAY: Words = (
    "须为不加引号的日期，如 2026-09-01。",
    "must be a date without quotes, as 2026-09-01.",
)
YES_NO: Words = ("须为 true 或 false。", "must be true or false.")

_RULE_ID = whole(IDENTIFIER)
_MEMBER = whole(r"[A-Za-z_]{1,40}")
_LINE = re.compile(r"line (\d+)")


class Pack(Struct, frozen=True):
    """A file as it was read."""

    name: str
    content: bytes
    local: bool


def shipped_packs(kind: str) -> list[Pack]:
    """The packs of a kind that come with Wuguan, by name."""
    folder = files("wuguan").joinpath("data", kind)
    packs = [entry for entry in folder.iterdir() if entry.name.endswith(".toml")]
    return [
        Pack(entry.name, entry.read_bytes(), local=False)
        for entry in sorted(packs, key=lambda entry: entry.name)
    ]


def local_packs(folder: Path, faults: list[str], but: Collection[str] = ()) -> list[Pack]:
    """The packs (`*.toml`) of a folder by name, those called `but` left out."""
    packs = []
    try:
        paths = sorted(path for path in folder.iterdir() if _is_pack(path))
    except OSError:
        zh = "规则文件夹不存在或无法读取；请检查路径与权限。"
        en = "is no folder that can be read; check the path and its permissions."
        faults.append(fault_line(str(folder), zh, en))
        return []
    for path in paths:
        if path.name in but:
            continue
        try:
            packs.append(Pack(path.name, path.read_bytes(), local=True))
        except OSError:
            zh, en = "文件无法读取；请检查权限。", "cannot be read; check its permissions."
            faults.append(fault_line(path.name, zh, en))
    return packs


def parsed(pack: Pack, faults: list[str]) -> dict[str, Any] | None:
    """What stands in a pack; None where it is no TOML."""
    try:
        # Editors on Windows put a byte order mark first, which TOML does not allow.
        return tomllib.loads(pack.content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        zh, en = "不是 UTF-8 编码；请另存为 UTF-8。", "is not UTF-8; save it as UTF-8."
        faults.append(fault_line(pack.name, zh, en))
    except RecursionError:
        zh, en = "嵌套过深；请简化。", "is nested too deeply; simplify it."
        faults.append(fault_line(pack.name, zh, en))
    except tomllib.TOMLDecodeError as error:
        # The parser's own words may quote the file; its line number is enough.
        line = _LINE.search(str(error))
        at_zh, at = (f"第 {line[1]} 行", f" at line {line[1]}") if line else ("末尾", " at its end")
        zh, en = f"{at_zh}不是合法的 TOML。", f"is no valid TOML{at}."
        faults.append(fault_line(pack.name, zh, en))
    return None


def rule_tables(
    pack: Pack, content: Mapping[str, Any], faults: list[str]
) -> list[tuple[str, dict[str, Any]]]:
    """The `[[rules]]` of a pack, each with the place that its faults name."""
    tables = content.get("rules")
    if isinstance(tables, list) and tables and all(isinstance(table, dict) for table in tables):
        return [
            (f"{pack.name} · {_label(table, number)}", table)
            for number, table in enumerate(tables, start=1)
        ]
    zh = "须至少有一条规则，每条以 [[rules]] 开头。"
    en = "must hold at least one rule, each begun by [[rules]]."
    faults.append(fault_line(f"{pack.name} · rules", zh, en))
    return []


def member_faults(
    kind: type[Struct],
    where: str,
    members: Mapping[str, Any],
    forms: Mapping[str, Words],
    *,
    prefix: str = "",
    but: Collection[str] = (),
    is_well_formed: Callable[[str, object, Any], bool] | None = None,
) -> Iterator[str]:
    """What is unknown, missing or malformed in a table of TOML, held to a struct's members.

    `forms` says how a member is written, by prefix and name; members `but` some are known.
    """
    fields = {field.name: field for field in msgspec.structs.fields(kind) if field.name not in but}
    yield from unknown_members(f"{where} · {prefix}", members, set(fields))
    well_formed = is_well_formed or fits
    for name, field in fields.items():
        place = f"{where} · {prefix}{name}"
        if name not in members:
            if field.required:
                yield fault_line(place, "缺少此项；请补上。", "is missing; add it.")
        elif not well_formed(name, members[name], field.type):
            yield fault_line(place, *forms.get(prefix + name, TEXT))


def unknown_members(place: str, members: Mapping[str, Any], known: set[str]) -> Iterator[str]:
    """A fault that names every member that is not known, if there are any."""
    unknown = sorted(members.keys() - known)
    if unknown:
        # What does not look like a member's name may be anything, and is not repeated.
        said = ", ".join(name if _MEMBER.match(name) else "?" for name in unknown)
        names = ", ".join(sorted(known))
        zh = f"不认识的成员；请删去或改正，可用：{names}。"
        en = f"is no known member; remove or mend it, known are {names}."
        yield fault_line(f"{place}{said}", zh, en)


def fits(_name: str, value: object, kind: Any) -> bool:
    """Whether a value of TOML is of a member's type; a text that is blank never is."""
    if kind in (date, date | None):
        # TOML has dates of its own: a quoted one is a slip, and one with a time is no day.
        return type(value) is date
    if isinstance(value, str) and not value.strip():
        return False
    try:
        msgspec.convert(value, kind)
    except msgspec.ValidationError:
        return False
    return True


def fault_line(where: str, zh: str, en: str) -> str:
    """A fault as it is told: where, and how to mend it in both languages."""
    return f"{where}: {zh} / {en}"


def _is_pack(path: Path) -> bool:
    return path.suffix.lower() == ".toml" and not path.name.startswith(".")


def _label(members: Mapping[str, Any], number: int) -> str:
    rule_id = members.get("rule_id")
    named = isinstance(rule_id, str) and _RULE_ID.match(rule_id)
    return f"{rule_id} ({number})" if named else f"({number})"

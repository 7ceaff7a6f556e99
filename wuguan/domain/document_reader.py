"""Reads JSON documents member by member and lists every fault, instead of stopping at the first.

A reader takes a value, its JSON pointer and the list of faults; it returns what it read, or None
after it has added a fault. It never echoes a refused value, which may hold personal data.
"""

import re
from collections.abc import Callable, Collection, Mapping
from datetime import date
from typing import Any, NamedTuple, TypeVar

from wuguan.domain.errors import Fault, InvalidDocument
from wuguan.domain.forms import looks_personal, whole
from wuguan.domain.instants import parse_day

MOST_FAULTS = 1_000
"""A longer list helps nobody; a last fault then says how many more there are."""

T = TypeVar("T")
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_SHOWN_NAME = re.compile(r"[A-Za-z_]{1,40}")


class FaultList:
    """Collects faults; keeps the first thousand and counts the rest."""

    def __init__(self) -> None:
        self._kept: list[Fault] = []
        self.count = 0

    def add(self, path: str, code: str, message: str, message_zh: str) -> None:
        """Note one fault."""
        self.count += 1
        if len(self._kept) < MOST_FAULTS:
            self._kept.append(Fault(path, code, message, message_zh))

    @property
    def is_full(self) -> bool:
        """Whether a further fault would only be counted."""
        return self.count >= MOST_FAULTS

    def raise_if_any(self) -> None:
        """Refuse the document if anything is wrong with it."""
        more = self.count - len(self._kept)
        if more:
            message = f"there are {more} more faults; mend these first and send it again"
            message_zh = f"另有 {more} 处错误未列出；请先改正以上各处，再重新提交"
            self._kept.append(Fault("", "too_many_faults", message, message_zh))
        if self.count:
            raise InvalidDocument(self._kept)


Read = Callable[[object, str, FaultList], T | None]
Members = dict[str, Any]
Check = Callable[[Members, str, FaultList], None]


class Field(NamedTuple):
    """How a member is read, and whether it must be there; `null` counts as absent."""

    read: Read[Any]
    required: bool = True


def read_members(
    value: object, path: str, faults: FaultList, fields: Mapping[str, Field]
) -> Members | None:
    """The members of an object that are there, each None where it is faulty."""
    if not isinstance(value, dict):
        faults.add(path, "wrong_type", "must be an object", "应为对象（object）")
        return None
    for name in sorted(value.keys() - fields.keys()):
        where = f"{path}/{name}" if _SHOWN_NAME.fullmatch(name) else path
        known = ", ".join(fields)
        faults.add(
            where,
            "unknown_field",
            f"is not a member here; leave it out (known: {known})",
            f"此处没有这个字段，请删去（可用字段：{known}）",
        )
    members: Members = {}
    for name, field in fields.items():
        member = value.get(name)
        if member is not None:
            members[name] = field.read(member, f"{path}/{name}", faults)
        elif field.required:
            faults.add(f"{path}/{name}", "missing_field", f"{name} is required", f"缺少 {name}")
    return members


def entry(fields: Mapping[str, Field], build: Callable[[Members], T], *checks: Check) -> Read[T]:
    """An object of these members; the checks see what could be read of it."""

    def read(value: object, path: str, faults: FaultList) -> T | None:
        before = faults.count
        members = read_members(value, path, faults, fields)
        if members is None:
            return None
        for check in checks:
            check(members, path, faults)
        return build(members) if faults.count == before else None

    return read


def span(from_name: str, to_name: str) -> Check:
    """The last day is not before the first."""

    def check(members: Members, path: str, faults: FaultList) -> None:
        first, last = members.get(from_name), members.get(to_name)
        if first is not None and last is not None and last < first:
            message = f"{to_name} is the last day and must not be before {from_name}"
            message_zh = f"{to_name} 是最后一天，不得早于 {from_name}"
            faults.add(f"{path}/{to_name}", "bad_span", message, message_zh)

    return check


def items(value: object, path: str, faults: FaultList) -> list[object] | None:
    """A list, its items not read yet."""
    if isinstance(value, list):
        return value
    faults.add(path, "wrong_type", "must be a list", "应为列表（array）")
    return None


def list_of(read: Read[T], *, may_be_empty: bool = True) -> Read[tuple[T, ...]]:
    """A list of which every item is read; the faulty ones are left out."""

    def read_list(value: object, path: str, faults: FaultList) -> tuple[T, ...] | None:
        listed = items(value, path, faults)
        if listed is None:
            return None
        if not listed and not may_be_empty:
            message = "must not be empty; leave it out to mean all"
            faults.add(path, "out_of_range", message, "不得为空列表；表示全部时请省略该字段")
        found = (read(item, f"{path}/{index}", faults) for index, item in enumerate(listed))
        return tuple(item for item in found if item is not None)

    return read_list


def text(value: object, path: str, faults: FaultList) -> str | None:
    """Any text."""
    if isinstance(value, str):
        return value
    faults.add(path, "wrong_type", "must be text", "应为字符串（string）")
    return None


def label(longest: int) -> Read[str]:
    """Text for people, safe to store and to show on one line."""

    def read(value: object, path: str, faults: FaultList) -> str | None:
        words = text(value, path, faults)
        if words is None:
            return None
        if 1 <= len(words) <= longest and not _UNSAFE.search(words):
            return words
        message = f"must have 1 to {longest} characters and no control characters or surrogates"
        message_zh = f"应为 1 至 {longest} 个字符，且不得含控制字符或孤立代理码"
        faults.add(path, "out_of_range", message, message_zh)
        return None

    return read


def identifier(form: str) -> Read[str]:
    """An id of a form, which must not look like a person's."""
    pattern = whole(form)

    def read(value: object, path: str, faults: FaultList) -> str | None:
        found = text(value, path, faults)
        if found is None:
            return None
        if looks_personal(found):
            message = (
                "looks like a person's name or number; use an id that says nothing of a person"
            )
            message_zh = "疑似个人姓名或号码；请改用与个人无关的编号"
            faults.add(path, "pii_suspected", message, message_zh)
            return None
        if pattern.match(found):
            return found
        faults.add(path, "out_of_range", f"must match {form}", f"格式应为 {form}")
        return None

    return read


def word(words: Collection[str]) -> Read[str]:
    """One of a list of words."""
    listed = ", ".join(words)

    def read(value: object, path: str, faults: FaultList) -> str | None:
        found = text(value, path, faults)
        if found is None or found in words:
            return found
        faults.add(path, "out_of_range", f"must be one of: {listed}", f"应为以下之一：{listed}")
        return None

    return read


def integer(least: int, most: int) -> Read[int]:
    """A whole number within bounds; `true` and `30.0` are none."""

    def read(value: object, path: str, faults: FaultList) -> int | None:
        if isinstance(value, bool) or not isinstance(value, int):
            faults.add(path, "wrong_type", "must be a whole number", "应为整数（integer）")
            return None
        if least <= value <= most:
            return value
        message = f"must be from {least} to {most}"
        faults.add(path, "out_of_range", message, f"应在 {least} 至 {most} 之间")
        return None

    return read


def boolean(value: object, path: str, faults: FaultList) -> bool | None:
    """True or false."""
    if isinstance(value, bool):
        return value
    faults.add(path, "wrong_type", "must be true or false", "应为 true 或 false")
    return None


def day(value: object, path: str, faults: FaultList) -> date | None:
    """A calendar day."""
    written = text(value, path, faults)
    if written is None:
        return None
    found = parse_day(written)
    if found is None:
        message = "must be a day that exists, written like 2026-09-01"
        faults.add(path, "bad_time", message, "应为真实存在的日期，写作 2026-09-01")
    return found

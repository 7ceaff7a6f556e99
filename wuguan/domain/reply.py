"""A reply 学校说明: what a school says to something that looks wrong in what it reported.

No pupil may be named or countable by it: a text holds no long number. A name cannot be told from
other words; the form asks that none be written.
"""

import re
from collections.abc import Collection
from datetime import date
from typing import Any, NamedTuple, get_args

from msgspec import Struct

from wuguan.domain.document_reader import (
    FaultList,
    Field,
    day,
    identifier,
    read_members,
    text,
    word,
)
from wuguan.domain.forms import SCHOOL_ID
from wuguan.domain.measuring import Finding

LONGEST_TEXT = 500
"""In characters."""
_NEW_LINES = re.compile("[\r\n\u2028\u2029]+")
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
# Telephones, identity cards, 学籍号, in whatever digits; a mobile number also in its three groups.
_LONG_NUMBER = re.compile(r"\d{11}|(?<!\d)1\d{2}[ -]\d{4}[ -]\d{4}(?!\d)")


class FindingKey(NamedTuple):
    """What a reply answers: of a school's day and management one kind of finding; in this order."""

    day: date
    school_id: str
    management: str
    kind: str


class Reply(Struct, frozen=True):
    """What a school says to a finding; an empty text takes back what it said before."""

    finding: FindingKey
    text: str
    """At most 500 characters on one line."""
    said_us: int


def read_reply(document: Any, managements: Collection[str], said_us: int) -> Reply:
    """The reply of a document, its text on one line; InvalidDocument with every fault found."""
    faults = FaultList()
    fields = {
        "school_id": Field(identifier(SCHOOL_ID)),
        "day": Field(day),
        "management": Field(word(managements)),
        "kind": Field(word(get_args(Finding))),
        "text": Field(_said),
    }
    members = read_members(document, "", faults, fields) or {}
    faults.raise_if_any()
    said = members.pop("text")
    return Reply(FindingKey(**members), said, said_us)


def _said(value: object, path: str, faults: FaultList) -> str | None:
    written = text(value, path, faults)
    if written is None:
        return None
    said = _NEW_LINES.sub(" ", written.strip()).strip()
    if len(said) > LONGEST_TEXT or _UNSAFE.search(said):
        message = f"a reply has at most {LONGEST_TEXT} characters and no control characters"
        message_zh = f"说明不得超过 {LONGEST_TEXT} 个字符，且不得含控制字符"
        faults.add(path, "out_of_range", message, message_zh)
    if _LONG_NUMBER.search(said):
        message = (
            "leave out the number of 11 or more digits, which may be a telephone, identity card or"
            " pupil number: a reply must not point to a pupil"
        )
        message_zh = "请删去 11 位及以上的数字（疑似电话、身份证号或学籍号）：说明不得指向任何学生"
        faults.add(path, "pii_suspected", message, message_zh)
    return said

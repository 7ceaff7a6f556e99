"""A reply 学校说明: what a school says to something that looks wrong in what it reported.

No pupil may be named or countable by it: a text holds no long number.
"""

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
    word,
)
from wuguan.domain.forms import SCHOOL_ID
from wuguan.domain.free_text import Said, free_text
from wuguan.domain.measuring import Finding

LONGEST_TEXT = 500
"""In characters."""


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
        "text": Field(free_text(Said("a reply", "说明", LONGEST_TEXT))),
    }
    members = read_members(document, "", faults, fields) or {}
    faults.raise_if_any()
    said = members.pop("text")
    return Reply(FindingKey(**members), said, said_us)

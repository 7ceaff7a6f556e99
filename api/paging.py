"""Cursors: where a page ended, and which query it was a page of."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from hashlib import sha256
from typing import Any, TypeVar

import msgspec

Place = TypeVar("Place")

_LONGEST = 2_000


def fingerprint(*query: object) -> str:
    """A name for a query, limit and cursor apart: another query has another."""
    return sha256(repr(query).encode("utf-8", "backslashreplace")).hexdigest()[:12]


def cursor_to(query: str, place: Sequence[Any]) -> str:
    """The cursor that goes on after a row; `place` is what orders rows."""
    plain = msgspec.json.encode([query, *place])
    return urlsafe_b64encode(plain).rstrip(b"=").decode("ascii")


def place_of(cursor: str, query: str, kind: type[Place]) -> Place | None:
    """The place that a cursor of this query names; None where it is none of its cursors."""
    if len(cursor) > _LONGEST:
        return None
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        named, *place = json.loads(urlsafe_b64decode(padded))
        return msgspec.convert(place, kind) if named == query else None
    # Not base64, not JSON, not a list, or a list of other things.
    except (ValueError, TypeError, RecursionError):
        return None

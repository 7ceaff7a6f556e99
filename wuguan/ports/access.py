"""Who may do what, what was answered, and what was refused."""

from collections.abc import Sequence
from datetime import date
from typing import Literal, Protocol

from msgspec import Struct

Scope = Literal["ingest", "read", "follow", "admin"]


class ApiKey(Struct, frozen=True):
    """A key without its secret: what it may do, and for whom."""

    key_id: str
    scope: Scope
    unit_id: str | None
    """The school of an ingest key, the unit of a read key or of one that follows alerts."""
    label: str
    created_us: int


class Keys(Protocol):
    """The keys that were issued, kept as hashes only."""

    def add(self, key: ApiKey, digest: bytes) -> None:
        """Keeps a key."""

    def add_first_admin(self, key: ApiKey, digest: bytes) -> bool:
        """Keeps an admin key if there never was one; whether it did."""

    def find(self, digest: bytes) -> ApiKey | None:
        """The key of this digest, if it is in force."""

    def list(self) -> Sequence[ApiKey]:
        """All keys in force, oldest first."""

    def delete(self, key_id: str) -> bool:
        """Ends a key; whether there was one."""


class EarlierRequest(Struct, frozen=True):
    """A request that came with the same Idempotency-Key."""

    digest: bytes
    answer: bytes | None
    """None while it is in work."""


class Requests(Protocol):
    """Idempotency: which requests were answered, and which are in work."""

    def begin(self, key_id: str, name: str, digest: bytes, now_us: int) -> EarlierRequest | None:
        """Takes the request into work, or tells what stands under this name.

        A request left in work for over 30 s (its server died) is taken over; an answer is kept for
        24 h.
        """

    def finish(self, key_id: str, name: str, answer: bytes) -> None:
        """Keeps the answer."""

    def abandon(self, key_id: str, name: str) -> None:
        """Forgets a request that was not answered with 202."""


class RejectedRow(Struct, frozen=True):
    """An event that was refused: never its value."""

    reject_id: int
    school_id: str
    received_us: int
    source: str | None
    type: str | None
    id: str | None
    code: str
    path: str
    message: str
    message_zh: str


class Rejects(Protocol):
    """What was refused, for its sender to see."""

    def add(self, rows: Sequence[RejectedRow]) -> None:
        """Keeps rows; their reject_id is given by the store."""

    def list(
        self, school_id: str, from_day: date, to_day: date, after: int | None, limit: int
    ) -> Sequence[RejectedRow]:
        """Rows received on these days (UTC+8), newest first; `after` is the last id seen."""

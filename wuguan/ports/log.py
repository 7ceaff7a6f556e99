"""The log: frames, the places where they stand, and who writes and reads them."""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple, Protocol

from msgspec import Struct


class Frame(Struct, frozen=True):
    """The accepted events of one school and management from one request."""

    school_id: str
    management: str
    frame_id: str
    received_us: int
    body: bytes
    """A CloudEvents JSON batch."""


class LogRecord(Struct, frozen=True):
    """A frame and its place in the log."""

    position: int
    frame: Frame


class Place(NamedTuple):
    """A partition of a stream, in which a consumer has a position."""

    topic: str
    partition: int


EMBEDDED_LOG = Place("event_log", 0)
"""The one place of a log that is a table."""


class FrameWriter(Protocol):
    """Where a server puts the frames of its requests."""

    async def open(self) -> None:
        """Begins to take frames."""

    async def append(self, frames: Sequence[Frame]) -> None:
        """Durable when it returns; TemporarilyUnavailable when that is not known."""

    async def close(self) -> None:
        """Takes nothing more, and returns when all that was taken is written."""


class LogEnds(Protocol):
    """How far a log that is no part of the store has been written."""

    def of(self, school_ids: Collection[str]) -> Mapping[Place, int]:
        """The next offset to be written in each place that holds events of these schools."""


class EventLog(Protocol):
    """The truth: frames in the order in which they were committed."""

    def append(self, frames: Sequence[Frame]) -> None:
        """Durable when it returns; all of them or none. A reader never skips one of them."""

    def read(self, after: int, limit: int) -> Sequence[LogRecord]:
        """The next records after a position, oldest first."""

    def end(self) -> int:
        """The position after the last record; 1 in an empty log."""

"""Events from files, straight into the topics: for a district's own network, beside the HTTP API.

Nobody checks a frame again as closely as here: every event is held to what the API holds it to.
"""

import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, NamedTuple, Protocol

from wuguan.client.lines import BadLine, read_lines
from wuguan.codec import encode_events, frame_id
from wuguan.domain.envelope import Envelope
from wuguan.domain.forms import SOURCE, whole
from wuguan.domain.json_values import NotJson, read_json
from wuguan.domain.managements import management_of
from wuguan.domain.validation import Bounds, check_items
from wuguan.ports import Frame

# As many as a request may hold: what is compared with one another, and what a record may hold.
_EVENTS_AT_ONCE = 1_000
_CONFIRM_EVERY = 10_000
_SOURCE = whole(SOURCE)
_NOT_JSON = "not_json"
_BROKERS = re.compile(r"[A-Za-z0-9_.-]+:[0-9]{1,5}(,[A-Za-z0-9_.-]+:[0-9]{1,5})*")


class Sender(Protocol):
    """What writes to the topics."""

    def send_frame(self, frame: Frame) -> None:
        """A frame of events that were checked."""

    def send_event(self, event: Envelope) -> None:
        """A single event."""

    def confirm(self) -> None:
        """Returns when the brokers have all that was sent."""


class Item(NamedTuple):
    """A JSON value of a file, and the line, or the number in an array, where it stands."""

    number: int
    value: Any


class Refused(NamedTuple):
    """What of a file cannot be written: where, why, and how to mend it."""

    number: int
    code: str
    path: str
    message: str
    message_zh: str

    def line_of(self, file: str) -> str:
        """The same in a line."""
        place = f"{self.code} {self.path}".strip()
        return f"{file}:{self.number}: {place}: {self.message_zh} / {self.message}"


class Written(NamedTuple):
    """How many events the brokers have, were repeats, and cannot be used."""

    events: int = 0
    duplicates: int = 0
    refused: int = 0

    @property
    def summary(self) -> str:
        """The last line."""
        return (
            f"已写入 written {self.events}，重复 duplicates {self.duplicates}，"
            f"退回 refused {self.refused}"
        )


def are_brokers(text: str) -> bool:
    """Whether these are addresses: host:port, several separated by commas."""
    return _BROKERS.fullmatch(text) is not None


def connected(brokers: str) -> AbstractContextManager[Sender]:
    """A producer on these brokers; TemporarilyUnavailable if none answers."""
    # Only here: a demo needs no client of Kafka.
    from wuguan.adapters.kafka.direct import DirectProducer

    return DirectProducer(brokers)


def read_items(content: bytes) -> tuple[Sequence[Item], Sequence[Refused]]:
    """The values of a JSON array, else of each line; and the lines that are no JSON."""
    if content.lstrip()[:1] == b"[":
        try:
            values = read_json(content)
        except NotJson:
            # Lines of which the first begins with a bracket.
            pass
        else:
            return [Item(number, value) for number, value in enumerate(values, start=1)], ()
    lines, bad = read_lines(content)
    items, refused = [], [_of_bad_line(one) for one in bad]
    for line in lines:
        try:
            items.append(Item(line.number, read_json(bytes(line.event))))
        except NotJson as error:
            refused.append(Refused(line.number, _NOT_JSON, "", error.message, error.message_zh))
    return items, refused


class Writing:
    """Takes file after file, and keeps count."""

    def __init__(
        self,
        sender: Sender,
        *,
        single: bool,
        clock: Callable[[], int],
        tell: Callable[[Refused], None],
        advance: Callable[[int], None],
    ) -> None:
        self._sender = sender
        self._single = single
        self._clock = clock
        self._tell = tell
        self._advance = advance
        self._sent = 0
        self.written = Written()
        """What is confirmed."""

    def take(self, items: Sequence[Item], refused: Sequence[Refused]) -> None:
        """Checks and sends the events of a file."""
        self._refuse(refused)
        for school_id, some in _requests(items):
            self._take(school_id, some)
            self._advance(len(some))
            if self._sent >= _CONFIRM_EVERY:
                self.confirm()

    def confirm(self) -> None:
        """Returns when the brokers have all that was sent."""
        self._sender.confirm()
        self.written = self.written._replace(events=self.written.events + self._sent)
        self._sent = 0

    def _take(self, school_id: str, items: Sequence[Item]) -> None:
        now_us = self._clock()
        checked = check_items([item.value for item in items], Bounds(school_id, now_us))
        if self._single:
            for event in checked.accepted:
                self._sender.send_event(event)
        else:
            for frame in _frames_of(checked.accepted, school_id, now_us):
                self._sender.send_frame(frame)
        self._sent += len(checked.accepted)
        duplicates = self.written.duplicates + len(checked.duplicates)
        self.written = self.written._replace(duplicates=duplicates)
        self._refuse(
            [
                Refused(items[one.index].number, one.fault.code, one.fault.path,
                        one.fault.message, one.fault.message_zh)
                for one in checked.rejected
            ]
        )  # fmt: skip

    def _refuse(self, refused: Sequence[Refused]) -> None:
        for one in refused:
            self._tell(one)
        self.written = self.written._replace(refused=self.written.refused + len(refused))


def _requests(items: Sequence[Item]) -> Iterator[tuple[str, Sequence[Item]]]:
    """The items by school, as many at once as a request of that school may hold."""
    by_school: dict[str, list[Item]] = {}
    for item in items:
        by_school.setdefault(_school_of(item.value), []).append(item)
    for school_id, of_school in by_school.items():
        for first in range(0, len(of_school), _EVENTS_AT_ONCE):
            yield school_id, of_school[first : first + _EVENTS_AT_ONCE]


def _school_of(value: Any) -> str:
    """The school that an event names itself; none where it names none."""
    source = value.get("source") if isinstance(value, Mapping) else None
    match = _SOURCE.match(source) if isinstance(source, str) else None
    return match[1] if match else ""


def _frames_of(events: Sequence[Envelope], school_id: str, now_us: int) -> Iterator[Frame]:
    by_management: dict[str, list[Envelope]] = {}
    for event in events:
        by_management.setdefault(management_of(event.data.TYPE), []).append(event)
    for management, of_management in by_management.items():
        for body in encode_events(of_management):
            yield Frame(school_id, management, frame_id(now_us, os.urandom(10)), now_us, body)


def _of_bad_line(line: BadLine) -> Refused:
    return Refused(line.number, _NOT_JSON, "", line.message, line.message_zh)

"""From the clients' records to those of `wuguan.streams`."""

from collections.abc import Iterable, Sequence
from typing import Any

from wuguan.ports import Place
from wuguan.streams import Record, is_frame


def record_of(message: Any) -> Record:
    """A message as kafka-python, aiokafka and Faust hand it over; timestamps in milliseconds."""
    return Record(
        Place(message.topic, message.partition),
        message.offset,
        message.key,
        message.value,
        is_frame(_pairs(message.headers)),
        message.timestamp * 1000,
    )


def _pairs(headers: Any) -> Iterable[tuple[str, bytes]]:
    found: Sequence[tuple[str, bytes]] = headers or ()
    return found

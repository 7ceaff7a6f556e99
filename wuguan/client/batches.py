"""Cutting many events into requests that the server takes."""

import gzip
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec
from msgspec import Struct

MOST_EVENTS = 1_000
MOST_BYTES_PACKED = 1 << 20
MOST_BYTES_UNPACKED = 8 << 20


class Batch(Struct, frozen=True):
    """One request's body, and where its events begin in what was to be sent."""

    first: int
    count: int
    packed: bytes


def batches(events: Sequence[Mapping[str, Any] | msgspec.Raw]) -> Iterator[Batch]:
    """The events in order, in bodies within every limit of the contract.

    An event too large by itself still travels, alone: the server's answer names the limit.
    """
    encoder = msgspec.json.Encoder()
    encoded = [encoder.encode(event) for event in events]
    first = 0
    while first < len(encoded):
        count = _fitting(encoded, first)
        yield from _packed(encoded, first, count)
        first += count


def _fitting(encoded: Sequence[bytes], first: int) -> int:
    size, count = 2, 0
    for event in encoded[first : first + MOST_EVENTS]:
        size += len(event) + 1
        if size > MOST_BYTES_UNPACKED:
            break
        count += 1
    return max(count, 1)


def _packed(encoded: Sequence[bytes], first: int, count: int) -> Iterator[Batch]:
    """The batch, or its halves where it does not pack small enough."""
    body = b"[" + b",".join(encoded[first : first + count]) + b"]"
    packed = gzip.compress(body, compresslevel=6, mtime=0)
    if len(packed) <= MOST_BYTES_PACKED or count == 1:
        yield Batch(first, count, packed)
        return
    half = count // 2
    yield from _packed(encoded, first, half)
    yield from _packed(encoded, first + half, count - half)

"""Accepted events as frames: one school, one management, one request."""

import os
from collections.abc import Sequence

from wuguan.codec import encode_events
from wuguan.domain.envelope import Envelope
from wuguan.domain.managements import management_of
from wuguan.ports import Frame


def frames_of(events: Sequence[Envelope], school_id: str, received_us: int) -> list[Frame]:
    """The events grouped by management, in the order in which they came."""
    grouped: dict[str, list[Envelope]] = {}
    for event in events:
        grouped.setdefault(management_of(event.data.TYPE), []).append(event)
    return [
        Frame(school_id, management, frame_id(received_us, os.urandom(10)), received_us, body)
        for management, of_management in grouped.items()
        for body in encode_events(of_management)
    ]


def frame_id(now_us: int, randomness: bytes) -> str:
    """A UUIDv7 (RFC 9562): milliseconds first, then ten random bytes."""
    number = (now_us // 1000 & (1 << 48) - 1) << 80 | int.from_bytes(randomness)
    number = number & ~(0xF << 76) | 7 << 76
    number = number & ~(0b11 << 62) | 0b10 << 62
    text = f"{number:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"

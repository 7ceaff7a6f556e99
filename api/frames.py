"""Accepted events as frames: one school, one management, one request."""

import os
from collections.abc import Sequence

from wuguan.codec import encode_events, frame_id
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

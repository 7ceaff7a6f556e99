"""Sleep events in frames of one size, straight into the topic: what the processor bench reads."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

import msgspec
from rich.progress import track

from tests.load import Load
from wuguan.adapters.kafka.direct import DirectProducer
from wuguan.domain.managements import MANAGEMENTS
from wuguan.ports import Frame
from wuguan.streams import topic_of

TOPIC = topic_of("sleep")
PUPILS = 40
assert "sleep" in MANAGEMENTS


@dataclass(frozen=True)
class SleepFrames:
    """So many class-days of 40 pupils, each told in frames of `size` events."""

    load: Load
    size: int
    class_days: int

    @property
    def frames(self) -> int:
        """How many frames."""
        return self.class_days * (PUPILS // self.size)

    @property
    def events(self) -> int:
        """How many events."""
        return self.class_days * PUPILS

    def produce(self, bootstrap: str) -> None:
        """Writes all frames, confirmed."""
        with DirectProducer(bootstrap) as producer:
            for number, frame in enumerate(self._frames()):
                producer.send_frame(frame)
                if number % 2_000 == 1_999:
                    producer.confirm()

    def produce_singly(self, bootstrap: str, topic: str) -> None:
        """Writes one record an event, for the design that has no frames."""
        with DirectProducer(bootstrap) as producer:
            for frame in self._frames():
                for event in msgspec.json.decode(frame.body):
                    key, value = frame.school_id, msgspec.json.encode(event)
                    producer.send(topic, key, value, b"application/cloudevents+json")

    def _frames(self) -> Iterator[Frame]:
        random = Random(1)
        pieces = PUPILS // self.size
        days = list(self._class_days())[: self.class_days]
        # Where a class is told in pieces, those of many classes come mixed, as pupils do.
        for start in track(range(0, len(days), 200), f"frames of {self.size}", transient=True):
            some = days[start : start + 200]
            events = [_events(random, *one) for one in some]
            for piece in range(pieces):
                for (school, _, _), of_class in zip(some, events, strict=True):
                    part = of_class[piece * self.size : (piece + 1) * self.size]
                    body = msgspec.json.encode(part)
                    yield Frame(school, "sleep", f"{start}-{piece}", 1_790_000_000_000_000, body)

    def _class_days(self) -> Iterator[tuple[str, str, str]]:
        for day in self.load.school_days():
            for class_id in self.load.class_ids():
                for school in self.load.school_ids():
                    yield school, class_id, day.isoformat()


def _events(random: Random, school: str, class_id: str, day: str) -> Sequence[dict[str, Any]]:
    following = f"{day[:8]}{int(day[8:]) + 1:02d}" if day[8:] < "28" else None
    return [
        {
            "specversion": "1.0",
            "id": f"{random.getrandbits(128):032x}",
            "source": f"/schools/{school}/bench",
            "type": "wuguan.sleep.bedtime_reported.v1",
            "time": f"{day}T23:{random.randrange(60):02d}:00+08:00",
            "data": {
                "class_id": class_id,
                "day": day,
                "pid": f"{pupil:032x}",
                "slept_at": f"{day}T21:{random.randrange(60):02d}:00+08:00",
                "woke_at": f"{following}T06:{random.randrange(60):02d}:00+08:00"
                if following
                else f"{day}T23:{random.randrange(60):02d}:30+08:00",
            },
        }
        for pupil in range(PUPILS)
    ]

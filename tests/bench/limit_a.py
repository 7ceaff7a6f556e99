"""Limit A: the same Faust agent, typed decode, COPY of as many rows; no fold, no measure.

The runtime is Wuguan's own with another `Taking`: it decodes the frames by type, and copies as many
ledger rows and marks of the same size, with the positions, in one transaction a batch.
"""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

import psycopg
import uvloop

from stream_processors.faust_runtime import FaustRuntime
from tests.bench.limit_rows import copy_rows, open_limit
from wuguan.adapters.kafka.groups import KafkaGroup
from wuguan.adapters.kafka.log_reader import KafkaLogReader
from wuguan.adapters.postgres.store import system_clock
from wuguan.codec import decode_events
from wuguan.metric_names import Silence
from wuguan.ports import Place
from wuguan.settings import read_settings
from wuguan.streams import Record


class _Decoded(NamedTuple):
    next_offsets: Mapping[Place, int]
    rows: Sequence[tuple[Any, ...]]


class LimitTaking:
    """What a batch costs that is only moved from the topic into tables."""

    def __init__(self, connection: psycopg.Connection[tuple[Any, ...]]) -> None:
        self._connection = connection
        self.positions: Mapping[Place, int] = {}

    def warm_up(self) -> None:
        """Nothing to read."""

    def check_positions(self) -> None:
        """Nothing to compare."""

    def begin_again(self, places: Collection[Place]) -> None:
        """Never asked for."""

    def assign(self, places: Collection[Place]) -> Mapping[Place, int]:
        """Begins at the beginning."""
        return dict.fromkeys(places, 0)

    def gaps(self, records: Sequence[Record]) -> Sequence[Any]:
        """Not looked for."""
        return []

    def prepare(self, records: Sequence[Record]) -> _Decoded:
        """Decodes every event by its type; a row a frame."""
        rows = []
        for record in records:
            assert record.value is not None
            first = decode_events(record.value)[0]
            rows.append((first.school_id, first.data.class_id, first.data.day, record))
        return _Decoded({one.place: one.offset + 1 for one in records}, rows)

    def write(self, batch: _Decoded) -> None:
        """Copies the rows, and moves the positions with them."""
        copy_rows(self._connection, batch.rows, batch.next_offsets)


def main() -> None:
    """Runs until it is killed."""
    settings = read_settings()
    assert settings.kafka is not None
    assert settings.dsn is not None
    taking: Any = LimitTaking(open_limit(settings.dsn))
    reader = KafkaLogReader(settings.kafka, settings.kafka_partitions)
    group = KafkaGroup(settings.kafka, settings.kafka_group, reader)
    runtime = FaustRuntime(taking, group, settings, Silence(), system_clock)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(runtime.run())


if __name__ == "__main__":
    main()

"""Faust's consumer of Kafka, without its naps."""

from typing import Any

from faust.transport.drivers import aiokafka
from faust.types import TP
from mode.utils.times import Seconds, want_seconds

_NAP_SECONDS = 1.0
_SHORT_SECONDS = 0.01
_FETCH_WAIT_MS = 50


class _EagerThread(aiokafka.AIOKafkaConsumerThread):
    """Asks the broker again soon.

    One request is under way at a time. Faust lets the broker keep it for 1.5 s where the partitions
    asked about are silent, and for so long the others, read meanwhile, are not asked about: a
    worker that reads busy and silent partitions would stand still most of the time.
    """

    def _create_worker_consumer(self, transport: Any) -> Any:
        consumer = super()._create_worker_consumer(transport)
        consumer._fetch_max_wait_ms = _FETCH_WAIT_MS
        return consumer


class EagerConsumer(aiokafka.Consumer):
    """Looks again soon for partitions whose buffer has room.

    A partition is held back while the stream's buffer is full. The original then waits up to a
    second for the others, or naps where there are none, however soon the buffer has room again: a
    worker with a small buffer, and so with bounded memory, would read a buffer a second.
    """

    async def sleep(self, n: Seconds, **options: Any) -> None:
        """Sleeps; not for a whole second where a hundredth does."""
        seconds = want_seconds(n)
        await super().sleep(_SHORT_SECONDS if seconds == _NAP_SECONDS else seconds, **options)

    async def _getmany(self, active_partitions: set[TP] | None, timeout: float) -> Any:
        soon = _SHORT_SECONDS if self._buffered_partitions else timeout
        return await super()._getmany(active_partitions, min(soon, timeout))

    def _new_consumer_thread(self) -> aiokafka.AIOKafkaConsumerThread:
        return _EagerThread(self, loop=self.loop, beacon=self.beacon)


class EagerTransport(aiokafka.Transport):
    """The transport that makes such consumers."""

    Consumer = EagerConsumer

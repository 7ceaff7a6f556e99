"""Frames into topics: an idempotent producer, and an answer only after the broker's word.

A broker that does not answer holds no request for longer than a set time. What was handed to the
client by then stays in its buffer and may still be written, which is harmless: the sender repeats
the request. The buffer is bounded by what is not confirmed yet, not by who still waits.
"""

import asyncio
import contextlib
from collections.abc import Iterator, Sequence

import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from wuguan.domain.errors import TemporarilyUnavailable
from wuguan.metric_names import Telemetry
from wuguan.ports import Frame
from wuguan.streams import headers_of, topic_of

MOST_WAITING_BYTES = 64 * 1024 * 1024
_LARGEST_RECORD = 1024 * 1024
_REQUEST_TIMEOUT_MS = 10_000
_CLOSE_SECONDS = 10.0
_log = structlog.get_logger(__name__)


class KafkaFrameWriter:
    """FrameWriter on aiokafka. A producer that has failed for good is replaced by another."""

    def __init__(
        self, bootstrap: str, telemetry: Telemetry, *, compression: str, wait_seconds: float
    ) -> None:
        self._bootstrap = bootstrap
        self._telemetry = telemetry
        self._compression = None if compression == "none" else compression
        self._wait_seconds = wait_seconds
        self._producer: AIOKafkaProducer | None = None
        self._starting = asyncio.Lock()
        self._unconfirmed_bytes = 0
        self._closing = False
        self._ending: set[asyncio.Task[None]] = set()
        self._appends = 0
        self._idle = asyncio.Event()
        self._idle.set()

    async def open(self) -> None:
        """Begins to take frames; a broker that is away now is looked for at the first request."""
        self._closing = False
        with contextlib.suppress(TemporarilyUnavailable):
            await self._started()

    async def append(self, frames: Sequence[Frame]) -> None:
        """Durable when it returns: every broker in sync has the records."""
        size = sum(len(frame.body) for frame in frames)
        if self._closing:
            raise TemporarilyUnavailable("the server is stopping")
        if self._unconfirmed_bytes + size > MOST_WAITING_BYTES:
            raise TemporarilyUnavailable("too many events wait for the broker")
        with self._in_work():
            await self._append(frames)

    async def close(self) -> None:
        """Takes nothing more, and waits for what was taken as long as the broker may need."""
        self._closing = True
        # Each of them ends in its own time; the client would refuse what it still has to hand over.
        await self._idle.wait()
        producer, self._producer = self._producer, None
        if producer is not None:
            await _stop(producer)

    async def _append(self, frames: Sequence[Frame]) -> None:
        size, handed = sum(len(frame.body) for frame in frames), 0
        self._count(size)
        producer = None
        try:
            async with asyncio.timeout(self._wait_seconds):
                producer = await self._started()
                confirmed = []
                for frame in frames:
                    confirmed.append(await self._send(producer, frame))
                    handed += len(frame.body)
                await asyncio.gather(*confirmed)
        except TimeoutError:
            raise TemporarilyUnavailable("the broker did not confirm in time") from None
        except KafkaError as error:
            self._replace(producer)
            raise TemporarilyUnavailable(f"the broker refused: {error!r}") from error
        finally:
            # What the client has got counts until the broker has spoken of it.
            self._count(handed - size)

    @contextlib.contextmanager
    def _in_work(self) -> Iterator[None]:
        self._appends += 1
        self._idle.clear()
        try:
            yield
        finally:
            self._appends -= 1
            if not self._appends:
                self._idle.set()

    async def _send(self, producer: AIOKafkaProducer, frame: Frame) -> "asyncio.Future[object]":
        """Hands one record to the client; a future of the broker's word."""
        size = len(frame.body)
        confirmed: asyncio.Future[object] = await producer.send(
            topic_of(frame.management),
            frame.body,
            key=frame.school_id.encode(),
            headers=headers_of(frame),
        )
        confirmed.add_done_callback(lambda done: self._confirmed(done, size))
        # A request that gives up waiting must not make the client forget the record's place.
        return asyncio.shield(confirmed)

    def _confirmed(self, done: "asyncio.Future[object]", size: int) -> None:
        self._count(-size)
        # Looked at here, so that a failure nobody waits for any more is no surprise.
        if not done.cancelled():
            done.exception()

    def _count(self, size: int) -> None:
        self._unconfirmed_bytes += size
        self._telemetry.set("wuguan_log_unconfirmed_bytes", self._unconfirmed_bytes)

    async def _started(self) -> AIOKafkaProducer:
        if self._producer is not None:
            return self._producer
        async with self._starting:
            if self._producer is None:
                self._producer = await self._start()
            return self._producer

    async def _start(self) -> AIOKafkaProducer:
        producer = AIOKafkaProducer(
            bootstrap_servers=self._bootstrap,
            enable_idempotence=True,
            acks="all",
            compression_type=self._compression,
            max_batch_size=_LARGEST_RECORD,
            max_request_size=2 * _LARGEST_RECORD,
            request_timeout_ms=_REQUEST_TIMEOUT_MS,
            retry_backoff_ms=100,
        )
        try:
            await producer.start()
        except BaseException as error:
            await _stop(producer)
            if isinstance(error, KafkaError | OSError):
                raise TemporarilyUnavailable(f"the broker cannot be reached: {error}") from error
            raise
        return producer

    def _replace(self, producer: AIOKafkaProducer | None) -> None:
        """Forgets a producer whose sequence the broker no longer takes; it ends by itself."""
        if producer is not None and self._producer is producer:
            self._producer = None
            _log.warning("producer_replaced")
            ending = asyncio.create_task(_stop(producer))
            self._ending.add(ending)
            ending.add_done_callback(self._ending.discard)


async def _stop(producer: AIOKafkaProducer) -> None:
    """Ends a producer, written out if that goes quickly."""
    with contextlib.suppress(TimeoutError, KafkaError):
        await asyncio.wait_for(producer.stop(), _CLOSE_SECONDS)

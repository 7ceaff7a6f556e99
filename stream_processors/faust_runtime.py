"""The runtime on Kafka: a Faust worker that loses no event, whatever dies.

Faust acknowledges what it was not asked to when a body raises or a worker is stopped, so nothing
leaves the body of the agent: what passes is retried in place, anything else ends the process for
its supervisor to start it again. Batches are written one at a time, in order; a batch is
acknowledged after its transaction. The stored positions decide where to read, not Faust's offsets.
"""

import asyncio
import os
import signal
import threading
import time
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol, TypeVar

import faust
import structlog
from faust.types import TP

from stream_processors.faust_consumer import EagerTransport
from stream_processors.progress import Progress
from stream_processors.taking import Batch, Gap, OutOfStep, Taking
from stream_processors.telling_backlog import tell_complete
from wuguan.domain.errors import TemporarilyUnavailable
from wuguan.metric_names import Telemetry
from wuguan.ports import Place
from wuguan.settings import Settings
from wuguan.streams import EVENT_TOPICS, Record, is_frame

FAILED = 1
_SESSION_SECONDS, _HEARTBEAT_SECONDS = 10.0, 3.0
_LONGEST_WAIT_SECONDS = 5.0
_LOOK_SECONDS = 5.0
_STOP_SECONDS = 5.0
_STOPPED_FOR_GOOD_SECONDS = 15.0
_ASKED_TIMES, _ASKED_EVERY_SECONDS = 5, 1.0
# Frames are up to 512 KiB: what waits in memory stays bounded, however far the worker is behind.
_MOST_WAITING_FRAMES = 256
_FETCH_BYTES = 1024 * 1024
_T = TypeVar("_T")
_log = structlog.get_logger(__name__)


class Group(Protocol):
    """The consumer group, as the broker sees it."""

    def ends(self, places: Collection[Place]) -> Mapping[Place, int]:
        """The next offset to be written in each place."""

    def committed(self, places: Collection[Place]) -> Mapping[Place, int]:
        """The next offset that the group has committed in each place; those without left out."""

    def unread(self) -> Collection[Place]:
        """The places that no member reads, though the group has come to rest."""


class FaustRuntime:
    """One worker of the group: takes records, and writes them with the positions."""

    def __init__(
        self,
        taking: Taking,
        group: Group,
        settings: Settings,
        telemetry: Telemetry,
        clock: Callable[[], int],
    ) -> None:
        self._clock = clock
        self._taking = taking
        self._group = group
        self._settings = settings
        self._telemetry = telemetry
        self._progress = Progress()
        # One thread: one transaction in flight.
        self._writer = ThreadPoolExecutor(1, "write")
        self._asker = ThreadPoolExecutor(1, "ask")
        self._writing: asyncio.Task[None] | None = None
        self._stopping = asyncio.Event()
        self._unread: frozenset[Place] = frozenset()
        self._shorter: frozenset[Place] = frozenset()
        self._lagging: frozenset[Place] = frozenset()
        """Of which a lag was told last."""

    async def run(self) -> int:
        """Works until told to stop; the exit code. Ends the process itself on a fatal error."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._told_to_stop)
        await self._insist(self._asker, self._taking.warm_up)
        if self._stopping.is_set():
            return 0
        app = self._app()
        await app.start()
        watching = asyncio.create_task(self._watch(app))
        _log.info("working", group=self._settings.kafka_group)
        await self._stopping.wait()
        watching.cancel()
        await self._stop(app)
        return 0

    def _told_to_stop(self) -> None:
        self._stopping.set()
        # Whatever still waits then, for a broker or a database, would wait for good.
        last = threading.Timer(_STOPPED_FOR_GOOD_SECONDS, os._exit, [0])
        last.daemon = True
        last.start()

    # ---- the app

    def _app(self) -> Any:
        assert self._settings.kafka is not None, "the runtime is on Kafka"
        brokers = ";".join(f"kafka://{one}" for one in self._settings.kafka.split(","))
        app: Any = faust.App(
            self._settings.kafka_group,
            broker=brokers,
            store="memory://",
            autodiscover=False,
            web_enabled=False,
            topic_allow_declare=False,
            topic_disable_leader=True,
            broker_session_timeout=_SESSION_SECONDS,
            broker_heartbeat_interval=_HEARTBEAT_SECONDS,
            broker_request_timeout=30.0,
            broker_max_poll_interval=3600.0,
            # Nothing waits for streams: what is in flight ends by itself, and may come again.
            stream_wait_empty=False,
            stream_ack_cancelled_tasks=False,
            stream_ack_exceptions=False,
            stream_buffer_maxsize=_MOST_WAITING_FRAMES,
            consumer_max_fetch_size=_FETCH_BYTES,
            consumer_metadata_max_age_ms=30_000,
            consumer_auto_offset_reset="earliest",
            producer_acks=-1,
        )
        app.transport = EagerTransport(app.conf.broker_consumer, app)
        topic = app.topic(*EVENT_TOPICS, key_serializer="raw", value_serializer="raw")
        app.agent(topic, concurrency=1, name="take")(self._take)
        # The last thing that Faust waits for before it seeks to the group's offsets.
        app.on_rebalance_complete.connect(self._assigned)
        return app

    async def _take(self, stream: Any) -> None:
        async for events in stream.noack_take(
            self._settings.take_frames, within=self._settings.take_within_seconds
        ):
            await self._or_die(self._taken(events))

    async def _taken(self, events: Sequence[Any]) -> None:
        if self._stopping.is_set():
            # Not taken and not acknowledged: it comes again, here or to another worker.
            await asyncio.sleep(3600)
        self._telemetry.observe("wuguan_take_frames", len(events))
        records = [_record(event) for event in events]
        self._progress.came(records)
        seen: Sequence[Gap] = []
        # Looking takes a moment, in which the places may have been assigned anew.
        while (gaps := self._taking.gaps(records)) != seen:
            await self._insist(self._asker, self._taking.look_into, gaps)
            seen = gaps
        batch = self._taking.prepare(records)
        if self._writing is not None:
            await asyncio.shield(self._writing)
        self._writing = asyncio.create_task(self._or_die(self._write(batch, records, events)))

    async def _write(self, batch: Batch, records: Sequence[Record], events: Sequence[Any]) -> None:
        begun = time.monotonic()
        await self._insist(self._writer, self._taking.write, batch)
        self._progress.wrote(records)
        for event in events:
            event.ack()
        self._telemetry.observe("wuguan_flush_seconds", time.monotonic() - begun)
        self._telemetry.count("wuguan_frames_folded_total", len(events))

    async def _assigned(self, app: Any, **_: Any) -> None:
        await self._or_die(self._begin_where_the_store_is(app, set(app.consumer.assignment())))

    async def _begin_where_the_store_is(self, app: Any, assigned: set[TP]) -> None:
        """Puts the group's offsets where the stored positions are, before Faust seeks to them."""
        self._telemetry.count("wuguan_consumer_rebalances_total")
        places = [Place(tp.topic, tp.partition) for tp in assigned if tp.topic in EVENT_TOPICS]
        if not places:
            return
        positions = dict(await self._insist(self._asker, self._taking.assign, places))
        if shorter := await self._shorter_than_taken(positions):
            _log.error("topics_made_anew", places=sorted(shorter))
            self._telemetry.count("wuguan_consumer_seeks_total", len(shorter), direction="begin")
            await self._insist(self._asker, self._taking.begin_again, shorter)
            positions |= dict.fromkeys(shorter, 0)
        committed = await self._insist(self._asker, self._group.committed, places)
        wrong = {place: at for place, at in positions.items() if committed.get(place, 0) != at}
        if not wrong:
            return
        for place, at in wrong.items():
            direction = "back" if committed.get(place, 0) > at else "ahead"
            self._telemetry.count("wuguan_consumer_seeks_total", 1, direction=direction)
            _log.info("seek", direction=direction, topic=place.topic, partition=place.partition,
                      committed=committed.get(place), position=at)  # fmt: skip
        # False where another rebalance has begun already: then this is done once more.
        await app.consumer._commit({TP(*place): at for place, at in wrong.items()})
        for place in (place for place, at in wrong.items() if at == 0):
            # Faust does not seek to an offset of 0.
            await app.consumer.seek(TP(*place), 0)

    async def _shorter_than_taken(self, positions: Mapping[Place, int]) -> Collection[Place]:
        """The places that hold less than was taken from them: topics that were made anew.

        Asked several times: after a change of leader a broker may know less for a moment.
        """
        shorter: Collection[Place] = list(positions)
        for _ in range(_ASKED_TIMES):
            ends = await self._insist(self._asker, self._group.ends, shorter)
            shorter = [place for place in shorter if positions[place] > ends[place]]
            if not shorter:
                break
            await asyncio.sleep(_ASKED_EVERY_SECONDS)
        return shorter

    # ---- what surrounds it

    async def _insist(
        self, threads: ThreadPoolExecutor, call: Callable[..., _T], *arguments: Any
    ) -> _T:
        """The answer of a call in a thread; asked again as long as nobody answers."""
        loop, failures = asyncio.get_running_loop(), 0
        while True:
            try:
                return await loop.run_in_executor(threads, call, *arguments)
            except TemporarilyUnavailable as error:
                failures += 1
                self._telemetry.count("wuguan_runtime_retries_total", part=call.__name__)
                self._telemetry.set("wuguan_runtime_healthy", 0)
                _log.warning("worker_waits", part=call.__name__, reason=str(error))
                await asyncio.sleep(min(0.1 * 2**failures, _LONGEST_WAIT_SECONDS))

    async def _or_die(self, work: Awaitable[None]) -> None:
        """Whatever is not waited out in place ends the process: nothing wrong is acknowledged."""
        try:
            await work
        except asyncio.CancelledError:
            if self._stopping.is_set():
                raise
            # Records in hand would be passed over by whoever goes on.
            _log.error("worker_cancelled")
            os._exit(FAILED)
        except BaseException:
            _log.exception("worker_failed")
            os._exit(FAILED)

    async def _watch(self, app: Any) -> None:
        """Ends the process when Faust has given up; tells how far behind the worker is."""
        looked = 0.0
        while True:
            await asyncio.sleep(0.2)
            if app.should_stop:
                _log.error("faust_gave_up", reason=str(app.crash_reason))
                os._exit(FAILED)
            if time.monotonic() - looked >= _LOOK_SECONDS:
                looked = time.monotonic()
                await self._or_die(self._look())

    async def _look(self) -> None:
        looked_us, loop = self._clock(), asyncio.get_running_loop()
        try:
            positions, ends = await loop.run_in_executor(self._asker, self._tell_lag)
        except TemporarilyUnavailable:
            return
        until_us = self._progress.looked(positions, ends, looked_us)
        if until_us is not None:
            tell_complete(self._telemetry, "log", until_us)
        self._telemetry.set("wuguan_runtime_healthy", 1)

    def _see_that_all_is_read(self) -> None:
        """OutOfStep where partitions stay without a reader: a group can come to rest like that.

        Seen where a broker had come back and did not know its topics yet when the members met.
        """
        unread = frozenset(self._group.unread())
        if lasting := unread & self._unread:
            raise OutOfStep(f"nobody reads {sorted(lasting)[:3]} …")
        self._unread = unread

    def _tell_lag(self) -> tuple[Mapping[Place, int], Mapping[Place, int]]:
        self._taking.check_positions()
        self._see_that_all_is_read()
        positions = self._taking.positions
        ends = self._group.ends(positions.keys())
        shorter = frozenset(place for place, end in ends.items() if end < positions[place])
        if lasting := shorter & self._shorter:
            raise OutOfStep(f"{sorted(lasting)[:3]} hold less than was taken from them")
        self._shorter = shorter
        # Of a place that others read now nothing waits here: they tell how much does there.
        lags = dict.fromkeys(self._lagging, 0)
        lags |= {place: max(end - positions[place], 0) for place, end in ends.items()}
        self._lagging = frozenset(ends)
        for place, lag in lags.items():
            self._telemetry.set(
                "wuguan_consumer_lag_records",
                lag,
                topic=place.topic,
                partition=str(place.partition),
            )
        return positions, ends

    async def _stop(self, app: Any) -> None:
        """Lets the transaction in flight end, leaves the group; not longer than a set time."""
        try:
            async with asyncio.timeout(_STOP_SECONDS):
                if self._writing is not None:
                    await self._writing
                await app.stop()
        except TimeoutError:
            # A thread may still wait for the database; what it has not written comes again.
            _log.warning("stopped_hard")
            os._exit(0)
        _log.info("stopped")


def _record(event: Any) -> Record:
    message = event.message
    return Record(
        Place(message.topic, message.partition),
        message.offset,
        message.key,
        message.value,
        is_frame(message.headers or ()),
        int(message.timestamp * 1_000_000),
    )

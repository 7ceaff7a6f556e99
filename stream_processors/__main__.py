"""`python -m stream_processors`: the workers of a deployment on Kafka, and its tools."""

import asyncio
import contextlib
import gc
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Annotated

import structlog
import typer
import uvloop
from prometheus_client import CollectorRegistry, start_http_server

from stream_processors import checking, rebuild_command, tell_command
from stream_processors.alerting_setup import people_of, set_up_alerting
from stream_processors.alerts_command import alerts
from stream_processors.contexts import Contexts
from stream_processors.faust_runtime import FaustRuntime
from stream_processors.publishing_alerts import PublishingAlerts
from stream_processors.rebuild_command import scope_of
from stream_processors.taking import Taking
from stream_processors.turns import Turning
from stream_processors.upkeep import Upkeep
from wuguan.adapters import logs
from wuguan.adapters.kafka.administration import ensure_topics
from wuguan.adapters.kafka.direct import DirectProducer
from wuguan.adapters.kafka.groups import KafkaGroup
from wuguan.adapters.kafka.log_reader import KafkaLogReader
from wuguan.adapters.postgres.embedded import EmbeddedServer
from wuguan.adapters.postgres.store import PostgresStore, open_store
from wuguan.adapters.prometheus import PrometheusTelemetry
from wuguan.domain.errors import Misconfigured, TemporarilyUnavailable
from wuguan.settings import Settings, read_settings, read_usable_settings

_MISCONFIGURED, _UNAVAILABLE = 2, 1
_SWITCH_SECONDS = 0.0005
_PUBLISHING_SECONDS = 1.0
_NO_KAFKA = "WUGUAN_KAFKA: 运行 Faust 需要设置 / must be set to run on Faust"
_NO_DATABASE = "WUGUAN_DSN: 需要设置数据库 / must name the database to work on"
_log = structlog.get_logger("stream_processors")
commands = typer.Typer(
    add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False, help=__doc__
)
commands.add_typer(alerts, name="alerts")


def clock() -> int:
    """Microseconds since the epoch."""
    return time.time_ns() // 1000


@commands.command()
def faust() -> None:
    """Run one worker: from the topics to ledgers. Any number may run, up to the partitions."""
    with _told() as settings, contextlib.ExitStack() as closing:
        if settings.kafka is None:
            raise Misconfigured([_NO_KAFKA])
        ensure_topics(settings)
        telemetry = _telemetry(settings)
        reader = KafkaLogReader(settings.kafka, settings.kafka_partitions)
        closing.callback(reader.close)
        store = _store(settings, closing)
        telemetry.ask(store.asked)
        producer = _producer(settings.kafka)
        taking = Taking(store.ledgers, Contexts(store.roster), producer, reader.read, telemetry)
        group = KafkaGroup(settings.kafka, settings.kafka_group, reader)
        _tune_interpreter()

        async def work() -> int:
            runtime = FaustRuntime(taking, group, settings, telemetry, clock)
            return await runtime.run()

        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            code = runner.run(work())
    sys.exit(code)


@commands.command()
def rollup() -> None:
    """Run one worker of figures and alerts: opens days, measures again, adds up, evaluates, tells.

    Any number may run.
    """
    with _told() as settings, contextlib.ExitStack() as closing:
        set_up = set_up_alerting(settings, os.environ)
        telemetry = _telemetry(settings)
        store = _store(settings, closing)
        telemetry.ask(store.asked)
        upkeep = Upkeep(
            store,
            clock=clock,
            pause_seconds=settings.rollup_interval_seconds,
            telemetry=telemetry,
            alerting=set_up.alerting,
        )
        told = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: told.set())
        turnings = [
            Turning(
                "rollup", lambda: upkeep.turn(told), settings.rollup_interval_seconds, telemetry
            ),
            *set_up.tellers(store, clock=clock, settings=settings, telemetry=telemetry),
        ]
        if settings.kafka is not None:
            # In a thread of its own: brokers that are away keep no figure and no alert waiting.
            publishing = PublishingAlerts(store.alerts, _producer(settings.kafka))
            turnings.append(Turning("alerts", publishing.turn, _PUBLISHING_SECONDS, telemetry))
        for turning in turnings:
            turning.start()
        telemetry.set("wuguan_runtime_healthy", 1)
        _log.info("working")
        told.wait()
        for turning in turnings:
            turning.end()
        for turning in turnings:
            turning.join()
        _log.info("stopped")


@commands.command()
def rebuild(
    management: Annotated[
        list[str] | None, typer.Option(help="only these: homework sleep phone reading fitness")
    ] = None,
    school: Annotated[list[str] | None, typer.Option(help="only these schools")] = None,
    from_day: Annotated[str | None, typer.Option("--from", help="first day, 2026-09-01")] = None,
    to_day: Annotated[str | None, typer.Option("--to", help="last day")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="compare, and change nothing")] = False,
) -> None:
    """Make ledgers and tallies anew from the log, compare, and put them in place.

    Events may go on coming: each school is locked only while its own ledgers are swapped.
    """
    with _told() as settings, contextlib.ExitStack() as closing:
        scope = scope_of(management or [], school or [], from_day, to_day)
        store = _store(settings, closing, embedded=True)
        compared = rebuild_command.rebuild(store, settings, scope, swap=not dry_run)
        print(rebuild_command.summary_of(compared, swap=not dry_run))


@commands.command()
def tell(
    test: Annotated[
        str | None, typer.Option("--test", help="send this receiver a test message")
    ] = None,
    drop: Annotated[
        str | None,
        typer.Option("--drop", help="give up what waits for this receiver, no longer in the file"),
    ] = None,
) -> None:
    """List who is told of alerts, and what waits for receivers that were taken out.

    --test sends a test, and shows what the receiver answered; --drop gives up what waits.
    """
    with _told() as settings, contextlib.ExitStack() as closing:
        people = people_of(settings, os.environ)
        if test is not None:
            is_taken, answer = tell_command.sent_a_test(people, test, clock)
            print(answer)
            sys.exit(0 if is_taken else _UNAVAILABLE)
        if drop is not None:
            notices = _store(settings, closing, embedded=True).notices
            print(tell_command.dropped(people, notices, drop, clock()))
            return
        print(tell_command.listed(people))
        # Before the first start there is no database, and nothing is left.
        if settings.dsn is not None or EmbeddedServer(settings.data).exists:
            notices = _store(settings, closing, embedded=True).notices
            for line in tell_command.left_over(people, notices):
                print(line)


@commands.command()
def check() -> None:
    """Try every setting and every connection; list all that is wrong, and change nothing."""
    settings, wrong = read_usable_settings()
    # What the clients have to say of their attempts is said here, once.
    logging.disable()
    tried = [checking.Checked("设置 settings", "WUGUAN_…", wrong), *checking.check(settings)]
    for one in tried:
        print(f"{'✗' if one.faults else '✓'} {one.what}: {one.found}".rstrip(": "))
        for fault in one.faults:
            print(f"    - {fault}")
    faults = sum(len(one.faults) for one in tried)
    print(f"check: {faults} 项有误 faults")
    sys.exit(_MISCONFIGURED if faults else 0)


@contextlib.contextmanager
def _told() -> Iterator[Settings]:
    """The settings; what is wrong with them or with a service is told, with its exit code."""
    try:
        settings = read_settings()
        logs.configure(settings.log_level, settings.log_format)
        yield settings
    except Misconfigured as error:
        print(f"无法启动,请改正以下各项 / cannot start, mend these:\n{error}", file=sys.stderr)
        sys.exit(_MISCONFIGURED)
    except TemporarilyUnavailable as error:
        print(f"数据库或 Kafka 无法使用 / a service does not answer: {error}", file=sys.stderr)
        sys.exit(_UNAVAILABLE)


def _store(
    settings: Settings, closing: contextlib.ExitStack, *, embedded: bool = False
) -> PostgresStore:
    dsn = settings.dsn
    if dsn is None and embedded:
        server = EmbeddedServer(settings.data)
        if not server.running:
            closing.callback(server.stop)
        dsn = server.start()
    if dsn is None:
        raise Misconfigured([_NO_DATABASE])
    store = open_store(dsn, clock=clock, cached_facts=settings.cached_facts, size=4)
    closing.callback(store.close)
    return store


def _producer(bootstrap: str) -> Callable[[], DirectProducer]:
    """One for the life of the process, made when there is something to send."""
    return lru_cache(maxsize=1)(lambda: DirectProducer(bootstrap))


def _telemetry(settings: Settings) -> PrometheusTelemetry:
    registry = CollectorRegistry()
    telemetry = PrometheusTelemetry(registry)
    telemetry.set("wuguan_process_started_seconds", time.time())
    if settings.metrics_port:
        try:
            start_http_server(settings.metrics_port, settings.metrics_host, registry)
        except OSError as error:
            raise Misconfigured(
                [f"WUGUAN_METRICS_PORT: 无法监听 {settings.metrics_port} / cannot listen:"
                 f" {error.strerror}"]
            ) from None  # fmt: skip
    return telemetry


def _tune_interpreter() -> None:
    # The ledgers kept in memory are many small objects that hold no cycles: the collector need
    # not look through them every few hundred allocations.
    gc.freeze()
    gc.set_threshold(50_000, 50, 50)
    # The thread that writes has answers of the database to send on; it should not wait 5 ms for
    # its turn while the other folds.
    sys.setswitchinterval(_SWITCH_SECONDS)


if __name__ == "__main__":
    commands()

"""`python -m api`: reads the settings, opens store and log, serves until told.

Without Kafka the embedded runtime works in this process; with Kafka this process only takes events
and shows figures, and any number of it may run.

On SIGTERM or Ctrl-C it takes no more requests, finishes those in work, writes what waits for the
log, ends the runtime after its transaction, and stops the embedded PostgreSQL.
"""

import asyncio
import contextlib
import gc
import os
import signal
import socket
import sys
import time
from collections.abc import Iterator
from dataclasses import replace

import structlog
import uvicorn
from prometheus_client import CollectorRegistry

from api.app import create_app
from api.authentication import digest_of
from api.dependencies import Dependencies
from api.keys import new_key
from stream_processors.alerting_setup import AlertingSetUp, set_up_alerting
from stream_processors.contexts import Contexts
from stream_processors.embedded import EmbeddedRuntime
from stream_processors.folding import Folding
from wuguan.adapters import logs
from wuguan.adapters.kafka.administration import ensure_topics
from wuguan.adapters.kafka.frame_writer import KafkaFrameWriter
from wuguan.adapters.kafka.log_reader import KafkaLogReader
from wuguan.adapters.postgres.embedded import EmbeddedServer, require_writable
from wuguan.adapters.postgres.store import PostgresStore, open_store
from wuguan.adapters.prometheus import PrometheusTelemetry
from wuguan.alert_packs import alert_rules
from wuguan.domain.errors import Misconfigured, TemporarilyUnavailable
from wuguan.domain.instants import china_day
from wuguan.national_days import shipped_national_days
from wuguan.policy_packs import policy_book
from wuguan.ports import ApiKey, Keys
from wuguan.settings import Settings, read_settings

_MIB = 1024 * 1024
_FRAMES_AT_ONCE = 500
_log = structlog.get_logger("api")


def main() -> int:
    """Serves; the exit code is 2 where the settings, 1 where the database is at fault."""
    try:
        settings = read_settings()
        logs.configure(settings.log_level, settings.log_format)
        # First of all: whoever cannot listen should start no database and print no key.
        with _listener(settings) as listener, contextlib.ExitStack() as closing:
            # With Kafka alerts are evaluated and told elsewhere.
            alerts = set_up_alerting(settings, os.environ) if settings.kafka is None else None
            store = _store(settings, closing)
            _serve(settings, store, listener, alerts)
    except Misconfigured as error:
        print(f"无法启动,请改正以下各项 / cannot start, mend these:\n{error}", file=sys.stderr)
        return 2
    except TemporarilyUnavailable as error:
        print(f"数据库或 Kafka 无法使用 / a service does not answer: {error}", file=sys.stderr)
        return 1
    return 0


def clock() -> int:
    """Microseconds since the epoch."""
    return time.time_ns() // 1000


def _listener(settings: Settings) -> socket.socket:
    """A socket bound to the address that is set, or Misconfigured."""
    host, port = settings.host, settings.port
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise Misconfigured(
            [f"WUGUAN_HOST, WUGUAN_PORT: 无法监听 {host}:{port}，请换一个端口或地址"
             f" / cannot listen on {host}:{port}, choose another: {error.strerror or error}"]
        ) from None  # fmt: skip
    return listener


def _store(settings: Settings, closing: contextlib.ExitStack) -> PostgresStore:
    """The store, on the database named or on an embedded one."""
    restart, dsn = None, settings.dsn
    if dsn is None:
        require_writable(settings.data)
        server = EmbeddedServer(settings.data)
        dsn = server.start()
        closing.callback(server.stop)
        restart = server.restart_if_down
    ends = None
    if settings.kafka is not None:
        made = ensure_topics(settings)
        _log.info("topics_made", topics=made)
        ends = KafkaLogReader(settings.kafka, settings.kafka_partitions)
        closing.callback(ends.close)
    store = open_store(
        dsn, clock=clock, restart=restart, cached_facts=settings.cached_facts, ends=ends
    )
    closing.callback(store.close)
    return store


def _serve(
    settings: Settings,
    store: PostgresStore,
    listener: socket.socket,
    alerts: AlertingSetUp | None,
) -> None:
    today = china_day(clock())
    rules = alert_rules(settings.alerts)
    store.roster.put_rules(policy_book(settings.policy), shipped_national_days(), today)
    store.board_access.title_alerts(rules)
    _ensure_admin_key(settings, store.keys)
    telemetry = PrometheusTelemetry(CollectorRegistry())
    telemetry.set("wuguan_process_started_seconds", time.time())
    telemetry.ask(store.asked)
    dependencies = Dependencies(
        store=store,
        clock=clock,
        alert_rules={rule.rule_id: rule for rule in rules},
        rate_limit=settings.rate_limit,
        document_limit_bytes=settings.document_limit_mib * _MIB,
        telemetry=telemetry,
        exposition=telemetry.exposition,
    )
    if alerts is not None:
        runtime = EmbeddedRuntime(
            store,
            clock=clock,
            settings=settings,
            telemetry=telemetry,
            alerting=alerts.alerting,
            tellers=alerts.tellers(store, clock=clock, settings=settings, telemetry=telemetry),
        )
        runtime.start()
        try:
            _answer(
                replace(dependencies, wake=runtime.wake, healthy=lambda: runtime.healthy),
                settings,
                listener,
            )
        finally:
            runtime.stop()
    else:
        assert settings.kafka is not None, "else alerts are set up"
        _drain_table(store)
        # Its runtime is elsewhere: here nothing but requests can fail.
        telemetry.set("wuguan_runtime_healthy", 1)
        writer = KafkaFrameWriter(
            settings.kafka,
            telemetry,
            compression=settings.kafka_compression,
            wait_seconds=settings.kafka_wait_seconds,
        )
        _answer(
            replace(dependencies, frame_writer=writer, takes_events_alone=True), settings, listener
        )
    _log.info("stopped")


def _drain_table(store: PostgresStore) -> None:
    """Folds what an installation had in its table before Kafka: nobody else reads it any more."""
    folding = Folding(store.log, store.ledgers, Contexts(store.roster), _FRAMES_AT_ONCE)
    while frames := folding.turn():
        _log.info("table_drained", frames=frames)


def _answer(dependencies: Dependencies, settings: Settings, listener: socket.socket) -> None:
    app = create_app(dependencies)
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        loop="uvloop",
        http="httptools",
        lifespan="on",
        access_log=False,
        log_config=None,
        server_header=False,
        timeout_graceful_shutdown=settings.stop_within_seconds,
    )
    # The ledgers kept in memory are many small objects that hold no cycles: the collector need not
    # look through them every few hundred allocations.
    gc.freeze()
    gc.set_threshold(50_000, 50, 50)
    _run(_Server(config), settings, listener)


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        # The original raises the signal again when it is done, before we have tidied up.
        yield


def _run(server: _Server, settings: Settings, listener: socket.socket) -> None:
    async def serve() -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, server.handle_exit, number, None)
        _log.info("serving", host=settings.host, port=settings.port)
        await server.serve(sockets=[listener])

    with asyncio.Runner(loop_factory=server.config.get_loop_factory()) as runner:
        runner.run(serve())


def _ensure_admin_key(settings: Settings, keys: Keys) -> None:
    """The first admin key: the one set, or one that is made and printed this once."""
    key, made = new_key("admin", None, "first admin key", clock())
    secret = made if settings.admin_key is None else settings.admin_key.get_secret_value()
    if _was_first(keys, key, secret) and settings.admin_key is None:
        print(f"管理密钥(仅显示这一次)/ admin key, shown this once: {secret}", flush=True)


def _was_first(keys: Keys, key: ApiKey, secret: str) -> bool:
    return keys.add_first_admin(key, digest_of(secret))


if __name__ == "__main__":
    sys.exit(main())

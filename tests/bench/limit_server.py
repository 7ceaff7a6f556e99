"""The limit: the same HTTP server, log and database, typed decode and COPY; no fold, no roll-up.

It answers 202 after the same log has taken the same frames. A thread reads the log, decodes the
events, and copies as many rows as Wuguan writes, with the position in the same transaction.
"""

import asyncio
import os
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import psycopg
import uvicorn
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from api.body import MIB, read_body
from api.frames import frames_of
from api.log_writer import LogWriter
from wuguan.adapters.postgres.embedded import EmbeddedServer
from wuguan.adapters.postgres.store import PostgresStore, open_store, system_clock
from wuguan.codec import decode_events
from wuguan.domain.validation import decode_batch
from wuguan.metric_names import Silence
from wuguan.ports import LogRecord

_FRAMES_AT_ONCE = 500


class Copying(threading.Thread):
    """Reads the log and copies rows."""

    def __init__(self, store: PostgresStore, dsn: str, unit_rows_a_frame: float) -> None:
        super().__init__(daemon=True)
        self.position = 0
        self.new_records = threading.Event()
        self._store = store
        self._connection = psycopg.connect(dsn)
        self._connection.execute("SET synchronous_commit = off")
        self._unit_rows_a_frame = unit_rows_a_frame
        self._units = 0.0
        self._row = 0

    def run(self) -> None:
        """Copies until the process ends."""
        while True:
            records = self._store.log.read(self.position, _FRAMES_AT_ONCE)
            if not records:
                self.new_records.wait(1)
                self.new_records.clear()
                continue
            self._copy(records)
            self.position = records[-1].position

    def _copy(self, records: Sequence[LogRecord]) -> None:
        with self._connection.transaction(), self._connection.cursor() as cursor:
            with cursor.copy(
                "COPY limit_ledger (school_id, management, class_id, day, revision, facts)"
                " FROM STDIN (FORMAT BINARY)"
            ) as copy:
                copy.set_types(["text", "text", "text", "date", "int8", "bytea"])
                for record in records:
                    frame = record.frame
                    first = decode_events(frame.body)[0]
                    key = (frame.school_id, frame.management, first.data.class_id, first.data.day)
                    copy.write_row((*key, record.position, frame.body))
            self._copy_unit_rows(cursor, len(records))
            cursor.execute(
                "UPDATE consumer_position SET next_offset = %s WHERE topic = 'event_log'",
                (records[-1].position + 1,),
            )

    def _copy_unit_rows(self, cursor: psycopg.Cursor[tuple[object, ...]], frames: int) -> None:
        self._units += frames * self._unit_rows_a_frame
        with cursor.copy("COPY limit_unit FROM STDIN") as copy:
            while self._units >= 1:
                self._units -= 1
                self._row += 1
                values = ("990101", self._row, "sleep.duration", 40, 40, 40, 20, 22000, "{1,2,3}")
                copy.write_row(values)


def main() -> None:
    """Serves the limit program until it is killed."""
    database = EmbeddedServer(Path(os.environ["WUGUAN_DATA"]))
    dsn = database.start()
    store = open_store(dsn)
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(
            'CREATE TABLE limit_ledger (school_id text COLLATE "C", management text COLLATE "C",'
            ' class_id text COLLATE "C", day date, revision bigint, facts bytea,'
            " PRIMARY KEY (school_id, management, day, class_id))"
        )
        connection.execute(
            'CREATE TABLE limit_unit (unit_id text COLLATE "C", n bigint, metric text,'
            " expected int, reported int, judged int, compliant int, total bigint, bins int[],"
            " PRIMARY KEY (unit_id, metric, n))"
        )
    copying = Copying(store, dsn, float(os.environ["LIMIT_UNIT_ROWS_A_FRAME"]))
    copying.start()
    try:
        _serve(store, copying, int(os.environ["WUGUAN_PORT"]))
    finally:
        store.close()
        database.stop()


def _serve(store: PostgresStore, copying: Copying, port: int) -> None:
    app = FastAPI(openapi_url=None)
    writer = LogWriter(store.log, Silence(), time.monotonic)

    async def post_events(request: Request) -> Response:
        body = await read_body(request, MIB, 8 * MIB)
        events = decode_batch(body)
        assert events is not None, "the load is well-formed"
        await writer.append(frames_of(events, events[0].school_id, system_clock()))
        copying.new_records.set()
        return Response(b'{"accepted": 0}', 202, media_type="application/json")

    async def get_position(_: Request) -> Response:
        return Response(str(copying.position))

    app.router.add_route("/v1/events", post_events, methods=["POST"])
    app.router.add_route("/position", get_position, methods=["GET"])
    config = uvicorn.Config(
        app, port=port, loop="uvloop", http="httptools", access_log=False, log_config=None
    )
    with asyncio.Runner(loop_factory=config.get_loop_factory()) as runner:
        runner.run(uvicorn.Server(config).serve())


if __name__ == "__main__":
    main()

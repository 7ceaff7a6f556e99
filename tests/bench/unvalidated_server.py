"""What `make bench-ingest` compares with: the same HTTP server and log, and no validation.

A plain server: JSON in, events grouped by management, JSON out into the same topics, an answer
after the broker's word. It asks nobody for a key and looks at nothing but `type`.
"""

import asyncio
import gc
import json
import os
import time
from collections.abc import Iterator, Sequence
from typing import Any

import uvicorn
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from wuguan.adapters.kafka.frame_writer import KafkaFrameWriter
from wuguan.codec import frame_id
from wuguan.metric_names import Silence
from wuguan.ports import Frame
from wuguan.settings import Settings, read_settings

_SCHOOL = slice(9, 19)


def main() -> None:
    """Serves until it is killed."""
    settings = read_settings()
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    plain = Plain(_writer(settings))
    app.router.add_route("/v1/events", plain.post_events, methods=["POST"])
    app.router.add_route("/readyz", _get_readyz, methods=["GET"])
    config = uvicorn.Config(
        app, port=settings.port, loop="uvloop", http="httptools", access_log=False,
        log_config=None, server_header=False,
    )  # fmt: skip
    # As `python -m api` does: the comparison is not about the collector.
    gc.freeze()
    gc.set_threshold(50_000, 50, 50)
    with asyncio.Runner(loop_factory=config.get_loop_factory()) as runner:
        runner.run(uvicorn.Server(config).serve())


class Plain:
    """The one route that is measured."""

    def __init__(self, writer: KafkaFrameWriter) -> None:
        self._writer = writer

    async def post_events(self, request: Request) -> Response:
        """Puts the events into the log and answers 202."""
        events = json.loads(await request.body())
        await self._writer.append(list(_frames(events, time.time_ns() // 1000)))
        answer = {"accepted": len(events), "duplicates": 0, "rejected": 0, "items": []}
        return Response(json.dumps(answer).encode(), 202, media_type="application/json")


async def _get_readyz(_: Request) -> Response:
    return Response("ready")


def _frames(events: Sequence[dict[str, Any]], now_us: int) -> Iterator[Frame]:
    school_id = events[0]["source"][_SCHOOL]
    grouped: dict[str, list[dict[str, Any]]] = {}
    for event in events:
        grouped.setdefault(event["type"].split(".")[1], []).append(event)
    for management, of_management in grouped.items():
        body = json.dumps(of_management, separators=(",", ":")).encode()
        yield Frame(school_id, management, frame_id(now_us, os.urandom(10)), now_us, body)


def _writer(settings: Settings) -> KafkaFrameWriter:
    assert settings.kafka is not None, "the comparison is on Kafka"
    return KafkaFrameWriter(
        settings.kafka,
        Silence(),
        compression=settings.kafka_compression,
        wait_seconds=settings.kafka_wait_seconds,
    )


if __name__ == "__main__":
    main()

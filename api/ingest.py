"""`POST /v1/events`: check each event, put what is good into the log, answer item by item."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import Response

from api.authentication import Authentication, missing_scope
from api.body import MIB, content_coding, read_body
from api.dependencies import Clock
from api.frames import frames_of
from api.idempotency import Idempotency, name_of
from api.modes import Mode, binary_attributes, check_body, digest_of_request, mode_of
from api.reject_keeper import RejectKeeper
from wuguan.domain.validation import Bounds, Checked
from wuguan.metric_names import Telemetry
from wuguan.ports import ApiKey, FrameWriter

WIRE_LIMIT = MIB
UNPACKED_LIMIT = 8 * MIB
# A larger body is checked beside the event loop, which goes on with other requests.
_LARGE = 128 * 1024


@dataclass(frozen=True)
class Ingest:
    """What taking events needs."""

    authentication: Authentication
    idempotency: Idempotency
    frame_writer: FrameWriter
    reject_keeper: RejectKeeper
    clock: Clock
    wake: Callable[[], None]
    telemetry: Telemetry

    async def post_events(self, request: Request) -> Response:
        """Answers with the first status that holds, in the order of docs/events.md."""
        key = await self.authentication.key_of(request)
        if key.scope != "ingest" or key.unit_id is None:
            raise missing_scope("ingest")
        limited = self.authentication.over_limit(key)
        mode = mode_of(request)
        content_coding(request)
        body = await read_body(request, WIRE_LIMIT, UNPACKED_LIMIT)
        attributes = binary_attributes(request) if mode == "binary" else {}
        now_us = self.clock()
        checked = await _check(mode, body, attributes, Bounds(key.unit_id, now_us))
        name = name_of(request)
        if name is None:
            if limited is not None:
                raise limited
            return _accepted(await self._take(key, checked, now_us))
        digest = digest_of_request(mode, body, attributes)
        earlier = await self.idempotency.begin(key.key_id, name, digest, now_us)
        if earlier is not None:
            return _accepted(earlier)
        try:
            if limited is not None:
                raise limited
            answer = await self._take(key, checked, now_us)
            await self.idempotency.finish(key.key_id, name, answer)
        except BaseException:
            await self.idempotency.abandon(key.key_id, name)
            raise
        return _accepted(answer)

    async def _take(self, key: ApiKey, checked: Checked, now_us: int) -> bytes:
        """Makes the accepted events durable, and tells what became of each."""
        assert key.unit_id is not None, "an ingest key has a school"
        if checked.accepted:
            await self.frame_writer.append(frames_of(checked.accepted, key.unit_id, now_us))
            self.wake()
        self._count(checked)
        if checked.rejected:
            await self.reject_keeper.keep(key.unit_id, checked.rejected, now_us)
        return answer_of(checked)

    def _count(self, checked: Checked) -> None:
        if checked.accepted:
            self.telemetry.count("wuguan_events_accepted_total", len(checked.accepted))
        if checked.duplicates:
            self.telemetry.count("wuguan_events_duplicate_total", len(checked.duplicates))
        for rejection in checked.rejected:
            self.telemetry.count("wuguan_events_rejected_total", 1, code=rejection.fault.code)


def answer_of(checked: Checked) -> bytes:
    """The answer as it is sent, and remembered."""
    counts = {
        "accepted": len(checked.accepted),
        "duplicates": len(checked.duplicates),
        "rejected": len(checked.rejected),
    }
    answer = {**counts, "items": _items(checked)}
    try:
        return json.dumps(answer, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        # An id is shown as it was sent, and may hold a lone surrogate.
        return json.dumps(answer).encode("ascii")


def _items(checked: Checked) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = [
        {"index": index, "id": event_id, "status": "duplicate"}
        for index, event_id in checked.duplicates
    ]
    items += [
        {
            "index": one.index,
            "id": one.id,
            "status": "rejected",
            "code": one.fault.code,
            "path": one.fault.path,
            "message": one.fault.message,
            "message_zh": one.fault.message_zh,
        }
        for one in checked.rejected
    ]
    return sorted(items, key=lambda item: int(item["index"]))


async def _check(mode: Mode, body: bytes, attributes: dict[str, str], bounds: Bounds) -> Checked:
    if len(body) <= _LARGE:
        return check_body(mode, body, attributes, bounds)
    return await to_thread.run_sync(check_body, mode, body, attributes, bounds)


def _accepted(answer: bytes) -> Response:
    return Response(answer, 202, media_type="application/json")

"""JSON documents of those who administrate: read whole, within a limit, or refused."""

from typing import Any

from anyio import to_thread
from starlette.requests import Request

from api.body import media_type, read_body, read_json
from api.problems import unsupported_media_type

# A larger body is parsed beside the event loop, which goes on with other requests.
_LARGE = 64 * 1024


async def read_document(request: Request, limit_bytes: int) -> Any:
    """The JSON value of a request."""
    if media_type(request) != "application/json":
        raise unsupported_media_type(
            "send JSON with Content-Type: application/json",
            "请以 Content-Type: application/json 发送 JSON",
        )
    body = await read_body(request, limit_bytes, limit_bytes)
    if len(body) <= _LARGE:
        return read_json(body)
    return await to_thread.run_sync(read_json, body)

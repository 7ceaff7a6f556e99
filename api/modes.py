"""The three modes of CloudEvents over HTTP: batch, structured, binary."""

import re
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Literal
from urllib.parse import unquote_to_bytes

from starlette.requests import Request

from api.body import media_type, read_json
from api.problems import bad_request, too_large, unsupported_media_type
from wuguan.domain.envelope import Envelope
from wuguan.domain.validation import (
    MOST_EVENTS,
    Bounds,
    Checked,
    check_items,
    check_typed,
    decode_batch,
)

Mode = Literal["batch", "structured", "binary"]

_MODES: Mapping[str, Mode] = {
    "application/cloudevents-batch+json": "batch",
    "application/cloudevents+json": "structured",
}
_QUOTED = re.compile(rb'"(.*)"\Z', re.DOTALL)
_ESCAPED = re.compile(rb"\\(.)", re.DOTALL)


def mode_of(request: Request) -> Mode:
    """The mode that the media type states, or 415."""
    named = media_type(request)
    if named in _MODES:
        return _MODES[named]
    if named == "application/json" and "ce-specversion" in request.headers:
        return "binary"
    raise unsupported_media_type(
        "Content-Type must be application/cloudevents-batch+json (several events),"
        " application/cloudevents+json (one event), or application/json together with"
        " ce-specversion and the other ce-* headers",
        "Content-Type 应为 application/cloudevents-batch+json(多条事件)、"
        "application/cloudevents+json(单条事件),或 application/json"
        " 并带 ce-specversion 等 ce-* 请求头",
    )


def check_body(mode: Mode, body: bytes, attributes: Mapping[str, str], bounds: Bounds) -> Checked:
    """Checks all events of a request; 400 or 413 where it is no request of its mode."""
    typed = _decode(mode, body)
    if typed is not None:
        checked = check_typed(typed, bounds)
        if checked is not None:
            return checked
    return check_items(_items(mode, body, attributes), bounds)


def binary_attributes(request: Request) -> dict[str, str]:
    """The attributes in `ce-*` headers, unescaped as CloudEvents' HTTP binding says."""
    return {
        name[3:].decode("latin-1"): _unescaped(value)
        for name, value in request.headers.raw
        # Content-Type says it in binary mode; `ce-datacontenttype` is no attribute.
        if name.startswith(b"ce-") and name != b"ce-datacontenttype"
    }


def digest_of_request(mode: Mode, body: bytes, attributes: Mapping[str, str]) -> bytes:
    """What an `Idempotency-Key` stands for: the unpacked bytes, in binary mode the headers too."""
    digest = sha256()
    if mode == "binary":
        headers = repr(sorted(attributes.items()))
        digest.update(headers.encode("utf-8", "surrogateescape") + b"\n")
    digest.update(body)
    return digest.digest()


def _decode(mode: Mode, body: bytes) -> list[Envelope] | None:
    """The fast path: events of their types, or None."""
    if mode == "binary":
        return None
    events = decode_batch(body if mode == "batch" else b"[" + body + b"]")
    if not events or len(events) > (MOST_EVENTS if mode == "batch" else 1):
        return None
    return events


def _items(mode: Mode, body: bytes, attributes: Mapping[str, str]) -> list[Any]:
    match mode:
        case "batch":
            return _batch(read_json(body))
        case "structured":
            event = read_json(body)
            if not isinstance(event, dict):
                raise bad_request(
                    "structured mode takes one JSON object, one event;"
                    " for several use application/cloudevents-batch+json",
                    "structured 模式应为一个 JSON 对象(一条事件);"
                    "多条请用 application/cloudevents-batch+json",
                )
            return [event]
        case "binary":
            # No body at all is no `data`.
            return [{**attributes, "data": read_json(body) if body else None}]


def _batch(events: Any) -> list[Any]:
    if not isinstance(events, list) or not events:
        raise bad_request(
            f"a batch is a JSON array of 1 to {MOST_EVENTS} events",
            f"批量请求应为含 1 至 {MOST_EVENTS} 条事件的 JSON 数组",
        )
    if len(events) > MOST_EVENTS:
        raise too_large(
            f"at most {MOST_EVENTS} events in one request: send less at a time",
            f"每次请求不得超过 {MOST_EVENTS} 条事件,请分批发送",
        )
    return events


def _unescaped(value: bytes) -> str:
    quoted = _QUOTED.match(value)
    if quoted is not None:
        value = _ESCAPED.sub(rb"\1", quoted[1])
    # Bytes that are no UTF-8 become surrogates, which no attribute allows.
    return unquote_to_bytes(value).decode("utf-8", "surrogateescape")

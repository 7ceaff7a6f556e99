"""Reading what was sent, within bounds: bytes, gzip, JSON."""

import zlib
from typing import Any

from starlette.requests import Request

from api.problems import Problem, bad_request, too_large, unsupported_media_type
from wuguan.domain import json_values

MIB = 1024 * 1024
# Small pieces: what stands after the end of a gzip member is copied each time.
_PIECE = 4096


def content_coding(request: Request) -> str:
    """`gzip` or ``; every other coding is refused."""
    coding = request.headers.get("content-encoding", "").strip().lower()
    if coding in ("", "identity"):
        return ""
    if coding == "gzip":
        return coding
    raise unsupported_media_type(
        "send the body as it is or with Content-Encoding: gzip",
        "请不压缩发送,或使用 Content-Encoding: gzip",
    )


async def read_body(request: Request, wire_limit: int, unpacked_limit: int) -> bytes:
    """The unpacked bytes; stops reading, and unpacking, where a limit is passed."""
    coding = content_coding(request)
    told = request.headers.get("content-length", "")
    if told.isascii() and told.isdigit() and len(told) < 20 and int(told) > wire_limit:
        raise _over(wire_limit)
    pieces, size = [], 0
    async for piece in request.stream():
        size += len(piece)
        if size > wire_limit:
            raise _over(wire_limit)
        pieces.append(piece)
    body = b"".join(pieces)
    return unpack(body, unpacked_limit) if coding else body


def unpack(packed: bytes, limit: int) -> bytes:
    """All members of a gzip body; 413 if they would be longer than the limit."""
    unpacked, member, ended = bytearray(), _new_member(), False
    for start in range(0, len(packed), _PIECE):
        piece = packed[start : start + _PIECE]
        while piece:
            if ended:
                member, ended = _new_member(), False
            try:
                unpacked += member.decompress(piece, limit + 1 - len(unpacked))
            except zlib.error:
                raise _bad_gzip() from None
            if len(unpacked) > limit:
                raise _over(limit, unpacked=True)
            ended, piece = member.eof, member.unused_data
    if not ended:
        raise _bad_gzip()
    return bytes(unpacked)


def read_json(body: bytes) -> Any:
    """The JSON value of a body, held to RFC 8259 and to a depth; 400 if it is none."""
    try:
        return json_values.read_json(body)
    except json_values.NotJson as error:
        raise bad_request(error.message, error.message_zh) from None


def media_type(request: Request) -> str:
    """The media type without parameters, in lower case."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def _new_member() -> "zlib._Decompress":
    # 16: a gzip header and trailer are asked for.
    return zlib.decompressobj(16 + zlib.MAX_WBITS)


def _over(limit: int, *, unpacked: bool = False) -> Problem:
    mib = limit // MIB
    return too_large(
        f"at most {mib} MiB {'unpacked' if unpacked else 'in one request'}: send less at a time",
        f"{'解压后' if unpacked else '每次请求'}不得超过 {mib} MiB,请分批发送",
    )


def _bad_gzip() -> Problem:
    return bad_request(
        "the body cannot be unpacked as gzip: it is damaged, cut short or followed by other bytes",
        "请求内容无法按 gzip 解压:可能已损坏、不完整或后面带有其他字节",
    )

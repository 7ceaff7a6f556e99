"""A file of events, one a line: what can be sent of it, and what is not even JSON."""

import msgspec
from msgspec import Raw, Struct


class Line(Struct, frozen=True):
    """One line that is JSON. It is sent byte for byte as it stands."""

    number: int
    event: Raw


class BadLine(Struct, frozen=True):
    """One line that is no JSON; sent along, it would spoil the whole request."""

    number: int
    message: str = "this line is not JSON in UTF-8; it was left out"
    message_zh: str = "本行不是UTF-8编码的JSON，未发送"


def read_lines(content: bytes) -> tuple[list[Line], list[BadLine]]:
    """The lines that can be sent, and the others; empty lines are nothing."""
    good, bad = [], []
    for number, line in enumerate(content.split(b"\n"), start=1):
        text = line.strip()
        if not text:
            continue
        if _is_json(text):
            good.append(Line(number, Raw(text)))
        else:
            bad.append(BadLine(number))
    return good, bad


def _is_json(text: bytes) -> bool:
    try:
        text.decode("utf-8")
        msgspec.json.decode(text)
    except (UnicodeDecodeError, msgspec.DecodeError, RecursionError):
        return False
    return True

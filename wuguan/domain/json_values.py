"""JSON as the contract takes it: RFC 8259 in UTF-8, to a depth, without a byte order mark."""

import json
from typing import Any, NoReturn

DEEPEST = 64
_BYTE_ORDER_MARK = "\ufeff"


class NotJson(Exception):
    """Bytes that are no JSON value: what is wrong, in both languages."""

    def __init__(self, message: str, message_zh: str) -> None:
        super().__init__(message)
        self.message, self.message_zh = message, message_zh


def read_json(body: bytes) -> Any:
    """The JSON value of these bytes, or NotJson."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        raise NotJson(
            "the body is not valid UTF-8; save and send it as UTF-8",
            "请求内容不是合法的 UTF-8 编码,请以 UTF-8 发送",
        ) from None
    if text.startswith(_BYTE_ORDER_MARK):
        raise NotJson(
            "the body begins with a byte order mark; save it as UTF-8 without one",
            "请求内容以字节顺序标记(BOM)开头,请保存为不带 BOM 的 UTF-8",
        )
    try:
        value = json.loads(text, parse_constant=_no_constant)
    except RecursionError:
        raise _too_deep() from None
    # Beside what is no JSON: an integer of more digits than Python reads.
    except ValueError:
        raise NotJson(
            "the body is not JSON (NaN, Infinity and integers of over 4,300 digits are not)",
            "请求内容不是合法的 JSON(不允许 NaN、Infinity 和超过 4300 位的整数)",
        ) from None
    if _is_deeper(value, DEEPEST):
        raise _too_deep()
    return value


def _no_constant(_: str) -> NoReturn:
    raise ValueError("NaN and Infinity are not JSON")


def _is_deeper(value: Any, depth: int) -> bool:
    """Level by level, so that no depth can exhaust the stack."""
    level = [value] if isinstance(value, list | dict) else []
    while level and depth:
        depth -= 1
        level = [
            inner
            for outer in level
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, list | dict)
        ]
    return bool(level)


def _too_deep() -> NotJson:
    return NotJson(
        f"the body is nested deeper than {DEEPEST} levels",
        f"请求内容嵌套超过 {DEEPEST} 层",
    )

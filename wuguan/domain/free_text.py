"""What people write in their own words: on one line, of bounded length, pointing to no pupil.

A name cannot be told from other words; the forms ask that none be written.
"""

import re
from typing import NamedTuple

from wuguan.domain.document_reader import FaultList, Read, text

_NEW_LINES = re.compile("[\r\n\u2028\u2029]+")
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
# Telephones, identity cards, 学籍号, in whatever digits; a mobile number also in its three groups.
_LONG_NUMBER = re.compile(r"\d{11}|(?<!\d)1\d{2}[ -]\d{4}[ -]\d{4}(?!\d)")


class Said(NamedTuple):
    """What is being written: how faults call it, and how long it may be, in characters."""

    english: str
    chinese: str
    longest: int
    may_be_empty: bool = True


def free_text(of: Said) -> Read[str]:
    """Such a text, its new lines made blanks; faults where it is too long or may name a pupil."""

    def read(value: object, path: str, faults: FaultList) -> str | None:
        written = text(value, path, faults)
        if written is None:
            return None
        said = _NEW_LINES.sub(" ", written.strip()).strip()
        if len(said) > of.longest or _UNSAFE.search(said):
            message = f"{of.english} has at most {of.longest} characters and no control characters"
            message_zh = f"{of.chinese}不得超过 {of.longest} 个字符，且不得含控制字符"
            faults.add(path, "out_of_range", message, message_zh)
        if not said and not of.may_be_empty:
            message_zh = f"{of.chinese}不能为空，请填写"
            faults.add(path, "out_of_range", f"{of.english} must not be empty", message_zh)
        if _LONG_NUMBER.search(said):
            _refuse_number(of, path, faults)
        return said

    return read


def _refuse_number(of: Said, path: str, faults: FaultList) -> None:
    message = (
        "leave out the number of 11 or more digits, which may be a telephone, identity card or"
        f" pupil number: {of.english} must not point to a pupil"
    )
    message_zh = (
        f"请删去 11 位及以上的数字（疑似电话、身份证号或学籍号）：{of.chinese}不得指向任何学生"
    )
    faults.add(path, "pii_suspected", message, message_zh)

"""The written forms of identifiers, and what looks like a person.

Every form is ASCII and matches the whole string. A pupil's name or number must never enter the
log, so identifier fields are searched for it before they are held to their form.
"""

import re

from wuguan.domain.instants import parse_day

SCHOOL_ID = r"[0-9]{10}"
CLASS_ID = r"[A-Za-z0-9_-]{1,40}"
UNIT_ID = r"[A-Za-z0-9_.-]{1,40}"
PID = r"[0-9a-f]{32}"
IDENTIFIER = r"[A-Za-z0-9_.:-]{1,64}"
ITEM = r"[A-Za-z0-9-]{1,32}"
SOURCE = r"/schools/([0-9]{10})/([a-z0-9-]{1,40})"

# 1–128 characters without U+0000–001F, U+007F–009F and surrogates.
EVENT_ID_LENGTH = 128
EVENT_ID = f"[^\x00-\x1f\x7f-\x9f\ud800-\udfff]{{1,{EVENT_ID_LENGTH}}}"

# The Unicode script Han (Scripts.txt), whole: names use more than the basic block.
_HAN = (
    "\u2e80-\u2e99\u2e9b-\u2ef3\u2f00-\u2fd5\u3005\u3007\u3021-\u3029\u3038-\u303b"
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufa6d\ufa70-\ufad9"
    "\U00016fe2-\U00016fe3\U00016ff0-\U00016ff6\U00020000-\U0002a6df\U0002a700-\U0002ebe0"
    "\U0002ebf0-\U0002ee5d\U0002f800-\U0002fa1d\U00030000-\U0003347b"
)
_NAME = re.compile(f"[{_HAN}]{{2,4}}|[{_HAN}]+\u00b7[{_HAN}]+")
_ID_NUMBER = re.compile(r"[0-9]{17}[0-9Xx]")
_PUPIL_NUMBER = re.compile(r"[GJLgjl][0-9]{17}[0-9Xx]")
_MOBILE = re.compile(r"1[3-9][0-9]{9}")


def whole(form: str) -> re.Pattern[str]:
    """A form as a pattern for `match`; `\\Z`, since `$` would let a trailing newline pass."""
    return re.compile(f"(?:{form})\\Z")


def shown(form: re.Pattern[str]) -> str:
    """A form as it is shown to a sender."""
    return form.pattern.removeprefix("(?:").removesuffix(r")\Z")


def looks_personal(text: str) -> bool:
    """Whether the whole string looks like an ID number, a 学籍号, a mobile number or a name."""
    if _ID_NUMBER.fullmatch(text):
        born = parse_day(f"{text[6:10]}-{text[10:12]}-{text[12:14]}")
        return born is not None and 1900 <= born.year <= 2099
    return any(p.fullmatch(text) for p in (_PUPIL_NUMBER, _MOBILE, _NAME))

"""The field-by-field walk that finds the first fault, from the declarations of the event types."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any, NamedTuple, get_args

import msgspec.inspect
from msgspec.inspect import (
    BoolType,
    DateType,
    Field,
    IntType,
    ListType,
    LiteralType,
    Metadata,
    StrType,
)

from wuguan.domain import faults, forms
from wuguan.domain.envelope import ENVELOPES
from wuguan.domain.errors import Fault
from wuguan.domain.event import EventData, Withdrawn, key_field
from wuguan.domain.fields import SourceKind
from wuguan.domain.forms import looks_personal
from wuguan.domain.instants import FIRST_DAY, parse_day, parse_instant
from wuguan.domain.managements import EVENT_TYPES

Check = Callable[[str, Any], Fault | None]

_SHOWN_NAME = re.compile(r"[A-Za-z_]{1,40}\Z")
_SOURCE = forms.whole(forms.SOURCE)
EVENT_ID = forms.whole(forms.EVENT_ID)
_TEXT = ("a string", "字符串")
_INTEGER = ("an integer", "整数(不带小数点)")
_OBJECT = ("a JSON object", " JSON 对象")


# ---- attributes of the envelope


def attribute_fault(name: str, value: Any, school_id: str) -> Fault | None:
    """The fault of one CloudEvents attribute, if it has one; `null` counts as absent."""
    path = f"/{name}"
    if value is None:
        return None if name in ("datacontenttype", "sourcekind") else faults.missing(path)
    if not isinstance(value, str):
        return faults.wrong_type(path, *_TEXT)
    return _ATTRIBUTES[name](value, school_id)


def _specversion(value: str, _: str) -> Fault | None:
    return None if value == "1.0" else faults.out_of_words("/specversion", ["1.0"])


def _event_id(value: str, _: str) -> Fault | None:
    if EVENT_ID.match(value):
        return None
    return faults.out_of_form(
        "/id", "1–128 characters without control characters", "1–128 个字符,不含控制字符"
    )


def _source(value: str, school_id: str) -> Fault | None:
    match = _SOURCE.match(value)
    if match is None:
        return faults.out_of_form("/source", "/schools/<school_id>/<system>")
    return None if match[1] == school_id else faults.wrong_school()


def _type(value: str, _: str) -> Fault | None:
    return None if value in ENVELOPES else faults.unknown_type()


def _time(value: str, _: str) -> Fault | None:
    return None if parse_instant(value) is not None else faults.bad_time("/time")


def _datacontenttype(value: str, _: str) -> Fault | None:
    if value == "application/json":
        return None
    return faults.out_of_words("/datacontenttype", ["application/json"])


def _sourcekind(value: str, _: str) -> Fault | None:
    words = get_args(SourceKind)
    return None if value in words else faults.out_of_words("/sourcekind", words)


_ATTRIBUTES: Mapping[str, Callable[[str, str], Fault | None]] = {
    "specversion": _specversion,
    "id": _event_id,
    "source": _source,
    "type": _type,
    "time": _time,
    "datacontenttype": _datacontenttype,
    "sourcekind": _sourcekind,
}


# ---- data


def check_data(data: Any, kind: type[EventData], latest_day: date) -> Fault | None:
    """The first fault of `data`: unknown fields, fields in order, rules over two, the day."""
    if data is None:
        return faults.missing("/data")
    if not isinstance(data, dict):
        return faults.wrong_type("/data", *_OBJECT)
    return (
        _unknown(data, kind)
        or _fields(data, kind)
        or _rules(data, kind)
        or _day_limits(data["day"], latest_day)
    )


def _unknown(data: Mapping[str, Any], kind: type[EventData]) -> Fault | None:
    extra = sorted(data.keys() - set(kind.__struct_fields__))
    if not extra:
        return None
    # Another name may itself be a pupil's.
    path = f"/data/{extra[0]}" if _SHOWN_NAME.match(extra[0]) else "/data"
    return faults.unknown_field(path, kind.__struct_fields__)


def _fields(data: Mapping[str, Any], kind: type[EventData]) -> Fault | None:
    for name, required, check in _checks(kind):
        path = f"/data/{name}"
        if name in data:
            fault = check(path, data[name])
        else:
            fault = faults.missing(path) if required else None
        if fault is not None:
            return fault
    return None


def _rules(data: Mapping[str, Any], kind: type[EventData]) -> Fault | None:
    if issubclass(kind, Withdrawn):
        return withdrawn_key_fault(data["of"], data["key"])
    broken = msgspec.convert(data, kind).broken_rule()
    if broken is None:
        return None
    return Fault(f"/data/{broken.field}", "out_of_range", broken.message, broken.message_zh)


def withdrawn_key_fault(short_type: str, key: str) -> Fault | None:
    """The fault of a withdrawal's `key`, held to the form of the fact that it names."""
    named = EVENT_TYPES[short_type]
    field = key_field(named)
    if field is None:
        return None if key == named.KEY else faults.out_of_words("/data/key", [named.KEY])
    check = next(check for name, _, check in _checks(named) if name == field)
    return check("/data/key", key)


def _day_limits(text: str, latest_day: date) -> Fault | None:
    day = parse_day(text)
    assert day is not None, "checked among the fields"
    return None if FIRST_DAY <= day <= latest_day else faults.day_out_of_range("/data/day")


class BeyondTypes(NamedTuple):
    """What is to be looked at in an event's data beyond its types."""

    identifiers: Sequence[tuple[str, re.Pattern[str]]]
    instants: Sequence[str]
    has_rule: bool
    withdraws: bool


@cache
def beyond_types(kind: type[EventData]) -> BeyondTypes:
    """What the types of one kind of event cannot say."""
    fields: Sequence[Field] = msgspec.inspect.type_info(kind).fields  # type: ignore[attr-defined]
    forms_of = [(field.name, _form_of(field)) for field in fields]
    return BeyondTypes(
        tuple((name, form) for name, form in forms_of if form is not None),
        tuple(field.name for field in fields if _extra_of(field).get("kind") == "instant"),
        kind.broken_rule is not EventData.broken_rule,
        issubclass(kind, Withdrawn),
    )


@cache
def _checks(kind: type[EventData]) -> Sequence[tuple[str, bool, Check]]:
    described = msgspec.inspect.type_info(kind)
    fields: Sequence[Field] = described.fields  # type: ignore[attr-defined]
    return tuple((field.name, field.required, _check_of(field)) for field in fields)


def _extra_of(field: Field) -> Mapping[str, Any]:
    return (field.type.extra or {}) if isinstance(field.type, Metadata) else {}


def _form_of(field: Field) -> re.Pattern[str] | None:
    form = _extra_of(field).get("form")
    return None if form is None else forms.whole(form)


def _check_of(field: Field) -> Check:
    inner = field.type.type if isinstance(field.type, Metadata) else field.type
    match inner:
        case StrType():
            return _instant if _extra_of(field)["kind"] == "instant" else _text(_form_of(field))
        case LiteralType(values=words):
            return _words(sorted(map(str, words)))
        case IntType(ge=low, le=high) if low is not None and high is not None:
            return _integer(low, high)
        case BoolType():
            return _boolean
        case DateType():
            return _day
        case ListType(item_type=IntType(ge=low, le=high), max_length=length):
            assert low is not None and high is not None and length is not None
            return _counts(length, _integer(low, high))
    raise AssertionError(f"no check for {field}")


def _text(form: re.Pattern[str] | None) -> Check:
    def check(path: str, value: Any) -> Fault | None:
        if not isinstance(value, str):
            return faults.wrong_type(path, *_TEXT)
        if looks_personal(value):
            return faults.personal(path)
        if form is not None and form.match(value) is None:
            return faults.out_of_form(path, forms.shown(form))
        return None

    return check


def _instant(path: str, value: Any) -> Fault | None:
    if not isinstance(value, str):
        return faults.wrong_type(path, *_TEXT)
    return None if parse_instant(value) is not None else faults.bad_time(path)


def _words(words: Sequence[str]) -> Check:
    def check(path: str, value: Any) -> Fault | None:
        if not isinstance(value, str):
            return faults.wrong_type(path, *_TEXT)
        return None if value in words else faults.out_of_words(path, words)

    return check


def _integer(low: int, high: int) -> Check:
    def check(path: str, value: Any) -> Fault | None:
        if not isinstance(value, int) or isinstance(value, bool):
            return faults.wrong_type(path, *_INTEGER)
        return None if low <= value <= high else faults.out_of_numbers(path, low, high)

    return check


def _counts(length: int, element: Check) -> Check:
    def check(path: str, value: Any) -> Fault | None:
        if not isinstance(value, list):
            return faults.wrong_type(path, "a list of integers", "整数数组")
        if len(value) != length:
            return faults.out_of_length(path, length)
        found = (element(f"{path}/{index}", item) for index, item in enumerate(value))
        return next((fault for fault in found if fault is not None), None)

    return check


def _boolean(path: str, value: Any) -> Fault | None:
    if isinstance(value, bool):
        return None
    return faults.wrong_type(path, "true or false", " true 或 false")


def _day(path: str, value: Any) -> Fault | None:
    if not isinstance(value, str):
        return faults.wrong_type(path, *_TEXT)
    return None if parse_day(value) is not None else faults.bad_day(path)

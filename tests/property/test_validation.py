"""The fast path says yes to exactly what the walk finds no fault in."""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, get_args

import msgspec
from hypothesis import given
from hypothesis import strategies as st
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

from wuguan.domain.event import EventData, full_type
from wuguan.domain.fields import SourceKind
from wuguan.domain.instants import FIRST_DAY, china_day, parse_instant
from wuguan.domain.managements import EVENT_TYPES
from wuguan.domain.validation import Bounds, check_items, check_typed, decode_batch, find_fault

SCHOOL = "2199000001"
NOW = parse_instant("2026-09-20T12:00:00+08:00") or 0
BOUNDS = Bounds(SCHOOL, NOW)

days = st.dates(FIRST_DAY, china_day(NOW) + timedelta(days=1)).map(str)
instants = st.sampled_from(
    ["2026-09-14T21:00:00+08:00", "2026-09-15T06:30:00.1234567+08:00", "2026-09-14t13:00:00z"]
)


def values_of(field: Field) -> st.SearchStrategy[Any]:
    """Values in the form of a field."""
    inner = field.type.type if isinstance(field.type, Metadata) else field.type
    match inner:
        case StrType(pattern=pattern) if pattern is not None:
            return st.from_regex(pattern)
        case StrType() if field.name == "key":
            return st.sampled_from(["nil", "day", "survey", "a-1", "0" * 32])
        case StrType():
            return instants
        case LiteralType(values=words):
            return st.sampled_from([str(word) for word in words])
        case IntType(ge=low, le=high):
            return st.integers(low, high) | st.sampled_from([low, high])
        case BoolType():
            return st.booleans()
        case DateType():
            return days
        case ListType(item_type=IntType(ge=_), max_length=length):
            return st.lists(st.integers(0, 3), min_size=length or 0, max_size=length)
    raise AssertionError(field)


def data_of(kind: type[EventData]) -> st.SearchStrategy[dict[str, Any]]:
    """Data in its form; rules over two fields may be broken."""
    fields: tuple[Field, ...] = msgspec.inspect.type_info(kind).fields  # type: ignore[attr-defined]
    return st.fixed_dictionaries(
        {field.name: values_of(field) for field in fields if field.required},
        optional={field.name: values_of(field) for field in fields if not field.required},
    )


def event_of(short: str) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {
            "specversion": st.just("1.0"),
            "id": st.from_regex(r"\A[a-z0-9]{1,5}\Z"),
            "source": st.just(f"/schools/{SCHOOL}/test"),
            "type": st.just(full_type(short)),
            "time": instants,
            "data": data_of(EVENT_TYPES[short]),
        },
        optional={
            "datacontenttype": st.just("application/json"),
            "sourcekind": st.sampled_from(get_args(SourceKind)),
        },
    )


events = st.sampled_from(sorted(EVENT_TYPES)).flatmap(event_of)
any_json = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec=None), max_size=20)
    | st.sampled_from([10**30, -1, 0, "", "张三", "13812345678", "2026-02-30", 30.0, "\ud800"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(codec=None), max_size=8), inner, max_size=4)
    ),
    max_leaves=8,
)


@st.composite
def mutated_events(draw: st.DrawFn) -> dict[str, Any]:
    """A good event in which one thing is another, missing or added."""
    event = draw(events)
    inside = draw(st.booleans())
    target: dict[str, Any] = event["data"] if inside else event
    name = draw(st.sampled_from(sorted(target)) | st.text(max_size=6))
    if draw(st.booleans()):
        target.pop(name, None)
    else:
        target[name] = draw(any_json)
    return event


def fast(item: Any) -> bool:
    """Whether the typed decoder takes the item as it would be sent."""
    typed = decode_batch(json.dumps([item]).encode())
    return typed is not None and check_typed(typed, BOUNDS) is not None


def is_only_known(item: Mapping[str, Any]) -> bool:
    """No dropped attribute: those are for the slow path, which drops them."""
    known = {"specversion", "id", "source", "type", "time", "datacontenttype", "sourcekind", "data"}
    return set(item) <= known and None not in item.values()


@given(any_json | mutated_events())
def test_no_json_value_breaks_the_check(item: Any) -> None:
    checked = check_items([item], BOUNDS)

    assert len(checked.accepted) + len(checked.rejected) == 1


@given(events | mutated_events())
def test_the_fast_path_accepts_what_has_no_fault(item: dict[str, Any]) -> None:
    fault = find_fault(item, BOUNDS)

    if is_only_known(item):
        assert fast(item) is (fault is None), fault
    elif fast(item):
        assert fault is None


@given(events | mutated_events())
def test_an_item_is_accepted_exactly_where_no_fault_is_found(item: dict[str, Any]) -> None:
    accepted = bool(check_items([item], BOUNDS).accepted)

    assert accepted is (find_fault(item, BOUNDS) is None)


@given(st.lists(events, min_size=1, max_size=4))
def test_both_paths_take_the_same_events(items: list[dict[str, Any]]) -> None:
    typed = decode_batch(json.dumps(items).encode())
    quick = None if typed is None else check_typed(typed, BOUNDS)

    if quick is not None:
        assert check_items(items, BOUNDS) == quick


@given(events)
def test_a_fault_never_repeats_a_refused_text(item: dict[str, Any]) -> None:
    hostile = "王小明13812345678"
    for name in item["data"]:
        changed = item | {"data": item["data"] | {name: hostile}}
        fault = find_fault(changed, BOUNDS)
        assert fault is not None
        assert hostile not in fault.message + fault.message_zh + fault.path

"""The event types as JSON Schema, from their declarations."""

from typing import Any, get_args

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

from wuguan.domain.event import EventData, full_type
from wuguan.domain.fields import SourceKind
from wuguan.domain.forms import SOURCE
from wuguan.domain.managements import EVENT_TYPES

Schema = dict[str, Any]


def event_schemas() -> dict[str, Schema]:
    """A schema for the data of each event type, and `Event`, which is any of them."""
    data = {short: _data_schema(kind) for short, kind in EVENT_TYPES.items()}
    events = {f"{short}.event": _event_schema(short) for short in EVENT_TYPES}
    places = {name: f"#/components/schemas/{name}" for name in events}
    event: Schema = {
        "anyOf": [{"$ref": place} for place in places.values()],
        "discriminator": {
            "propertyName": "type",
            "mapping": {full_type(short): places[f"{short}.event"] for short in EVENT_TYPES},
        },
    }
    return {**data, **events, "Event": event}


def schema_of(field: Field) -> Schema:
    """The schema of one field of an event's data."""
    inner = field.type.type if isinstance(field.type, Metadata) else field.type
    meta = field.type.extra if isinstance(field.type, Metadata) else None
    match inner:
        case StrType(pattern=pattern) if pattern is not None:
            return {"type": "string", "pattern": _plain(pattern)}
        case StrType() if meta is not None and meta["kind"] == "instant":
            return {"type": "string", "format": "date-time"}
        case StrType():
            return {"type": "string"}
        case LiteralType(values=words):
            return {"type": "string", "enum": sorted(map(str, words))}
        case IntType(ge=low, le=high):
            return {"type": "integer", "minimum": low, "maximum": high}
        case BoolType():
            return {"type": "boolean"}
        case DateType():
            return {"type": "string", "format": "date"}
        case ListType(item_type=IntType(ge=low, le=high), max_length=length):
            item = {"type": "integer", "minimum": low, "maximum": high}
            return {"type": "array", "items": item, "minItems": length, "maxItems": length}
    raise AssertionError(f"no schema for {field}")


def fields_of(kind: type[EventData]) -> tuple[Field, ...]:
    """The fields of an event's data, in the order of the contract."""
    fields: tuple[Field, ...] = msgspec.inspect.type_info(kind).fields  # type: ignore[attr-defined]
    return fields


def _data_schema(kind: type[EventData]) -> Schema:
    fields = fields_of(kind)
    return {
        "type": "object",
        "description": (kind.__doc__ or "").split("\n")[0],
        "properties": {field.name: schema_of(field) for field in fields},
        "required": [field.name for field in fields if field.required],
        "additionalProperties": False,
    }


def _event_schema(short: str) -> Schema:
    return {
        "type": "object",
        "properties": {
            "specversion": {"const": "1.0"},
            "id": {"type": "string", "minLength": 1, "maxLength": 128},
            "source": {"type": "string", "pattern": f"^{SOURCE}$"},
            "type": {"const": full_type(short)},
            "time": {"type": "string", "format": "date-time"},
            "datacontenttype": {"const": "application/json"},
            "sourcekind": {"enum": list(get_args(SourceKind))},
            "data": {"$ref": f"#/components/schemas/{short}"},
        },
        "required": ["specversion", "id", "source", "type", "time", "data"],
    }


def _plain(pattern: str) -> str:
    """The form as ECMA-262 writes it."""
    return f"^{pattern.removeprefix('^(?:').removesuffix(')' + chr(92) + 'Z')}$"

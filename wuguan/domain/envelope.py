"""CloudEvents 1.0 around an event's data: one typed envelope for each event type.

Only the attributes of the contract are kept: decoding refuses every other. The forms of `id`,
`source`, `time` and the identifiers in the data are held by `validation`.
"""

from typing import Any, Literal

from msgspec import UNSET, Struct, UnsetType, defstruct

from wuguan.domain.event import EventData, full_type
from wuguan.domain.fields import SourceKind
from wuguan.domain.managements import EVENT_TYPES

ATTRIBUTES = ("specversion", "id", "source", "type", "time", "datacontenttype", "sourcekind")
"""The attributes that enter the log, in the order in which faults are looked for."""


class Envelope(Struct, frozen=True, kw_only=True, gc=False):
    """One event as it stands in the log."""

    specversion: Literal["1.0"]
    id: str
    source: str
    time: str
    datacontenttype: Literal["application/json"] | UnsetType = UNSET
    sourcekind: SourceKind | UnsetType = UNSET
    data: Any

    @property
    def school_id(self) -> str:
        """The school in `source`."""
        return self.source[9:19]


def _envelope(data: type[EventData]) -> type[Envelope]:
    envelope: Any = defstruct(
        data.TYPE.replace(".", "_"),
        [("data", data)],
        bases=(Envelope,),
        tag_field="type",
        tag=full_type(data.TYPE),
        frozen=True,
        kw_only=True,
        forbid_unknown_fields=True,
        gc=False,
    )
    typed: type[Envelope] = envelope
    return typed


ENVELOPES: dict[str, type[Envelope]] = {
    full_type(short): _envelope(data) for short, data in EVENT_TYPES.items()
}
"""The envelope types by CloudEvents' `type`."""


def envelope_union() -> Any:
    """Any of the envelopes, told apart by `type`: a type to decode to."""
    union: Any = None
    for envelope in ENVELOPES.values():
        union = envelope if union is None else union | envelope
    return union

"""CloudEvents 1.0 around an event's data: one typed envelope for each event type.

Only the attributes of the contract are kept; `decode` refuses every other, so whatever passes it
can be written to the log as it is.
"""

from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Struct, UnsetType, defstruct

from wuguan.domain import forms
from wuguan.domain.event import EventData, full_type
from wuguan.domain.fields import SourceKind
from wuguan.domain.managements import EVENT_TYPES

# Characters are named by their code points; no control characters, no surrogates.
EventId = Annotated[
    str, Meta(pattern="^[^\x00-\x1f\x7f-\x9f\ud800-\udfff]{1,128}\\Z", description="event id")
]
Source = Annotated[str, Meta(pattern=rf"^{forms.SOURCE}\Z", description="source")]

ATTRIBUTES = ("specversion", "id", "source", "type", "time", "datacontenttype", "sourcekind")
"""The attributes that enter the log, in the order in which faults are looked for."""


class Envelope(Struct, frozen=True, kw_only=True, gc=False):
    """One event as it stands in the log."""

    specversion: Literal["1.0"]
    id: EventId
    source: Source
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

"""The kinds of field that an event's data is made of.

Each kind is an annotated type: msgspec holds values to it while decoding, `validation` holds them
to their forms and finds the exact fault from the same declaration, and `docs/events.md` is
generated from it.
"""

from typing import Annotated, Any, Literal

from msgspec import Meta

from wuguan.domain import forms


def _text(form: str, description: str) -> Any:
    # The form stands beside the type, not in it: what passed it once, on its way into the log,
    # is not matched again by everyone who reads the log.
    return Meta(
        description=description,
        extra={"kind": "identifier", "form": form},
        extra_json_schema={"pattern": f"^{form}$"},
    )


ClassId = Annotated[str, _text(forms.CLASS_ID, "class_id")]
Identifier = Annotated[str, _text(forms.IDENTIFIER, "*id*")]
Pid = Annotated[str, _text(forms.PID, "pid")]
Item = Annotated[str, _text(forms.ITEM, "ISBN-13 or library code")]
FactKey = Annotated[str, Meta(description="that fact's key", extra={"kind": "key"})]
"""Its form depends on the fact it names; `Withdrawn.broken_rule` holds it to that form."""
Instant = Annotated[str, Meta(description="instant", extra={"kind": "instant"})]

Subject = Literal[
    "chinese", "maths", "english", "physics", "chemistry", "biology", "politics", "history",
    "geography", "science", "pe", "music", "art", "labour", "it", "other",
]  # fmt: skip
SourceKind = Literal[
    "device", "school_system", "parent_form", "pupil_form", "teacher_form", "inspector"
]

Upto4 = Annotated[int, Meta(ge=0, le=4)]
Upto20 = Annotated[int, Meta(ge=0, le=20)]
Upto60 = Annotated[int, Meta(ge=0, le=60)]
Upto200 = Annotated[int, Meta(ge=0, le=200)]
Upto240 = Annotated[int, Meta(ge=0, le=240)]
Upto300 = Annotated[int, Meta(ge=0, le=300)]
Upto600 = Annotated[int, Meta(ge=0, le=600)]
Upto1440 = Annotated[int, Meta(ge=0, le=1440)]
Upto2000 = Annotated[int, Meta(ge=0, le=2000)]
Upto5000 = Annotated[int, Meta(ge=0, le=5000)]
Upto100000 = Annotated[int, Meta(ge=0, le=100_000)]
Upto200000 = Annotated[int, Meta(ge=0, le=200_000)]
Upto1000000 = Annotated[int, Meta(ge=0, le=1_000_000)]
From1To60 = Annotated[int, Meta(ge=1, le=60)]
From1To200 = Annotated[int, Meta(ge=1, le=200)]
From1To600 = Annotated[int, Meta(ge=1, le=600)]

Counts8 = Annotated[list[Upto200], Meta(min_length=8, max_length=8)]
Counts9 = Annotated[list[Upto200], Meta(min_length=9, max_length=9)]
Counts10 = Annotated[list[Upto200], Meta(min_length=10, max_length=10)]
Counts11 = Annotated[list[Upto200], Meta(min_length=11, max_length=11)]

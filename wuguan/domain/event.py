"""What an event is: a past-tense fact about one class on one day, and where it came from."""

from collections.abc import Callable
from datetime import date
from functools import cache
from operator import attrgetter
from typing import Any, ClassVar, NamedTuple

from msgspec import UNSET, Struct, to_builtins

from wuguan.domain.fields import ClassId

PREFIX, SUFFIX = "wuguan.", ".v1"


class BrokenRule(NamedTuple):
    """A rule over two fields that does not hold: the field that states it, and how to mend it."""

    field: str
    message: str
    message_zh: str


class EventData(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, gc=False):
    """The data of one event. Subclasses declare their fields in the order of the contract."""

    TYPE: ClassVar[str] = ""
    """The short type, such as `homework.assigned`."""
    KEY: ClassVar[str] = ""
    """The name of the field that is the fact's key, or the constant word that is."""

    class_id: ClassId
    day: date

    @property
    def slot(self) -> tuple[str, str]:
        """The fact that this event writes, inside its ledger: (short type, key)."""
        field = key_field(type(self))
        return (self.TYPE, getattr(self, field) if field else self.KEY)

    def broken_rule(self) -> BrokenRule | None:
        """The first rule over two fields that does not hold, in the order of the fields."""
        return None

    def canonical(self) -> dict[str, Any]:
        """The data as JSON values, as it was sent."""
        plain: dict[str, Any] = to_builtins(self)
        return plain


@cache
def slot_of(kind: type[EventData]) -> Callable[[Any], tuple[str, str]]:
    """`slot` of the events of one type, as a plain function: for loops over many."""
    short, field = kind.TYPE, key_field(kind)
    if issubclass(kind, Withdrawn) or field is None:
        return lambda data: data.slot
    key = attrgetter(field)
    return lambda data: (short, key(data))


@cache
def key_field(kind: type[EventData]) -> str | None:
    """The field whose value is the fact's key; None where the key is a constant word."""
    # `day` is a field too, but as a key it is the word itself: one fact a day.
    return kind.KEY if kind.KEY != "day" and kind.KEY in kind.__struct_fields__ else None


class NilReported(EventData, frozen=True, kw_only=True, gc=False):
    """Nothing to report today: zero is not missing."""

    KEY: ClassVar[str] = "nil"


class Withdrawn(EventData, frozen=True, kw_only=True, gc=False):
    """A fact stated earlier does not hold. Writes into the fact that it names."""

    @property
    def slot(self) -> tuple[str, str]:
        """The fact that is withdrawn."""
        # Each management declares the two fields, `of` with the words of its own types.
        return (getattr(self, "of"), getattr(self, "key"))  # noqa: B009


def full_type(short: str) -> str:
    """`homework.assigned` as CloudEvents' `type`."""
    return f"{PREFIX}{short}{SUFFIX}"


def at_most(data: Any, field: str, bound: str) -> BrokenRule | None:
    """The rule `field ≤ bound` over two fields of one event."""
    if getattr(data, field) <= getattr(data, bound):
        return None
    return BrokenRule(
        field, f"{field} must be at most {bound}", f"{field} 不得大于 {bound},请核对两个数"
    )


def sum_at_most(data: Any, field: str, bound: str) -> BrokenRule | None:
    """The rule that a list's sum is at most another field; an absent list keeps it."""
    counts = getattr(data, field)
    if counts is UNSET or sum(counts) <= getattr(data, bound):
        return None
    return BrokenRule(
        field,
        f"the counts of {field} must add up to at most {bound}",
        f"{field} 各档人数之和不得大于 {bound}",
    )

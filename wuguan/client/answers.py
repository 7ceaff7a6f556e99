"""What the server answers, as values."""

from typing import Self

from msgspec import Struct


class Item(Struct, frozen=True):
    """One event that was not plainly accepted."""

    index: int
    status: str
    id: str | None = None
    code: str = ""
    path: str = ""
    message: str = ""
    message_zh: str = ""


class Answer(Struct, frozen=True):
    """What became of the events of one push; answers of several batches add."""

    accepted: int = 0
    duplicates: int = 0
    rejected: int = 0
    items: tuple[Item, ...] = ()

    def followed_by(self, later: Self, *, offset: int) -> "Answer":
        """Both answers as one; the later one's first event has the index `offset`."""
        shifted = tuple(_at(item, item.index + offset) for item in later.items)
        return Answer(
            self.accepted + later.accepted,
            self.duplicates + later.duplicates,
            self.rejected + later.rejected,
            self.items + shifted,
        )

    @property
    def rejects(self) -> tuple[Item, ...]:
        """The refused events only."""
        return tuple(item for item in self.items if item.status == "rejected")


class Row(Struct, frozen=True):
    """One tally as shown; the figures are None where the row is withheld."""

    day: str
    unit: str
    metric: str
    class_id: str | None = None
    grade: int | None = None
    stage: str | None = None
    expected: int | None = None
    reported: int | None = None
    judged: int | None = None
    compliant: int | None = None
    total: int | None = None
    bins: tuple[int, ...] | None = None
    reporting_rate: float | None = None
    compliance_rate: float | None = None
    mean: float | None = None
    rule: str | None = None
    withheld: bool = False


class Figures(Struct, frozen=True):
    """The rows of a query, all pages of it."""

    rows: tuple[Row, ...]
    as_of: str
    settled: bool


class Share(Struct, frozen=True):
    """How many schools of a unit are in line; `share` is None where none was judged."""

    day: str
    to: str
    unit: str
    metric: str
    stage: str | None = None
    expected: int = 0
    reported: int = 0
    judged: int = 0
    compliant: int = 0
    share: float | None = None
    rule: str | None = None


class SchoolToCheck(Struct, frozen=True):
    """A school that needs checking 需核查 in one stage and metric, with its own tally."""

    school_id: str
    stage: str
    metric: str
    management: str
    name: str | None = None
    expected: int = 0
    reported: int = 0
    judged: int = 0
    compliant: int = 0
    compliance_rate: float | None = None
    rule: str | None = None


class SchoolsInLine(Struct, frozen=True):
    """The shares of a period, all pages of them, and the schools that need checking."""

    rows: tuple[Share, ...]
    checking: tuple[SchoolToCheck, ...]
    as_of: str
    settled: bool


class Reject(Struct, frozen=True):
    """One event that was refused earlier; never its value."""

    code: str
    path: str = ""
    received_at: str = ""
    source: str | None = None
    type: str | None = None
    id: str | None = None
    message: str = ""
    message_zh: str = ""


class Finding(Struct, frozen=True):
    """Something in accepted data that looks wrong."""

    day: str
    kind: str
    management: str = ""
    class_id: str | None = None
    message: str = ""
    message_zh: str = ""
    settled: bool | str | None = None


class IssuedKey(Struct, frozen=True):
    """A new key; the server shows it this once."""

    key_id: str
    key: str


class Changed(Struct, frozen=True):
    """What a roster or a calendar changed, and how many class-days are measured again."""

    changed: int = 0
    remeasure: int = 0


def _at(item: Item, index: int) -> Item:
    return Item(index, item.status, item.id, item.code, item.path, item.message, item.message_zh)

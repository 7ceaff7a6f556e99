"""Reading matter 读物: what pupils borrow, and what unfit books are found and removed."""

from typing import ClassVar, Literal

from wuguan.domain.event import BrokenRule, EventData, NilReported, Withdrawn, at_most
from wuguan.domain.fields import (
    FactKey,
    Identifier,
    Item,
    Pid,
    Upto5000,
    Upto100000,
    Upto1000000,
)
from wuguan.domain.management import Management, reporting_metric
from wuguan.domain.measuring import Measuring, Share
from wuguan.domain.tally import Metric

# ---- events


class Loaned(EventData, frozen=True, kw_only=True, gc=False):
    """A pupil borrowed a book."""

    TYPE: ClassVar[str] = "reading.loaned"
    KEY: ClassVar[str] = "loan_id"

    loan_id: Identifier
    pid: Pid
    item: Item


class Returned(EventData, frozen=True, kw_only=True, gc=False):
    """A borrowed book came back."""

    TYPE: ClassVar[str] = "reading.returned"
    KEY: ClassVar[str] = "loan_id"

    loan_id: Identifier


class LoansCounted(EventData, frozen=True, kw_only=True, gc=False):
    """The class return of a day's loans."""

    TYPE: ClassVar[str] = "reading.loans_counted"
    KEY: ClassVar[str] = "day"

    loans: Upto5000


class Swept(EventData, frozen=True, kw_only=True, gc=False):
    """Books were looked through: how many were unfit, and how many of those were removed."""

    TYPE: ClassVar[str] = "reading.swept"
    KEY: ClassVar[str] = "sweep_id"

    sweep_id: Identifier
    checked: Upto1000000
    unfit: Upto100000
    removed: Upto100000

    def broken_rule(self) -> BrokenRule | None:
        """Unfit books are among those checked, removed ones among the unfit."""
        return at_most(self, "unfit", "checked") or at_most(self, "removed", "unfit")


class Nil(NilReported, frozen=True, kw_only=True, gc=False):
    """Nothing was borrowed today."""

    TYPE: ClassVar[str] = "reading.nil_reported"


class Withdrawal(Withdrawn, frozen=True, kw_only=True, gc=False):
    """A fact of reading does not hold."""

    TYPE: ClassVar[str] = "reading.withdrawn"

    of: Literal[
        "reading.loaned",
        "reading.returned",
        "reading.loans_counted",
        "reading.swept",
        "reading.nil_reported",
    ]
    key: FactKey


# ---- metrics

REPORTING = reporting_metric("reading")
LOANS = Metric("reading.loans", "pupil-day", "借阅")
SWEPT = Metric(
    "reading.swept", "unfit book", "问题读物处置", about_school=True, coverage_by_reporting=True
)

# ---- measures


def measure(m: Measuring) -> None:
    """The tallies of a class-day of reading (docs/metrics.md §2)."""
    counted, loaned = m.only(LoansCounted), m.facts(Loaned)
    has_detail = bool(loaned or m.facts(Returned))
    m.whole_class(
        LOANS,
        returned=counted.loans if counted else None,
        detail=len(loaned) if has_detail else None,
    )
    sweeps = m.facts(Swept)
    removed = sum(sweep.removed for sweep in sweeps)
    m.share(SWEPT, detail=Share(sum(sweep.unfit for sweep in sweeps), removed, removed))


READING = Management(
    name="reading",
    title_zh="读物",
    events=(Loaned, Returned, LoansCounted, Swept, Nil, Withdrawal),
    metrics=(REPORTING, LOANS, SWEPT),
    feeds={
        Loaned: (LOANS,),
        Returned: (LOANS,),
        LoansCounted: (LOANS,),
        Swept: (SWEPT,),
        Nil: (LOANS,),
    },
    measure=measure,
)

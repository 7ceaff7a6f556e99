"""What `GET /v1/schools-in-line` is asked."""

from datetime import date
from typing import get_args

from msgspec import Struct
from starlette.datastructures import QueryParams

from api.paging import fingerprint, place_of
from api.parameters import Parameters
from api.schools_in_line import By
from wuguan.domain.forms import UNIT_ID
from wuguan.domain.organisation import Organisation
from wuguan.domain.periods import PERIOD_GRAINS, PeriodGrain
from wuguan.domain.schools_in_line import SHARED_METRICS

KNOWN = ("unit", "metric", "grain", "day", "by", "children", "limit", "cursor")


class SharePlace(Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """What orders rows: nulls first, text by code point."""

    day: date
    unit: str
    stage: str | None
    metric: str

    @property
    def order(self) -> tuple[date, str, str, str]:
        """Comparable: no stage is empty."""
        return (self.day, self.unit, self.stage or "", self.metric)


class ShareAsked(Struct, frozen=True, kw_only=True):
    """A query whose parameters are well-formed."""

    unit: str
    metrics: tuple[str, ...]
    grain: PeriodGrain
    day: date
    by: By
    children: bool
    limit: int
    after: SharePlace | None
    fingerprint: str


def read_share_query(sent: QueryParams, today: date) -> ShareAsked:
    """The query, or 400 with every fault of its parameters."""
    read = Parameters(sent, KNOWN, repeatable=("metric",))
    unit = read.text("unit", UNIT_ID, required=True)
    metrics = read.words("metric", SHARED_METRICS)
    grain, day = read.word("grain", PERIOD_GRAINS, "halfmonth"), read.day("day")
    by = read.word("by", get_args(By), "stage")
    children = read.word("children", ("true", "false"), "false")
    limit, cursor = read.limit(), read.cursor()
    named = fingerprint("schools-in-line", unit, metrics, grain, day, by, children)
    after = None if cursor is None else place_of(cursor, named, SharePlace)
    if cursor is not None and after is None:
        read.bad_cursor()
    read.end()
    assert unit and grain and by, "faults end the request"
    return ShareAsked(
        unit=unit,
        metrics=tuple(metrics),
        grain=grain,
        day=day or today,
        by=by,
        children=children == "true",
        limit=limit,
        after=after,
        fingerprint=named,
    )


def check_children(asked: ShareAsked, sent: QueryParams, organisation: Organisation) -> None:
    """A school has no children."""
    read = Parameters(sent, KNOWN, repeatable=("metric",))
    if asked.children and organisation.level(asked.unit) == "school":
        read.refuse(
            "children", "a school has no children: leave it out",
            "学校没有下级单位,请去掉 children",
        )  # fmt: skip
    read.end()

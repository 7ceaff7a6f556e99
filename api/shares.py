"""`GET /v1/schools-in-line`: how many schools are in line, and which ones need checking."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import Response

from api.authentication import Authentication
from api.dependencies import Dependencies
from api.paging import cursor_to
from api.row_answer import Page, answered
from api.schools_in_line import (
    UnitPeriod,
    UnitShare,
    Verdict,
    periods_of,
    shares,
    verdicts,
    within,
)
from api.share_query import ShareAsked, SharePlace, check_children, read_share_query
from api.tally_query import allow_unit
from wuguan.domain.context import Context
from wuguan.domain.managements import management_of
from wuguan.domain.organisation import Organisation
from wuguan.domain.schools_in_line import Standing
from wuguan.domain.tally import ratio
from wuguan.ports import ApiKey

COLUMNS = (
    "day", "to", "unit", "stage", "metric", "expected", "reported", "judged", "compliant",
    "share", "rule",
)  # fmt: skip


@dataclass(frozen=True)
class SchoolsInLine:
    """Counts schools for those who may see them."""

    dependencies: Dependencies
    authentication: Authentication

    async def get_schools_in_line(self, request: Request) -> Response:
        """A page of shares and, with the first, the schools that need checking."""
        key = await self.authentication.allow(request, "read", "admin")
        asked = read_share_query(request.query_params, self.dependencies.today())
        page = await to_thread.run_sync(self._read, request, asked, key)
        return answered(request, page, COLUMNS)

    def _read(self, request: Request, asked: ShareAsked, key: ApiKey) -> Page:
        store, today = self.dependencies.store, self.dependencies.today()
        context = store.roster.context()
        allow_unit(asked.unit, _days(asked, context, today), key, context.organisation)
        check_children(asked, request.query_params, context.organisation)
        periods = periods_of(
            context, _units(asked, context, today), asked.grain, asked.by, asked.day, today
        )
        schools = sorted({school for period in periods for school in period.schools})
        with store.figures.reading() as reading:
            found = verdicts(context, reading, schools, asked.metrics, asked.grain, asked.day)
            settled = reading.settled(schools, ())
        rows, following = _page(asked, shares(periods, found))
        checking = [] if asked.after else _checking(periods, found, context.organisation)
        return Page(rows, following, settled, {"checking": checking})


def _days(asked: ShareAsked, context: Context, today: date) -> tuple[date, date]:
    """The days of the unit's own period, up to today."""
    whole = periods_of(context, (asked.unit,), asked.grain, "total", asked.day, today)
    if not whole:
        return asked.day, asked.day
    return whole[0].first, max(whole[0].first, min(whole[0].last, today))


def _units(asked: ShareAsked, context: Context, today: date) -> Sequence[str]:
    if not asked.children:
        return (asked.unit,)
    return context.organisation.children(asked.unit, _days(asked, context, today)[1])


def _page(asked: ShareAsked, found: Sequence[UnitShare]) -> tuple[list[dict[str, Any]], str | None]:
    after = asked.after
    left = [one for one in found if after is None or _place(one).order > after.order]
    page = left[: asked.limit]
    if len(left) == len(page):
        return list(map(_shown, page)), None
    last = _place(page[-1])
    cursor = cursor_to(asked.fingerprint, [last.day, last.unit, last.stage, last.metric])
    return list(map(_shown, page)), cursor


def _place(one: UnitShare) -> SharePlace:
    return SharePlace(one.of.first, one.of.unit, one.of.stage, one.metric)


def _shown(one: UnitShare) -> dict[str, Any]:
    tally = one.figure.tally
    return {
        "day": one.of.first,
        "to": one.of.last,
        "unit": one.of.unit,
        "stage": one.of.stage,
        "metric": one.metric,
        "expected": tally.expected,
        "reported": tally.reported,
        "judged": tally.judged,
        "compliant": tally.compliant,
        "share": ratio(tally.compliant, tally.judged, 4),
        "rule": _rule(one.figure.rules),
    }


def _checking(
    periods: Sequence[UnitPeriod], found: Sequence[Verdict], organisation: Organisation
) -> list[dict[str, Any]]:
    """The schools that need checking, in the order of the roster."""
    return [
        _school(verdict, organisation.name(verdict.school_id, period.last))
        for period, verdict in within(periods, found)
        if verdict.standing is Standing.NEEDS_CHECKING
    ]


def _school(verdict: Verdict, name: str | None) -> dict[str, Any]:
    row = verdict.row
    return {
        "school_id": verdict.school_id,
        "name": name,
        "stage": verdict.stage,
        "metric": verdict.metric,
        "management": management_of(verdict.metric),
        "expected": row.expected,
        "reported": row.reported,
        "judged": row.judged,
        "compliant": row.compliant,
        "compliance_rate": ratio(row.compliant, row.judged, 4),
        "rule": _rule(row.rules),
    }


def _rule(rules: frozenset[str]) -> str | None:
    return " ".join(sorted(rules)) or None

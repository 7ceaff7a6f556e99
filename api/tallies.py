"""`GET /v1/tallies`: figures of units and classes, page by page."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import islice

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import Response

from api.authentication import Authentication, may_read
from api.class_rows import ClassRows
from api.dependencies import Dependencies
from api.paging import cursor_to
from api.row_answer import Page, answered
from api.tally_answer import COLUMNS, shown
from api.tally_query import Asked, allow_asked, check_level, place_of_row, read_query
from api.unit_rows import unit_rows
from wuguan.domain.context import Context
from wuguan.domain.organisation import Organisation
from wuguan.domain.periods import ShownDay, shown_day, stages_below
from wuguan.domain.roster import Stage
from wuguan.ports import ApiKey, Reading, TallyRow


@dataclass(frozen=True)
class Tallies:
    """Reads figures for those who may see them."""

    dependencies: Dependencies
    authentication: Authentication

    async def get_tallies(self, request: Request) -> Response:
        """A page of rows, as JSON or as CSV."""
        key = await self.authentication.allow(request, "read", "admin")
        asked = read_query(request.query_params)
        page = await to_thread.run_sync(self._read, request, asked, key)
        return answered(request, page, COLUMNS)

    def _read(self, request: Request, asked: Asked, key: ApiKey) -> Page:
        store = self.dependencies.store
        context = store.roster.context()
        allow_asked(asked, key, context.organisation)
        check_level(asked, request.query_params, context.organisation)
        first, last = asked.days_until(self.dependencies.today())
        with store.figures.reading() as reading:
            found = list(islice(_rows(asked, context, first, last, reading), asked.limit + 1))
            settled = reading.settled(*_concerned(asked, context.organisation))
        rows = found[: asked.limit]
        more = len(found) > asked.limit
        following = _cursor(asked, rows[-1]) if more else None
        own = _own_school(key, context.organisation)
        return Page([shown(row, own) for row in rows], following, settled)


def _rows(
    asked: Asked, context: Context, first: date, last: date, reading: Reading
) -> Iterator[TallyRow]:
    @cache
    def stages_of(unit: str) -> tuple[Stage, ...]:
        return stages_below(context, unit, first, last)

    show: ShownDay = shown_day(asked.grain, context, stages_of)
    if asked.level == "class":
        return ClassRows(asked, context, show, reading).rows(first, last)
    return unit_rows(asked, context.organisation, show, first, last, reading)


def _concerned(asked: Asked, organisation: Organisation) -> tuple[set[str], set[str]]:
    """The schools and units whose pending work may still move these rows."""
    if organisation.level(asked.unit) == "school":
        return {asked.unit}, {asked.unit}
    schools = set(organisation.schools_below_within(asked.unit, asked.from_day, asked.to_day))
    units = {asked.unit}
    for school in schools:
        for day in (asked.from_day, asked.to_day, *organisation.tree_changes_of(school)):
            path = organisation.path(school, day)
            if asked.unit in path:
                units.update(path[1 : path.index(asked.unit)])
    if asked.children:
        units.update(organisation.children(asked.unit, asked.to_day))
    return schools, units - schools


def _own_school(key: ApiKey, organisation: Organisation) -> str | None:
    if may_read(key) and organisation.level(key.unit_id or "") == "school":
        return key.unit_id
    return None


def _cursor(asked: Asked, row: TallyRow) -> str:
    place = place_of_row(row)
    return cursor_to(
        asked.fingerprint,
        [place.day, place.unit, place.class_id, place.stage, place.grade, place.metric],
    )

"""The pages of the boards: who may see which, in which language, under which policy."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from api.boards.answers import HEADERS, NOT_SEEN, admitted, message, page
from api.boards.occasions import Occasions
from api.boards.overview_reading import read_overview
from api.boards.school_reading import read_school
from api.boards.session import (
    FROM_ELSEWHERE,
    Reader,
    Session,
    is_from_elsewhere,
    log_out,
)
from api.boards.units import covered_since, may_see, unit_above, units_of
from api.boards.wanted import WantedOverview, WantedSchool
from api.dependencies import Dependencies
from api.following import counts_of
from dashboards.alert_pages import alert_tabs
from dashboards.built_in.board_page import Way, ways
from dashboards.catalogue import BOARDS
from dashboards.heat_map import classes_as_csv
from dashboards.occasion import Occasion
from dashboards.overview import overview
from dashboards.school import SchoolPage, school_page
from dashboards.school_figures import UnsaidReply
from dashboards.words import MANAGEMENTS, STAGES, Text
from wuguan.domain.context import Context
from wuguan.domain.instants import FIRST_DAY, china_datetime, parse_day

_OWN_BOARD = ("district", "area", "school")


@dataclass(frozen=True)
class BoardPages:
    """Sends pages to those who have logged in."""

    dependencies: Dependencies
    session: Session
    occasions: Occasions = field(default_factory=Occasions)

    async def get_first(self, request: Request) -> Response:
        """The way to the board of the key's own unit, or to the list of units."""
        reader = await admitted(self.session, request)
        if not isinstance(reader, Reader):
            return reader
        unit = reader.key.unit_id
        context = await self._context()
        level = context.organisation.level(unit) if unit else None
        return RedirectResponse(f"/board/{unit}" if level in _OWN_BOARD else "/units", 303)

    async def get_units(self, request: Request) -> Response:
        """The units to choose from."""
        reader = await admitted(self.session, request)
        if not isinstance(reader, Reader):
            return reader
        context = await self._context()
        units = units_of(reader.key, context, self.dependencies.today())
        return page(request, "units.html", {"units": units})

    async def get_board(self, request: Request) -> Response:
        """The overview of a unit, or the page of a school."""
        reader = await admitted(self.session, request)
        if not isinstance(reader, Reader):
            return reader
        return await to_thread.run_sync(self.board, request, reader)

    async def get_classes(self, request: Request) -> Response:
        """Classes by school days as a file, for the school itself."""
        reader = await admitted(self.session, request)
        if not isinstance(reader, Reader):
            return reader
        return await to_thread.run_sync(self._classes, request, reader)

    async def get_login(self, request: Request) -> Response:
        """The form for a key."""
        return _login(request, request.query_params.get("next", ""))

    async def post_login(self, request: Request) -> Response:
        """The way on, or the form again with what is wrong."""
        answer = await self.session.log_in(request)
        if isinstance(answer, Response):
            return answer
        return _login(request, "", answer, 401)

    async def post_logout(self, request: Request) -> Response:
        """Forgets the key."""
        return _login(request, "", FROM_ELSEWHERE, 403) if is_from_elsewhere(request) else log_out()

    async def _context(self) -> Context:
        return await to_thread.run_sync(self.dependencies.store.roster.context)

    def board(
        self, request: Request, reader: Reader, unsaid: UnsaidReply | None = None
    ) -> Response:
        """The board of a unit; of a school with a reply that was refused, if there is one."""
        context = self.dependencies.store.roster.context()
        unit = request.path_params["unit"]
        today = self.dependencies.today()
        if not may_see(reader.key, context, unit, today):
            return message(request, NOT_SEEN, 404)
        now = china_datetime(self.dependencies.clock())
        occasion = self.occasions.of(context, unit, now, _asked_day(request, today))
        since = covered_since(reader.key, context, unit, occasion)
        if since is None:
            return message(request, NOT_SEEN, 404)
        counts = counts_of(self.dependencies.store.alerts, context, unit, today)
        around = {"ways": _ways(context, unit), "alerts": alert_tabs(counts)}
        if context.organisation.level(unit) != "school":
            wanted = WantedOverview(unit, _word(request, "stage", STAGES), occasion)
            figures = read_overview(context, self.dependencies.store.figures, wanted)
            shown = overview(figures, reader.language)
            return page(request, "overview.html", {**around, "page": shown})
        of_page = self._school(request, reader, context, occasion, since)
        values = {**around, "page": of_page, "unsaid": unsaid, "here": f"/board/{unit}"}
        return page(request, "school.html", values, 422 if unsaid else 200)

    def _school(
        self, request: Request, reader: Reader, context: Context, occasion: Occasion, since: date
    ) -> SchoolPage:
        unit = request.path_params["unit"]
        wanted = WantedSchool(
            unit,
            occasion,
            own=reader.key.unit_id == unit,
            management=_word(request, "m", MANAGEMENTS) or "homework",
            above=unit_above(reader.key, context, unit, occasion.day),
            since=since,
        )
        return school_page(read_school(context, self.dependencies.store, wanted))

    def _classes(self, request: Request, reader: Reader) -> Response:
        context = self.dependencies.store.roster.context()
        unit, today = request.path_params["unit"], self.dependencies.today()
        now = china_datetime(self.dependencies.clock())
        occasion = self.occasions.of(context, unit, now, _asked_day(request, today))
        own = reader.key.unit_id == unit and context.organisation.level(unit) == "school"
        since = covered_since(reader.key, context, unit, occasion) if own else None
        if since is None:
            return message(request, NOT_SEEN, 404)
        shown = self._school(request, reader, context, occasion, since).heat_map
        assert shown is not None, "the school itself sees its classes"
        name = f"classes-{shown.management}-{occasion.half.first}.csv"
        disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
        content = classes_as_csv(shown, reader.language)
        return Response(content, headers={**HEADERS, **disposition}, media_type="text/csv")


def _ways(context: Context, unit: str) -> list[Way]:
    """The boards of the catalogue for the unit; this page is none of them."""
    return ways(BOARDS, context.organisation.level(unit) or "", unit, None, "")


def _word(request: Request, name: str, words: Mapping[str, Text]) -> str | None:
    """A parameter that is one of some words; anything else is as if it were not there."""
    word = request.query_params.get(name)
    return word if word in words else None


def _asked_day(request: Request, today: date) -> date | None:
    """A day of the past that the address asks for."""
    day = parse_day(request.query_params.get("day", ""))
    return day if day is not None and FIRST_DAY <= day < today else None


def _login(
    request: Request, following: str, problem: Text | None = None, status: int = 200
) -> Response:
    values = {"next": following, "problem": problem}
    return page(request, "login.html", values, status)

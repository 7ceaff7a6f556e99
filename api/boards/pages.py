"""The pages of the boards: who may see which, in which language, under which policy."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import urlencode

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from api.boards.assets import addresses
from api.boards.occasions import Occasions
from api.boards.overview_reading import read_overview
from api.boards.school_reading import read_school
from api.boards.session import (
    FROM_ELSEWHERE,
    TOO_MANY,
    Reader,
    Session,
    is_from_elsewhere,
    keep_language,
    language_of,
    log_out,
)
from api.boards.units import covered_since, may_see, unit_above, units_of
from api.boards.wanted import WantedOverview, WantedSchool
from api.dependencies import Dependencies
from dashboards.overview import overview
from dashboards.pages import render
from dashboards.school import school_page
from dashboards.words import MANAGEMENTS, STAGES, Language, Text
from wuguan.domain.context import Context
from wuguan.domain.errors import TemporarilyUnavailable
from wuguan.domain.instants import FIRST_DAY, china_datetime, parse_day

# Plotly writes styles into the page; scripts come from this server's files alone.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:;"
    " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cache-Control": "no-store",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
NOT_SEEN = (
    Text("没有这个单位，或此密钥无权查看", "There is no such unit, or this key may not see it"),
    Text(
        "请核对网址；如需查看其他单位，请换用相应的读取密钥。",
        "Check the address; to see another unit, log in with a key for it.",
    ),
)
AWAY = (
    Text("数据暂时无法读取", "The figures cannot be read at the moment"),
    Text(
        "数据库正在重新连接，已上报的数据不会丢失。请稍后刷新本页。",
        "The database is being reached again; nothing reported is lost. Reload this page soon.",
    ),
)
Handler = Callable[[Request], Awaitable[Response]]
_OWN_BOARD = ("district", "area", "school")


@dataclass(frozen=True)
class BoardPages:
    """Sends pages to those who have logged in."""

    dependencies: Dependencies
    session: Session
    occasions: Occasions = field(default_factory=Occasions)

    async def get_first(self, request: Request) -> Response:
        """The way to the board of the key's own unit, or to the list of units."""
        reader = await self._reader(request)
        if not isinstance(reader, Reader):
            return reader
        unit = reader.key.unit_id
        context = await self._context()
        level = context.organisation.level(unit) if unit else None
        return RedirectResponse(f"/board/{unit}" if level in _OWN_BOARD else "/units", 303)

    async def get_units(self, request: Request) -> Response:
        """The units to choose from."""
        reader = await self._reader(request)
        if not isinstance(reader, Reader):
            return reader
        context = await self._context()
        units = units_of(reader.key, context, self.dependencies.today())
        return _page(request, "units.html", {"units": units})

    async def get_board(self, request: Request) -> Response:
        """The overview of a unit, or the page of a school."""
        reader = await self._reader(request)
        if not isinstance(reader, Reader):
            return reader
        return await to_thread.run_sync(self._board, request, reader)

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

    async def _reader(self, request: Request) -> Reader | Response:
        reader = await self.session.reader(request)
        if reader is None:
            path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
            return RedirectResponse(f"/login?{urlencode({'next': path})}", 303)
        if self.session.is_over_limit(reader):
            return _message(request, (TOO_MANY, TOO_MANY), 429, {"Retry-After": "1"})
        return reader

    async def _context(self) -> Context:
        return await to_thread.run_sync(self.dependencies.store.roster.context)

    def _board(self, request: Request, reader: Reader) -> Response:
        context = self.dependencies.store.roster.context()
        unit = request.path_params["unit"]
        today = self.dependencies.today()
        if not may_see(reader.key, context, unit, today):
            return _message(request, NOT_SEEN, 404)
        now = china_datetime(self.dependencies.clock())
        occasion = self.occasions.of(context, unit, now, _asked_day(request, today))
        since = covered_since(reader.key, context, unit, occasion)
        if since is None:
            return _message(request, NOT_SEEN, 404)
        if context.organisation.level(unit) != "school":
            wanted = WantedOverview(unit, _word(request, "stage", STAGES), occasion)
            figures = read_overview(context, self.dependencies.store.figures, wanted)
            shown = overview(figures, reader.language)
            return _page(request, "overview.html", {"page": shown})
        of_school = WantedSchool(
            unit,
            occasion,
            own=reader.key.unit_id == unit,
            management=_word(request, "m", MANAGEMENTS) or "homework",
            above=unit_above(reader.key, context, unit, occasion.day),
            since=since,
        )
        page = school_page(read_school(context, self.dependencies.store, of_school))
        return _page(request, "school.html", {"page": page})


def unless_away(handler: Handler) -> Handler:
    """A page that says so, where the store does not answer: people get no problem document."""

    async def answer(request: Request) -> Response:
        try:
            return await handler(request)
        except TemporarilyUnavailable as error:
            return _message(request, AWAY, 503, {"Retry-After": str(error.retry_after_seconds)})

    return answer


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
    return _page(request, "login.html", values, status)


def _message(
    request: Request, said: tuple[Text, Text], status: int, headers: Mapping[str, str] | None = None
) -> Response:
    title, message = said
    return _page(request, "message.html", {"title": title, "message": message}, status, headers)


def _page(
    request: Request,
    template: str,
    values: Mapping[str, Any],
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> Response:
    language: Language = language_of(request)
    kept = [(k, v) for k, v in request.query_params.items() if k != "lang"]
    query = urlencode(kept)
    day = request.query_params.get("day")
    html = render(
        template,
        language,
        {
            "assets": addresses(),
            "here": request.url.path,
            "query": f"{query}&" if query else "",
            "day_query": urlencode({"day": day}) if day else "",
            **values,
        },
    )
    answer = Response(html, status, {**HEADERS, **(headers or {})}, "text/html")
    return keep_language(request, answer)

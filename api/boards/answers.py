"""Answers with pages: their headers, the language, and what is said where there is no page."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from api.boards.assets import addresses
from api.boards.session import TOO_MANY, Reader, Session, keep_language, language_of
from dashboards.pages import render
from dashboards.words import Language, Text
from wuguan.domain.errors import TemporarilyUnavailable

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


async def admitted(session: Session, request: Request) -> Reader | Response:
    """Who looks; or the way to the log-in, or a word about too many requests."""
    reader = await session.reader(request)
    if reader is None:
        path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        # The form speaks the language that the address asked for.
        return keep_language(request, RedirectResponse(f"/login?{urlencode({'next': path})}", 303))
    if session.is_over_limit(reader):
        return message(request, (TOO_MANY, TOO_MANY), 429, {"Retry-After": "1"})
    return reader


def unless_away(handler: Handler) -> Handler:
    """A page that says so, where the store does not answer: people get no problem document."""

    async def answer(request: Request) -> Response:
        try:
            return await handler(request)
        except TemporarilyUnavailable as error:
            return message(request, AWAY, 503, {"Retry-After": str(error.retry_after_seconds)})

    return answer


def message(
    request: Request, said: tuple[Text, Text], status: int, headers: Mapping[str, str] | None = None
) -> Response:
    """A page that says one thing: a title and a sentence."""
    title, sentence = said
    return page(request, "message.html", {"title": title, "message": sentence}, status, headers)


def page(
    request: Request,
    template: str,
    values: Mapping[str, Any],
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """A template filled in the language of the reader, with what every page needs."""
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

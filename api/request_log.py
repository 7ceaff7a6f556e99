"""Around every request: its time, its line in the log, and an answer to what went wrong."""

import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import structlog
from starlette.requests import ClientDisconnect

from api.problems import Problem, internal_error, unavailable
from wuguan.domain.errors import TemporarilyUnavailable
from wuguan.metric_names import Telemetry

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

_log = structlog.get_logger("api")
_WITH_PARTS = (
    ("/v1/keys/", "/v1/keys/{key_id}"),
    ("/board/", "/board/{unit}"),
    ("/static/", "/static/{name}"),
)
"""Routes with a part that is a value: it is told by its name."""
_QUIET = frozenset({"/healthz", "/readyz", "/metrics"})


class RequestLog:
    """One line and one observation a request; no key, no body, no query enters the log."""

    def __init__(self, app: App, telemetry: Telemetry, routes: frozenset[str]) -> None:
        self._app = app
        self._telemetry = telemetry
        self._routes = routes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        # 499: the sender went away before there was an answer.
        status, begun = 499, time.perf_counter()

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        scope.setdefault("state", {})
        try:
            problem = await self._serve(scope, receive, noting)
            if problem is not None and status == 499:
                await problem.answer()(scope, receive, noting)
        finally:
            self._tell(scope, status, time.perf_counter() - begun)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> Problem | None:
        """Lets the application answer; the problem to answer with where it could not."""
        try:
            await self._app(scope, receive, send)
        except Problem as problem:
            return problem
        except TemporarilyUnavailable as error:
            _log.warning("unavailable", route=self._route(scope), reason=str(error))
            return unavailable(error.retry_after_seconds)
        except ClientDisconnect:
            return None
        except Exception:
            _log.exception("request_failed", route=self._route(scope))
            return internal_error()
        return None

    def _tell(self, scope: Scope, status: int, seconds: float) -> None:
        route, method = self._route(scope), _method(scope)
        self._telemetry.observe(
            "wuguan_request_seconds", seconds, route=route, method=method, status=str(status)
        )
        everyday = route in _QUIET or (route == "/v1/events" and status == 202)
        tell = _log.debug if everyday else _log.info
        tell(
            "request",
            method=method,
            route=route,
            status=status,
            milliseconds=round(seconds * 1000, 1),
            key_id=scope["state"].get("key_id"),
        )

    def _route(self, scope: Scope) -> str:
        """The route's own path: what stands for a parameter is no part of it."""
        path: str = scope["path"]
        if path in self._routes:
            return path
        return next((route for begin, route in _WITH_PARTS if path.startswith(begin)), "unmatched")


def _method(scope: Scope) -> str:
    method: str = scope["method"]
    known = {"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"}
    return method if method in known else "other"

"""The application: every route, and what surrounds them."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import HTTPException
from starlette.exceptions import HTTPException as RoutingException
from starlette.requests import Request
from starlette.responses import Response

from api.alerts import AlertLists
from api.authentication import Authentication
from api.boards.alert_forms import AlertForms
from api.boards.alerts import AlertPages
from api.boards.answers import unless_away
from api.boards.assets import Assets
from api.boards.catalogue_pages import CataloguePages
from api.boards.pages import BoardPages
from api.boards.replies import BoardReplies
from api.boards.session import Session
from api.dependencies import Dependencies
from api.documentation import Documentation
from api.findings import Findings
from api.health import Health
from api.idempotency import Idempotency
from api.ingest import Ingest
from api.keys import IssuedKeys
from api.log_writer import LogWriter
from api.openapi import document
from api.problems import Problem, bad_request, internal_error, method_not_allowed, not_found
from api.rate_limit import RateLimit
from api.reject_keeper import RejectKeeper
from api.rejects import Rejected
from api.replies import SchoolReplies
from api.request_log import RequestLog
from api.roster import RosterDocuments
from api.shares import SchoolsInLine
from api.tallies import Tallies
from wuguan.domain.alerting.action import HAPPENS


def create_app(dependencies: Dependencies) -> FastAPI:
    """The API on a store, and on the log that is part of it unless another is given."""
    store, telemetry = dependencies.store, dependencies.telemetry
    limit = RateLimit(dependencies.rate_limit, dependencies.clock)
    authentication = Authentication(store.keys, dependencies.clock, limit, telemetry)
    frame_writer = dependencies.frame_writer or LogWriter(store.log, telemetry, time.monotonic)
    reject_keeper = RejectKeeper(store.rejects, telemetry)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        await frame_writer.open()
        yield
        # No request is in work any more. What was taken is written before the process ends.
        await reject_keeper.drain()
        await frame_writer.close()

    app = FastAPI(
        title="Wuguan 五管",
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
        redirect_slashes=False,
    )
    ingest = Ingest(
        authentication,
        Idempotency(store.requests),
        frame_writer,
        reject_keeper,
        dependencies.clock,
        dependencies.wake,
        telemetry,
    )
    _add_routes(app, dependencies, authentication, ingest)
    app.add_exception_handler(RoutingException, _routing_problem)
    app.add_exception_handler(Problem, _problem)
    routes = frozenset(getattr(route, "path", "") for route in app.routes)
    app.add_middleware(RequestLog, telemetry=telemetry, routes=routes)
    return app


def _add_routes(
    app: FastAPI, dependencies: Dependencies, authentication: Authentication, ingest: Ingest
) -> None:
    roster = RosterDocuments(dependencies, authentication)
    keys = IssuedKeys(dependencies.store.keys, authentication, dependencies.clock)
    tallies = Tallies(dependencies, authentication)
    in_line = SchoolsInLine(dependencies, authentication)
    rejected = Rejected(dependencies, authentication)
    findings = Findings(dependencies, authentication)
    replies = SchoolReplies(dependencies, authentication)
    alerts = AlertLists(dependencies, authentication)
    health, documentation = Health(dependencies), Documentation(document())
    # Plain routes: bodies and parameters are read by hand, to the letter of docs/events.md.
    add: Any = app.router.add_route
    add("/v1/events", ingest.post_events, methods=["POST"])
    add("/v1/tallies", tallies.get_tallies, methods=["GET"])
    add("/v1/schools-in-line", in_line.get_schools_in_line, methods=["GET"])
    add("/v1/findings", findings.get_findings, methods=["GET"])
    add("/v1/replies", replies.put_or_show, methods=["GET", "PUT"])
    add("/v1/rejects", rejected.get_rejects, methods=["GET"])
    add("/v1/alerts", alerts.get_alerts, methods=["GET"])
    add("/v1/alerts/{alert_id}", alerts.get_alert, methods=["GET"])
    for verb in HAPPENS:
        add(f"/v1/alerts/{{alert_id}}/{verb}", alerts.acting(verb), methods=["POST"])
    add("/v1/roster", roster.put_roster, methods=["PUT"])
    add("/v1/calendar", roster.put_calendar, methods=["PUT"])
    add("/v1/keys", keys.issue_or_show, methods=["GET", "POST"])
    add("/v1/keys/{key_id}", keys.end, methods=["DELETE"])
    add("/healthz", health.get_healthz, methods=["GET"])
    add("/readyz", health.get_readyz, methods=["GET"])
    add("/metrics", health.get_metrics, methods=["GET"])
    add("/openapi.json", documentation.get_document, methods=["GET"])
    add("/docs", documentation.get_page, methods=["GET"])
    _add_boards(add, dependencies, Session(authentication, dependencies.clock))


def _add_boards(add: Any, dependencies: Dependencies, session: Session) -> None:
    """Pages for people, no part of the API that its document tells."""
    boards, assets = BoardPages(dependencies, session), Assets()
    alerts = AlertPages(dependencies, session)
    catalogue, replies = CataloguePages(dependencies, session), BoardReplies(boards)
    pages = (
        ("/", "GET", boards.get_first),
        ("/units", "GET", boards.get_units),
        ("/board/{unit}", "GET", boards.get_board),
        ("/board/{unit}/reply", "GET", replies.get_page),
        ("/board/{unit}/reply", "POST", replies.post_reply),
        ("/board/{unit}/alerts", "GET", alerts.get_list),
        ("/board/{unit}/alerts/{alert_id}", "GET", alerts.get_alert),
        ("/board/{unit}/alerts/{alert_id}", "POST", AlertForms(alerts).post_action),
        ("/board/{unit}/school/classes.csv", "GET", boards.get_classes),
        ("/board/{unit}/{board}", "GET", catalogue.get_board),
        ("/board/{unit}/{board}/{panel}.csv", "GET", catalogue.get_csv),
        ("/board/{unit}/{board}/{panel}", "GET", catalogue.get_panel),
        ("/login", "GET", boards.get_login),
        ("/login", "POST", boards.post_login),
        ("/logout", "POST", boards.post_logout),
        ("/static/{name}", "GET", assets.get_asset),
    )
    for path, method, handler in pages:
        add(path, unless_away(handler), methods=[method], include_in_schema=False)


async def _problem(_: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)
    return error.answer()


async def _routing_problem(_: Request, error: Exception) -> Response:
    """What the framework refuses by itself."""
    assert isinstance(error, HTTPException | RoutingException)
    match error.status_code:
        case 404:
            return not_found().answer()
        case 405:
            return method_not_allowed(_allowed(error)).answer()
        case status if status < 500:
            return bad_request("the request cannot be read", "请求无法解析").answer()
        case _:
            return internal_error().answer()


def _allowed(error: HTTPException | RoutingException) -> str:
    allowed = (error.headers or {}).get("Allow", "")
    return ", ".join(sorted(filter(None, allowed.replace(" ", "").split(","))))

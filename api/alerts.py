"""`/v1/alerts`: alerts of a unit and all below it, for polling; one with its history; actions."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import msgspec
from anyio import to_thread
from starlette.requests import Request
from starlette.responses import Response

from api.alert_query import AskedAlerts, read_alert_query
from api.alert_rows import Naming, shown, shown_entry
from api.authentication import Authentication
from api.dependencies import Dependencies
from api.documents import read_document
from api.following import act_on, visible_alert
from api.paging import cursor_to, fingerprint
from api.problems import Problem, invalid_document
from api.tally_query import allow_unit
from dashboards.alert_words import STATES
from wuguan.alert_packs import fingerprint_of
from wuguan.domain.alerting.action import Action, Verb, read_action
from wuguan.domain.alerting.life import Alert, State, Wrong
from wuguan.domain.context import Context
from wuguan.domain.errors import InvalidDocument
from wuguan.ports import AlertPlace, ApiKey

LIMIT_BYTES = 64 * 1024


class _Found(NamedTuple):
    tag: str
    naming: Naming
    alerts: Sequence[Alert] | None
    """None: whoever asks has them already."""


@dataclass(frozen=True)
class AlertLists:
    """Shows alerts to those who may see their units, and takes what followers do."""

    dependencies: Dependencies
    authentication: Authentication

    async def get_alerts(self, request: Request) -> Response:
        """A page of rows; 304 where nothing has changed since the answer whose tag is sent."""
        key = await self.authentication.allow(request, "read", "admin")
        asked = read_alert_query(request.query_params, key)
        known = request.headers.get("if-none-match", "")
        found = await to_thread.run_sync(self._read, asked, key, known)
        headers = {"ETag": found.tag, "Cache-Control": "private, no-cache"}
        if found.alerts is None:
            return Response(status_code=304, headers=headers)
        return Response(_page(asked, found), 200, headers, "application/json")

    async def get_alert(self, request: Request) -> Response:
        """One alert, and all that happened to it."""
        key = await self.authentication.allow(request, "read", "admin")
        return await to_thread.run_sync(self._one, request.path_params["alert_id"], key)

    def acting(self, verb: Verb) -> Callable[[Request], Awaitable[Response]]:
        """The handler of one action: the alert as it stands afterwards."""

        async def post(request: Request) -> Response:
            key = await self.authentication.allow(request, "follow")
            document = await read_document(request, LIMIT_BYTES)
            try:
                action = read_action(verb, document, self.dependencies.clock())
            except InvalidDocument as error:
                raise invalid_document(error.faults) from None
            alert_id: str = request.path_params["alert_id"]
            return await to_thread.run_sync(self._act, alert_id, action, key)

        return post

    def _read(self, asked: AskedAlerts, key: ApiKey, known: str) -> _Found:
        store, today = self.dependencies.store, self.dependencies.today()
        context = store.roster.context()
        allow_unit(asked.unit, (today, today), key, context.organisation)
        # Before the rows: what changes in between is asked for again, rather than missed.
        tag = self._tag(asked, context, store.alerts.version())
        naming = self._naming(context)
        if tag in (one.strip().removeprefix("W/") for one in known.split(",")):
            return _Found(tag, naming, None)
        units = context.organisation.units_below_within(asked.unit, today, today)
        return _Found(
            tag, naming, store.alerts.alerts(asked.of(units), asked.after, asked.limit + 1)
        )

    def _tag(self, asked: AskedAlerts, context: Context, version: int) -> str:
        """Names all that an answer depends on: alerts, query, names of units and of rules."""
        named = fingerprint(
            asked.fingerprint, asked.after, asked.limit, version, context.version,
            self.dependencies.today(), self._titles,
        )  # fmt: skip
        return f'"{named}"'

    @cached_property
    def _titles(self) -> str:
        return fingerprint_of(self.dependencies.alert_rules.values())

    def _naming(self, context: Context) -> Naming:
        return Naming(
            self.dependencies.alert_rules, context.organisation, self.dependencies.today()
        )

    def _one(self, alert_id: str, key: ApiKey) -> Response:
        store = self.dependencies.store
        alert = visible_alert(store, key, alert_id, self.dependencies.today())
        history = [shown_entry(one) for one in store.alerts.entries(alert_id)]
        row = {**shown(alert, self._naming(store.roster.context())), "history": history}
        return Response(msgspec.json.encode(row), media_type="application/json")

    def _act(self, alert_id: str, action: Action, key: ApiKey) -> Response:
        store, now_us = self.dependencies.store, self.dependencies.clock()
        alert = visible_alert(store, key, alert_id, self.dependencies.today())
        try:
            act_on(store, alert_id, action, key.label, now_us)
        except Wrong:
            raise _not_in_this_state(alert.state) from None
        return self._one(alert_id, key)


def _page(asked: AskedAlerts, found: _Found) -> bytes:
    rows, following = found.alerts or (), None
    if len(rows) > asked.limit:
        rows = rows[: asked.limit]
        following = cursor_to(asked.fingerprint, AlertPlace(rows[-1].unit_id, rows[-1].alert_id))
    page = {"rows": [shown(one, found.naming) for one in rows], "next": following}
    return msgspec.json.encode(page)


def _not_in_this_state(state: State) -> Problem:
    said = STATES[state]
    return Problem(
        "alert-state",
        f"the alert is {state} ({said.en}) and does not take this; read it again with"
        " GET /v1/alerts/{id} and act on what it is now",
        f"该预警目前为 {state}（{said.zh}），不接受此操作；请先用 GET /v1/alerts/{{id}}"
        " 查看最新状态再操作",
    )

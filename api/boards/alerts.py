"""Pages of alerts: the list of a unit, and one alert."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple
from urllib.parse import urlencode

from anyio import to_thread
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response

from api.alert_query import KINDS, STATES
from api.boards.alert_reading import AlertDays, read_days
from api.boards.answers import NOT_SEEN, admitted, message, page
from api.boards.session import Reader, Session
from api.boards.units import may_see, unit_above
from api.dependencies import Dependencies
from api.following import counts_of
from api.paging import cursor_to, fingerprint, place_of
from dashboards.alert_pages import (
    AlertLine,
    AlertList,
    AlertPage,
    alert_line,
    alert_page,
    alert_tabs,
)
from dashboards.built_in.board_page import Way, ways
from dashboards.catalogue import BOARDS
from dashboards.words import Text, spoken_day
from wuguan.domain.alerting.action import LONGEST_ASSIGNEE, LONGEST_NOTE
from wuguan.domain.alerting.life import OPEN, Alert, State
from wuguan.domain.alerting.rule import SEVERITIES, Kind
from wuguan.domain.context import Context
from wuguan.ports import AlertPlace, AlertQuery

MOST_LINES = 200
SILENT_DAYS = (1, 3, 7, 14, 30)
NO_ALERT = (
    Text("没有这条预警，或此密钥无权查看", "There is no such alert, or this key may not see it"),
    Text("请从预警列表重新进入。", "Begin at the list of alerts."),
)


class Undone(NamedTuple):
    """What could not be done, with what was written."""

    verb: str
    problems: Sequence[Text]
    fields: Mapping[str, str]


class Place(NamedTuple):
    """Who looks, at the alerts of which unit."""

    reader: Reader
    context: Context
    unit_id: str
    today: date

    def name(self, unit_id: str) -> str:
        """The name of a unit today."""
        return self.context.organisation.name(unit_id, self.today) or unit_id


@dataclass(frozen=True)
class AlertPages:
    """Sends alerts to those who have logged in."""

    dependencies: Dependencies
    session: Session

    async def get_list(self, request: Request) -> Response:
        """The alerts of a unit and all below it, of one kind."""
        return await self._in_place(request, self._list)

    async def get_alert(self, request: Request) -> Response:
        """One alert."""
        return await self._in_place(request, self.shown)

    async def _in_place(
        self, request: Request, answer: Callable[[Request, Place], Response]
    ) -> Response:
        reader = await admitted(self.session, request)
        if not isinstance(reader, Reader):
            return reader
        return await to_thread.run_sync(self.answered, request, reader, answer)

    def answered(
        self, request: Request, reader: Reader, answer: Callable[[Request, Place], Response]
    ) -> Response:
        """The answer at the place that the address names, if the reader may see it."""
        context, today = self.dependencies.store.roster.context(), self.dependencies.today()
        unit_id = request.path_params["unit"]
        if not may_see(reader.key, context, unit_id, today):
            return message(request, NOT_SEEN, 404)
        return answer(request, Place(reader, context, unit_id, today))

    def _list(self, request: Request, place: Place) -> Response:
        asked = _asked(request.query_params)
        alerts = self.dependencies.store.alerts
        units = place.context.organisation.units_below_within(
            place.unit_id, place.today, place.today
        )
        found = alerts.alerts(asked.query(units), asked.after, MOST_LINES + 1)
        following = None
        if len(found) > MOST_LINES:
            found = found[:MOST_LINES]
            last = AlertPlace(found[-1].unit_id, found[-1].alert_id)
            following = cursor_to(asked.fingerprint, last)
        listed = AlertList(
            unit_id=place.unit_id,
            name=place.name(place.unit_id),
            kind=asked.kind,
            tabs=alert_tabs(counts_of(alerts, place.context, place.unit_id, place.today)),
            lines=[self._line(one, place) for one in found],
            following=following,
        )
        values = {**_around(place), "page": listed, "asked": asked}
        return page(request, "alerts.html", values)

    def shown(self, request: Request, place: Place, undone: Undone | None = None) -> Response:
        """The page of an alert; with what could not be done, if there is anything."""
        alert = self.alert(request, place)
        if alert is None:
            return message(request, NO_ALERT, 404)
        values = {
            **_around(place),
            "page": self._page(alert, place),
            "may_follow": place.reader.key.scope == "follow",
            "undone": undone,
            "silences": _silences(place.today),
            "longest_note": LONGEST_NOTE,
            "longest_assignee": LONGEST_ASSIGNEE,
        }
        return page(request, "alert.html", values, 422 if undone else 200)

    def alert(self, request: Request, place: Place) -> Alert | None:
        """The alert, if it is about the unit of the page or one below."""
        alert = self.dependencies.store.alerts.alert(request.path_params["alert_id"])
        if alert is None:
            return None
        organisation, today = place.context.organisation, place.today
        is_below = organisation.covers(place.unit_id, alert.unit_id, today, today)
        return alert if is_below else None

    def _page(self, alert: Alert, place: Place) -> AlertPage:
        store, rule = self.dependencies.store, self.dependencies.alert_rules.get(alert.rule_id)
        now_us = self.dependencies.clock()
        read = AlertDays((), ())
        if rule is not None:
            read = read_days(place.context, store, alert, rule, now_us)
        return alert_page(
            self._line(alert, place),
            alert,
            rule,
            read.clauses,
            read.days,
            store.alerts.entries(alert.alert_id),
            place.reader.language,
        )

    def _line(self, alert: Alert, place: Place) -> AlertLine:
        rule = self.dependencies.alert_rules.get(alert.rule_id)
        return alert_line(alert, rule, place.name(alert.unit_id), self.dependencies.clock())


class _Asked(NamedTuple):
    kind: Kind
    state: str
    severity: str
    after: AlertPlace | None

    @property
    def fingerprint(self) -> str:
        return fingerprint("alert-page", self.kind, self.state, self.severity)

    @property
    def kept(self) -> str:
        """What is chosen, for an address."""
        chosen = {"kind": self.kind, "state": self.state, "severity": self.severity}
        return urlencode({name: value for name, value in chosen.items() if value})

    def query(self, units: tuple[str, ...]) -> AlertQuery:
        states: tuple[State, ...] = tuple(one for one in STATES if one == self.state) or OPEN
        severities = tuple(one for one in SEVERITIES if one == self.severity)
        return AlertQuery(units=units, states=states, kinds=(self.kind,), severities=severities)


def _asked(sent: QueryParams) -> _Asked:
    """What the address asks for; what is no word of ours is as if it were not there."""
    kind = next((one for one in KINDS if one == sent.get("kind")), KINDS[0])
    state = next((one for one in STATES if one == sent.get("state")), "")
    severity = next((one for one in SEVERITIES if one == sent.get("severity")), "")
    asked = _Asked(kind, state, severity, None)
    return asked._replace(after=place_of(sent.get("after", ""), asked.fingerprint, AlertPlace))


def _around(place: Place) -> dict[str, Any]:
    """What stands around every page of alerts."""
    level = place.context.organisation.level(place.unit_id) or ""
    above = unit_above(place.reader.key, place.context, place.unit_id, place.today)
    name = place.name(above) if above else ""
    return {
        "unit_id": place.unit_id,
        "name": place.name(place.unit_id),
        "ways": ways(BOARDS, level, place.unit_id, None, ""),
        "above": Way(Text(name, name), f"/board/{above}/alerts") if above else None,
    }


def _silences(today: date) -> list[tuple[str, Text]]:
    """The days at whose end silence may end."""
    found = []
    for days in SILENT_DAYS:
        day = today + timedelta(days=days)
        spoken = spoken_day(day)
        text = Text(f"至{spoken.zh}", f"until the end of {spoken.en}")
        found.append((day.isoformat(), text))
    return found

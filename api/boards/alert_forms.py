"""What followers do to an alert on its page: acknowledge, assign, note, silence."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from api.boards.alerts import NO_ALERT, AlertPages, Place, Undone
from api.boards.answers import admitted, message
from api.boards.session import Reader, is_from_elsewhere, read_form
from api.following import act_on
from dashboards.alert_words import STATES
from dashboards.words import Text
from wuguan.domain.alerting.action import HAPPENS, Verb, read_action
from wuguan.domain.alerting.life import Alert, Wrong
from wuguan.domain.errors import InvalidDocument
from wuguan.domain.instants import china_datetime, midnight_us, parse_day

MOST_FORM_BYTES = 64 * 1024
"""A text far too long is still told so."""
_NOT_FOLLOWING = (
    Text("没有保存", "Nothing was kept"),
    Text(
        "处理预警须用 follow 权限的密钥登录后，在预警页面操作。",
        "Alerts are followed on their own page, logged in with a key of the scope follow.",
    ),
)
_UNREADABLE = Text("内容过长或无法读取", "too long, or unreadable")


@dataclass(frozen=True)
class AlertForms:
    """Takes what is done by those who are logged in with a key of the scope `follow`."""

    pages: AlertPages

    async def post_action(self, request: Request) -> Response:
        """The way back to the alert, or its page with what is wrong."""
        reader = await admitted(self.pages.session, request)
        if not isinstance(reader, Reader):
            return reader
        if is_from_elsewhere(request) or reader.key.scope != "follow":
            return message(request, _NOT_FOLLOWING, 403)
        act = partial(self._act, await read_form(request, MOST_FORM_BYTES))
        return await to_thread.run_sync(self.pages.answered, request, reader, act)

    def _act(self, fields: Mapping[str, str], request: Request, place: Place) -> Response:
        alert = self.pages.alert(request, place)
        if alert is None:
            return message(request, NO_ALERT, 404)
        verb = next((one for one in HAPPENS if one == fields.get("action")), None)
        problems = [_UNREADABLE] if verb is None else self._done(verb, fields, alert, place)
        if not problems:
            return RedirectResponse(f"{request.url.path}#history", 303)
        return self.pages.shown(request, place, Undone(verb or "", problems, fields))

    def _done(
        self, verb: Verb, fields: Mapping[str, str], alert: Alert, place: Place
    ) -> list[Text]:
        """Does it; what is wrong, if anything is."""
        dependencies = self.pages.dependencies
        now_us, label = dependencies.clock(), place.reader.key.label
        try:
            action = read_action(verb, _document(verb, fields), now_us)
            act_on(dependencies.store, alert.alert_id, action, label, now_us)
        except InvalidDocument as error:
            return [Text(fault.message_zh, fault.message) for fault in error.faults]
        except Wrong:
            return [_not_in_this_state(alert)]
        return []


def _document(verb: Verb, fields: Mapping[str, str]) -> dict[str, object]:
    """What a form says, as it would be sent over HTTP."""
    match verb:
        case "assign":
            return {"assignee": fields.get("assignee", "")}
        case "silence":
            day = parse_day(fields.get("until_day", ""))
            ends = day is not None and day < date.max
            until_us = midnight_us(day + timedelta(days=1)) if day and ends else 0
            return {"until": china_datetime(until_us).isoformat()}
        case _:
            return {"text": fields.get("text", "")}


def _not_in_this_state(alert: Alert) -> Text:
    state = STATES[alert.state]
    return Text(
        f"预警目前是「{state.zh}」，不接受这一操作；请看下面的最新状态",
        f"the alert is {state.en} and does not take this; see below how it stands",
    )

"""The operations on alerts, and the schemas of what they send and take."""

from typing import Any, get_args

from api import openapi_examples as examples
from api.alert_query import KINDS, RULE_ID, STATES
from api.openapi_figures import page_parameters
from api.openapi_schemas import (
    BODY,
    EVERYWHERE,
    json_answer,
    json_body,
    operation,
    parameter,
)
from wuguan.domain.alerting.action import HAPPENS, LONGEST_ASSIGNEE, LONGEST_NOTE, Verb
from wuguan.domain.alerting.life import Cause, Happened
from wuguan.domain.alerting.rule import SEVERITIES, Statistic
from wuguan.domain.forms import UNIT_ID
from wuguan.domain.roster import LEVELS

Part = dict[str, Any]

_TEXT: Part = {"type": "string"}
_NULLABLE: Part = {"type": ["string", "null"]}
_DAY: Part = {"type": "string", "format": "date"}
_OPEN_DAY: Part = {"type": ["string", "null"], "format": "date"}
_NUMBER: Part = {"type": ["number", "null"]}
_COUNT: Part = {"type": "integer", "minimum": 0}
_NOTE: Part = {"type": "string", "maxLength": LONGEST_NOTE}
_SUMMARIES: dict[Verb, str] = {
    "acknowledge": "Acknowledge an alert 签收预警",
    "assign": "Assign an alert, or nobody 指定责任督学",
    "note": "Add a note 添加备注",
    "silence": "Silence an alert until an instant 暂停提醒",
    "unsilence": "No longer silence an alert 恢复提醒",
}


def alert_paths() -> dict[str, Part]:
    """The operations by path."""
    found = {"/v1/alerts": {"get": _get_alerts()}, "/v1/alerts/{alert_id}": {"get": _get_alert()}}
    for verb in HAPPENS:
        found[f"/v1/alerts/{{alert_id}}/{verb}"] = {"post": _post(verb)}
    return found


def alert_schemas() -> dict[str, Part]:
    """What is sent and taken, by name."""
    row = _row()
    history = {"type": "array", "items": _entry()}
    one = {**row, "properties": {**row["properties"], "history": history}}
    one["required"] = [*row["required"], "history"]
    note = {"type": "object", "properties": {"text": _NOTE}, "additionalProperties": False}
    return {
        "Alerts": _object(rows={"type": "array", "items": row}, next=_NULLABLE),
        "Alert": one,
        "AlertAcknowledge": note,
        "AlertAssign": _object(assignee={"type": "string", "maxLength": LONGEST_ASSIGNEE}),
        "AlertNote": {**note, "required": ["text"]},
        "AlertSilence": _object(until={"type": "string", "format": "date-time"}),
        "AlertUnsilence": note,
    }


def _get_alerts() -> Part:
    parameters = [
        parameter("unit", "query", {"type": "string", "pattern": f"^{UNIT_ID}$"},
                  "The unit and all below it; absent = the key's own, needed with the admin key"
                  " 本单位及下级;省略为密钥所属单位,使用管理密钥时必填", example="990101"),
        _several("state", STATES, "Repeat for several; absent = all that are open"
                 " 可重复,省略为全部未结束的"),
        _several("kind", KINDS, "Repeat for several; absent = both 可重复,省略为两类"),
        _several("severity", SEVERITIES, "Repeat for several; absent = all 可重复,省略为全部"),
        parameter("rule", "query", {"type": "string", "pattern": f"^{RULE_ID}$"}, "Rule 预警规则"),
        *page_parameters(),
        parameter("If-None-Match", "header", _TEXT, "`ETag` of the answer before 上次应答的 ETag"),
    ]  # fmt: skip
    page = json_answer("A page of alerts 一页预警", "Alerts", alerts=examples.ALERTS)
    page["headers"] = {"ETag": {"description": "Names this answer 应答标识", "schema": _TEXT}}
    unchanged = {"description": "Nothing has changed since that answer 自上次应答以来没有变化"}
    return operation(
        "getAlerts", "alerts", "Alerts of a unit and all below it 读取预警",
        {"200": page, "304": unchanged},
        (*EVERYWHERE, "bad-query", "not-found"), parameters=parameters,
    )  # fmt: skip


def _get_alert() -> Part:
    return operation(
        "getAlert", "alerts", "One alert and its history 一条预警及其经过",
        {"200": _one()}, (*EVERYWHERE, "not-found"), parameters=[_alert_id()],
    )  # fmt: skip


def _post(verb: Verb) -> Part:
    return operation(
        f"{verb}Alert", "alerts", _SUMMARIES[verb], {"200": _one()},
        (*EVERYWHERE, *BODY, "not-found", "alert-state", "invalid-document"),
        parameters=[_alert_id()],
        requestBody=json_body(f"Alert{verb.capitalize()}", examples.ACTIONS[verb]),
    )  # fmt: skip


def _one() -> Part:
    return json_answer("The alert as it stands 预警现状", "Alert", alert=examples.ALERT)


def _alert_id() -> Part:
    return parameter("alert_id", "path", _TEXT, "Which alert 预警编号", required=True,
                     example=examples.ALERT["id"])  # fmt: skip


def _several(name: str, words: tuple[str, ...], description: str) -> Part:
    schema = {"type": "array", "items": {"type": "string", "enum": list(words)}}
    return parameter(name, "query", schema, description, explode=True)


def _row() -> Part:
    return _object(
        id=_TEXT, rule_id=_TEXT, title=_TEXT, title_zh=_TEXT, kind={"enum": list(KINDS)},
        unit=_TEXT, unit_name=_TEXT, level={"enum": [*LEVELS, None]}, system=_NULLABLE,
        state={"enum": list(STATES)}, severity={"enum": list(SEVERITIES)},
        breach_days={"type": "array", "items": _DAY}, fired_on=_OPEN_DAY, ended_on=_OPEN_DAY,
        cause={"enum": [*get_args(Cause), None]}, value=_NUMBER, threshold=_NUMBER,
        statistic={"enum": [*get_args(Statistic), None]}, assignee=_NULLABLE,
        silenced_until={"type": ["string", "null"], "format": "date-time"}, entries=_COUNT,
    )  # fmt: skip


def _entry() -> Part:
    return _object(
        number=_COUNT, happened={"enum": list(get_args(Happened))},
        at={"type": "string", "format": "date-time"}, day=_OPEN_DAY,
        severity={"enum": list(SEVERITIES)}, value=_NUMBER,
        cause={"enum": [*get_args(Cause), None]}, step={"type": ["integer", "null"]}, text=_TEXT,
        by=_NULLABLE,
    )  # fmt: skip


def _object(**properties: Part) -> Part:
    return {"type": "object", "properties": properties, "required": list(properties)}

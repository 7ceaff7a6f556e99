"""The OpenAPI document: every path, parameter, body and answer, with examples.

Handlers read requests by hand, so the document is written by hand too; tests hold the two
together.
"""

from collections.abc import Sequence
from typing import Any

from api import openapi_examples as examples
from api.openapi_alerts import alert_paths, alert_schemas
from api.openapi_events import event_schemas
from api.openapi_figures import (
    get_of_school,
    get_replies,
    get_schools_in_line,
    get_tallies,
)
from api.openapi_schemas import (
    BODY,
    EVERYWHERE,
    answer,
    answer_schemas,
    json_answer,
    json_body,
    operation,
    parameter,
)
from api.problems import ProblemName

Part = dict[str, Any]

VERSION = "1"


def document() -> Part:
    """The document, complete."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Wuguan 五管",
            "version": VERSION,
            "summary": "Five managements of schools: push events, read figures. 五项管理监测接口",
            "description": (
                "Schools push CloudEvents; bureaus and schools read figures. docs/events.md is the"
                " contract in words.\n\n学校推送事件,教育行政部门与学校读取统计结果。"
                "完整的文字说明见 docs/events.md。"
            ),
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "tags": [
            {"name": "events", "description": "Pushing events 推送事件"},
            {"name": "figures", "description": "Reading figures 读取数据"},
            {"name": "alerts", "description": "Following alerts 预警"},
            {"name": "administration", "description": "Roster, calendar, keys 名册、校历与密钥"},
            {"name": "operation", "description": "Health and metrics 运行状态"},
        ],
        "paths": _paths(),
        "components": {
            "securitySchemes": {
                "key": {"type": "http", "scheme": "bearer", "description": "A key 密钥: `wg_…`"}
            },
            "schemas": {**event_schemas(), **answer_schemas(), **alert_schemas()},
        },
    }


def _paths() -> dict[str, Part]:
    return {
        "/v1/events": {"post": _post_events()},
        "/v1/tallies": {"get": get_tallies()},
        "/v1/schools-in-line": {"get": get_schools_in_line()},
        "/v1/findings": {
            "get": get_of_school("findings", "What looks wrong, and how to mend it 待核查的数据",
                              "Findings", examples.FINDINGS)
        },
        "/v1/replies": {"get": get_replies(), "put": _put_reply()},
        "/v1/rejects": {
            "get": get_of_school("rejects", "What was refused, and how to mend it 被拒收的事件",
                              "Rejects", examples.REJECTS)
        },
        **alert_paths(),
        "/v1/roster": {
            "put": _put("roster", "Put units, schools, classes 写入名册", examples.ROSTER)
        },
        "/v1/calendar": {
            "put": _put("calendar", "Put a unit's calendar 写入单位的校历", examples.CALENDAR)
        },
        "/v1/keys": {"get": _get_keys(), "post": _post_keys()},
        "/v1/keys/{key_id}": {"delete": _delete_key()},
        "/healthz": {"get": _health("healthz", "The process lives 进程存活", ())},
        "/readyz": {"get": _health("readyz", "It can work 可以工作", ("unavailable",))},
        "/metrics": {"get": _metrics()},
        "/openapi.json": {
            "get": operation("openapi", "operation", "This document 本文档",
                              {"200": json_answer("The document", "Anything")}, ())
        },
        "/docs": {
            "get": operation("docs", "operation", "This document as a page 文档页面",
                              {"200": answer("A page", {"text/html": {}})}, ())
        },
    }  # fmt: skip


def _post_events() -> Part:
    text = {"type": "string"}
    content = {
        "application/cloudevents-batch+json": {
            "schema": {
                "type": "array",
                "items": {"$ref": "#/components/schemas/Event"},
                "minItems": 1,
                "maxItems": 1000,
            },
            "examples": {"batch": {"summary": "Several events 多条", "value": examples.BATCH}},
        },
        "application/cloudevents+json": {
            "schema": {"$ref": "#/components/schemas/Event"},
            "examples": {"structured": {"summary": "One event 单条", "value": examples.EVENT}},
        },
        "application/json": {
            "schema": {"type": "object"},
            "examples": {
                "binary": {
                    "summary": "`data` only, attributes in ce-* headers 仅 data",
                    "value": examples.BINARY,
                }
            },
        },
    }
    headers = [
        parameter(name, "header", text, "Binary mode only 仅 binary 模式", example=value)
        for name, value in examples.BINARY_HEADERS.items()
    ]
    headers += [
        parameter("Content-Encoding", "header", {"enum": ["gzip", "identity"]}, "gzip is taken"),
        parameter(
            "Idempotency-Key", "header", {"type": "string", "maxLength": 128},
            "The same key with the same body gets the first answer again for 24 h"
            " 24 小时内相同的值与内容得到相同的应答",
        ),
    ]  # fmt: skip
    accepted = json_answer(
        "Durably taken; `items` lists what was not plainly accepted"
        " 已持久保存,items 列出未正常接收的事件",
        "Answer",
        all_accepted=examples.ALL_ACCEPTED,
        some_rejected=examples.SOME_REJECTED,
    )
    return operation(
        "postEvents", "events", "Push events 推送事件", {"202": accepted},
        (*EVERYWHERE, *BODY, "conflict", "idempotency-mismatch"),
        description="At most 1 MiB on the wire, 8 MiB unpacked, 1,000 events."
        " 每次请求不超过 1 MiB(解压后 8 MiB)、1000 条事件。",
        parameters=headers,
        requestBody={"required": True, "content": content},
    )  # fmt: skip


def _put(name: str, summary: str, example: Part) -> Part:
    changed = json_answer("Taken 已生效", "Changed", changed=examples.CHANGED)
    return operation(
        f"put{name.capitalize()}", "administration", summary, {"200": changed},
        (*EVERYWHERE, *BODY, "invalid-document"),
        requestBody=json_body(name.capitalize(), example),
    )  # fmt: skip


def _put_reply() -> Part:
    return operation(
        "putReply", "figures", "Reply to a finding 填写学校说明",
        {"204": {"description": "It stands in place of the one before; an empty text takes that"
                                " back 取代原说明;text 为空即收回"}},
        (*EVERYWHERE, *BODY, "invalid-document"),
        requestBody=json_body("Reply", examples.REPLY),
    )  # fmt: skip


def _get_keys() -> Part:
    page = json_answer("All keys in force 所有有效密钥", "Keys", keys=examples.KEYS)
    return operation("getKeys", "administration", "List keys 列出密钥", {"200": page}, EVERYWHERE)


def _post_keys() -> Part:
    issued = json_answer("Shown this once 仅显示这一次", "IssuedKey", issued=examples.ISSUED)
    return operation(
        "postKey", "administration", "Issue a key 发放密钥", {"201": issued},
        (*EVERYWHERE, *BODY, "invalid-document"),
        requestBody=json_body("NewKey", examples.NEW_KEY),
    )  # fmt: skip


def _delete_key() -> Part:
    key_id = parameter("key_id", "path", {"type": "string"}, "Which key 密钥编号", required=True)
    return operation(
        "deleteKey", "administration", "End a key 停用密钥",
        {"204": {"description": "It is refused from now on 立即失效"}},
        (*EVERYWHERE, "not-found", "last-admin-key"), parameters=[key_id],
    )  # fmt: skip


def _health(name: str, summary: str, failures: Sequence[ProblemName]) -> Part:
    ok = json_answer("Yes 是", "Anything", ok={"status": "ok"})
    return operation(name, "operation", summary, {"200": ok}, failures)


def _metrics() -> Part:
    plain = answer("Prometheus' text format", {"text/plain": {"schema": {"type": "string"}}})
    return operation("metrics", "operation", "Figures of the process 进程指标", {"200": plain}, ())

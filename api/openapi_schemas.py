"""The parts that OpenAPI operations are made of, and the schemas of documents and answers."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, get_args

from api.problems import KINDS, ProblemName
from wuguan.domain.forms import CLASS_ID, SCHOOL_ID, UNIT_ID
from wuguan.domain.managements import MANAGEMENTS, METRICS
from wuguan.domain.measuring import Finding
from wuguan.domain.reply import LONGEST_TEXT
from wuguan.domain.roster import LEVELS, STAGES, SYSTEMS
from wuguan.domain.schools_in_line import SHARED_METRICS
from wuguan.ports import Scope

Part = dict[str, Any]

_TEXT: Part = {"type": "string"}
_COUNT: Part = {"type": "integer", "minimum": 0}
_FIGURE: Part = {"type": ["integer", "null"], "minimum": 0}
_RATE: Part = {"type": ["number", "null"]}
_DAY: Part = {"type": "string", "format": "date"}
_OPEN_DAY: Part = {"type": ["string", "null"], "format": "date"}
_NULLABLE: Part = {"type": ["string", "null"]}


EVERYWHERE: tuple[ProblemName, ...] = (
    "unauthorized", "forbidden", "too-many-requests", "unavailable",
)  # fmt: skip
"""What a route for keys may answer."""
BODY: tuple[ProblemName, ...] = ("bad-request", "too-large", "unsupported-media-type")
"""What a route that takes a document may answer as well."""


def security() -> list[Part]:
    """A key is needed."""
    return [{"key": []}]


def parameter(
    name: str, place: str, schema: Part, description: str, *, required: bool = False,
    example: Any = None, explode: bool | None = None,
) -> Part:  # fmt: skip
    """A parameter in header, path or query."""
    part: Part = {"name": name, "in": place, "required": required, "description": description,
                  "schema": schema}  # fmt: skip
    if example is not None:
        part["example"] = example
    if explode is not None:
        part["explode"] = explode
    return part


def operation(
    name: str, tag: str, summary: str, responses: Part, failures: Sequence[ProblemName],
    **more: Any,
) -> Part:  # fmt: skip
    """An operation of a path, with the problems that it may answer."""
    described = {
        "operationId": name,
        "tags": [tag],
        "summary": summary,
        **more,
        "responses": {**responses, **problems(failures)},
    }
    if "unauthorized" in failures:
        described["security"] = security()
    return described


def json_body(schema: str, example: Part) -> Part:
    """A JSON document that is sent."""
    content = {"schema": {"$ref": f"#/components/schemas/{schema}"}, "example": example}
    return {"required": True, "content": {"application/json": content}}


def answer(description: str, content: Part) -> Part:
    """An answer by its media types."""
    return {"description": description, "content": content}


def json_answer(description: str, schema: str, **examples: Part) -> Part:
    """An answer in JSON."""
    content: Part = {"schema": {"$ref": f"#/components/schemas/{schema}"}}
    if examples:
        content["examples"] = {name: {"value": value} for name, value in examples.items()}
    return answer(description, {"application/json": content})


def problems(names: Sequence[ProblemName]) -> Part:
    """The answers that say what is wrong, by status."""
    by_status: defaultdict[str, list[ProblemName]] = defaultdict(list)
    for name in names:
        by_status[str(KINDS[name].status)].append(name)
    return {status: _problem(of) for status, of in sorted(by_status.items())}


def _problem(names: Sequence[ProblemName]) -> Part:
    described = " / ".join(f"{KINDS[name].title} {KINDS[name].title_zh}" for name in names)
    content: Part = {
        "schema": {"$ref": "#/components/schemas/Problem"},
        "examples": {name: {"value": _example(name)} for name in names},
    }
    part = answer(described, {"application/problem+json": content})
    if KINDS[names[0]].status in (429, 503):
        part["headers"] = {
            "Retry-After": {"schema": {"type": "integer"}, "description": "Seconds 秒"}
        }
    return part


def _example(name: ProblemName) -> Part:
    kind = KINDS[name]
    return {
        "type": f"/docs#problem-{name}",
        "title": kind.title,
        "title_zh": kind.title_zh,
        "status": kind.status,
        "detail": "…",
        "detail_zh": "……",
    }


def answer_schemas() -> dict[str, Part]:
    """Documents and answers by name."""
    return {
        "Anything": {},
        "Problem": _problem_schema(),
        "Answer": _object(accepted=_COUNT, duplicates=_COUNT, rejected=_COUNT,
                          items={"type": "array", "items": _item()}),
        "Roster": _optional(units=_list(_unit()), schools=_list(_school()),
                            classes=_list(_class())),
        "Calendar": _calendar(),
        "Changed": _object(changed=_COUNT, remeasure=_COUNT),
        "NewKey": _new_key(),
        "IssuedKey": _object(key_id=_TEXT, key=_TEXT),
        "Keys": _page(_object(key_id=_TEXT, scope={"enum": list(get_args(Scope))},
                              label=_TEXT, created_at=_TEXT)),
        "Tallies": _tallies(),
        "SchoolsInLine": _schools_in_line(),
        "Findings": _page(_object(
            day=_DAY, class_id=_TEXT, management=_TEXT, kind={"enum": list(get_args(Finding))},
            message=_TEXT, message_zh=_TEXT, settled={"type": "boolean"})),
        "Reply": _object(**_reply()),
        "Replies": _page(_object(**_reply(), said_at=_TEXT)),
        "Rejects": _page(_object(
            received_at=_TEXT, source=_NULLABLE, type=_NULLABLE, id=_NULLABLE, code=_TEXT,
            path=_TEXT, message=_TEXT, message_zh=_TEXT)),
    }  # fmt: skip


def _object(**properties: Part) -> Part:
    return {"type": "object", "properties": properties, "required": list(properties)}


def _optional(**properties: Part) -> Part:
    return {"type": "object", "properties": properties, "additionalProperties": False}


def _list(of: Part) -> Part:
    return {"type": "array", "items": of}


def _page(row: Part) -> Part:
    return _object(rows=_list(row), next=_NULLABLE)


def _problem_schema() -> Part:
    fault = _object(path=_TEXT, code=_TEXT, message=_TEXT, message_zh=_TEXT)
    schema = _object(
        type=_TEXT, title=_TEXT, title_zh=_TEXT, status={"type": "integer"}, detail=_TEXT,
        detail_zh=_TEXT,
    )  # fmt: skip
    schema["properties"]["errors"] = _list(fault)
    return schema


def _item() -> Part:
    schema = _object(index=_COUNT, id=_NULLABLE, status={"enum": ["rejected", "duplicate"]})
    schema["properties"] |= {
        "code": _TEXT, "path": _TEXT, "message": _TEXT, "message_zh": _TEXT,
    }  # fmt: skip
    return schema


def _unit() -> Part:
    schema = _optional(
        unit_id=_form(UNIT_ID), level={"enum": [one for one in LEVELS if one != "school"]},
        name=_TEXT, parent=_NULLABLE, valid_from=_OPEN_DAY, valid_to=_OPEN_DAY,
    )  # fmt: skip
    return {**schema, "required": ["unit_id", "level", "name"]}


def _school() -> Part:
    schema = _optional(
        school_id=_form(SCHOOL_ID), name=_TEXT, parent=_NULLABLE, system={"enum": list(SYSTEMS)},
        valid_from=_OPEN_DAY, valid_to=_OPEN_DAY,
    )  # fmt: skip
    return {**schema, "required": ["school_id", "name", "system"]}


def _class() -> Part:
    nil = _optional(management={"enum": list(MANAGEMENTS)}, to=_OPEN_DAY)
    nil["properties"]["from"] = _DAY
    enrolment = _optional(pupils=_COUNT)
    enrolment["properties"]["from"] = _DAY
    schema = _optional(
        school_id=_form(SCHOOL_ID), class_id=_form(CLASS_ID), stage={"enum": list(STAGES)},
        entry_year={"type": "integer"}, valid_from=_OPEN_DAY, valid_to=_OPEN_DAY,
        standing_nil=_list(nil), enrolment=_list(enrolment),
    )  # fmt: skip
    return {**schema, "required": ["school_id", "class_id", "stage", "entry_year"]}


def _calendar() -> Part:
    stages = _list({"enum": list(STAGES)})
    days: Part = {"from": _DAY, "to": _DAY, "stages": stages}
    term = _optional(**days)
    exception = _optional(**days, school_day={"type": "boolean"}, reason=_TEXT)
    plan = _optional(
        metric={"enum": [name for name in METRICS if not name.endswith(".reporting")]},
        every={"enum": ["day", "week"]}, weekday={"type": "integer", "minimum": 1, "maximum": 7},
        **{"from": _DAY},
    )  # fmt: skip
    schema = _optional(
        unit_id=_form(UNIT_ID), terms=_list(term), exceptions=_list(exception), plan=_list(plan)
    )
    return {**schema, "required": ["unit_id"]}


def _new_key() -> Part:
    label: Part = {"type": "string", "minLength": 1, "maxLength": 200}
    return {
        "oneOf": [
            _object(scope={"const": "ingest"}, school_id=_form(SCHOOL_ID), label=label),
            _object(scope={"enum": ["read", "follow"]}, unit_id=_form(UNIT_ID), label=label),
            _object(scope={"const": "admin"}, label=label),
        ]
    }


def _tallies() -> Part:
    row = _object(
        day=_DAY, unit=_TEXT, class_id=_NULLABLE, grade={"type": ["integer", "null"]},
        stage=_NULLABLE, metric={"enum": list(METRICS)}, expected=_FIGURE, reported=_FIGURE,
        judged=_FIGURE, compliant=_FIGURE, total=_FIGURE,
        bins={"type": ["array", "null"], "items": _COUNT}, reporting_rate=_RATE,
        compliance_rate=_RATE, mean=_RATE, rule=_NULLABLE,
    )  # fmt: skip
    row["properties"]["withheld"] = {"type": "boolean"}
    return _object(
        rows=_list(row), next=_NULLABLE, as_of={"type": "string", "format": "date-time"},
        settled={"type": "boolean"},
    )  # fmt: skip


def _schools_in_line() -> Part:
    counts = {"expected": _COUNT, "reported": _COUNT, "judged": _COUNT, "compliant": _COUNT}
    metric: Part = {"enum": list(SHARED_METRICS)}
    row = _object(
        day=_DAY, to=_DAY, unit=_TEXT, stage=_NULLABLE, metric=metric, **counts, share=_RATE,
        rule=_NULLABLE,
    )  # fmt: skip
    school = _object(
        school_id=_TEXT, name=_NULLABLE, stage={"enum": list(STAGES)}, metric=metric,
        management={"enum": list(MANAGEMENTS)}, **counts, compliance_rate=_RATE, rule=_NULLABLE,
    )  # fmt: skip
    return _object(
        rows=_list(row), checking=_list(school), next=_NULLABLE,
        as_of={"type": "string", "format": "date-time"}, settled={"type": "boolean"},
    )  # fmt: skip


def _reply() -> dict[str, Part]:
    return {
        "school_id": _form(SCHOOL_ID),
        "day": _DAY,
        "management": {"enum": list(MANAGEMENTS)},
        "kind": {"enum": list(get_args(Finding))},
        "text": {"type": "string", "maxLength": LONGEST_TEXT},
    }


def _form(form: str) -> Part:
    return {"type": "string", "pattern": f"^{form}$"}

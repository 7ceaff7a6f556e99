"""The operations that read figures, findings, replies and rejects."""

from collections.abc import Sequence
from typing import Any, get_args

from api import openapi_examples as examples
from api.openapi_schemas import EVERYWHERE, json_answer, operation, parameter
from api.schools_in_line import By as CountedBy
from api.tally_query import ASKED_LEVELS, By
from wuguan.domain.forms import SCHOOL_ID, UNIT_ID
from wuguan.domain.managements import METRICS
from wuguan.domain.periods import PERIOD_GRAINS, Grain
from wuguan.domain.schools_in_line import SHARED_METRICS

Part = dict[str, Any]

_DAY: Part = {"type": "string", "format": "date"}


def get_tallies() -> Part:
    """`GET /v1/tallies`."""
    parameters = [
        parameter("level", "query", _words(ASKED_LEVELS), "The unit's own level, or class 层级",
                  required=True, example="school"),
        parameter("unit", "query", {"type": "string", "pattern": f"^{UNIT_ID}$"}, "Unit 单位",
                  required=True, example=examples.SCHOOL_ID),
        parameter("metric", "query", {"type": "array", "items": _words(list(METRICS))},
                  "Repeat for several; absent = all 可重复,省略为全部", explode=True),
        parameter("from", "query", _DAY, "First day 起始日", required=True, example="2026-09-14"),
        parameter("to", "query", _DAY, "Last day, included 截止日(含)", required=True,
                  example="2026-09-18"),
        parameter("children", "query", _words(("true", "false"), "false"),
                  "Rows of the unit's children 下级单位的行"),
        parameter("by", "query", _words(get_args(By), "grade"), "What is summed 汇总方式"),
        parameter("grain", "query", _words(get_args(Grain), "day"), "Summed over days 时间粒度"),
        *page_parameters(),
    ]  # fmt: skip
    page = json_answer("A page of rows 一页数据", "Tallies", tallies=examples.TALLIES)
    _also_as_csv(page, examples.CSV)
    return operation(
        "getTallies", "figures", "Read figures 读取统计数据", {"200": page},
        (*EVERYWHERE, "bad-query", "not-found"), parameters=parameters,
    )  # fmt: skip


def get_schools_in_line() -> Part:
    """`GET /v1/schools-in-line`."""
    parameters = [
        parameter("unit", "query", {"type": "string", "pattern": f"^{UNIT_ID}$"}, "Unit 单位",
                  required=True, example="990101"),
        parameter("metric", "query", {"type": "array", "items": _words(SHARED_METRICS)},
                  "Repeat for several; absent = all 可重复,省略为全部", explode=True),
        parameter("grain", "query", _words(PERIOD_GRAINS, "halfmonth"), "The period 时间段"),
        parameter("day", "query", _DAY, "Any day of the period; absent = today"
                  " 时间段内任意一天,省略为今天", example="2026-09-15"),
        parameter("by", "query", _words(get_args(CountedBy), "stage"), "What is summed 汇总方式"),
        parameter("children", "query", _words(("true", "false"), "false"),
                  "Rows of the unit's children 下级单位的行"),
        *page_parameters(),
    ]  # fmt: skip
    page = json_answer(
        "A page of shares; `checking` stands on the first 一页占比,首页附需核查学校",
        "SchoolsInLine", schools_in_line=examples.SCHOOLS_IN_LINE,
    )  # fmt: skip
    _also_as_csv(page, examples.CSV_OF_SHARES)
    return operation(
        "getSchoolsInLine", "figures", "Count schools in line 读取符合规定学校占比", {"200": page},
        (*EVERYWHERE, "bad-query", "not-found"), parameters=parameters,
    )  # fmt: skip


def get_of_school(name: str, summary: str, schema: str, example: Part) -> Part:
    """`GET /v1/findings` or `GET /v1/rejects`."""
    parameters = [
        parameter("school_id", "query", {"type": "string", "pattern": f"^{SCHOOL_ID}$"},
                  "Needed with the admin key 使用管理密钥时必填", example=examples.SCHOOL_ID),
        *_days(), *page_parameters(),
    ]  # fmt: skip
    page = json_answer("A page of rows 一页数据", schema, **{name: example})
    return operation(
        f"get{name.capitalize()}", "figures", summary, {"200": page},
        (*EVERYWHERE, "bad-query"), parameters=parameters,
    )  # fmt: skip


def get_replies() -> Part:
    """`GET /v1/replies`."""
    parameters = [
        parameter("unit", "query", {"type": "string", "pattern": f"^{UNIT_ID}$"},
                  "Absent = the key's own; needed with the admin key"
                  " 省略为密钥所属单位,使用管理密钥时必填", example="990101"),
        *_days(), *page_parameters(),
    ]  # fmt: skip
    page = json_answer("A page of rows 一页数据", "Replies", replies=examples.REPLIES)
    return operation(
        "getReplies", "figures", "What schools say to findings 读取学校说明", {"200": page},
        (*EVERYWHERE, "bad-query", "not-found"), parameters=parameters,
    )  # fmt: skip


def _days() -> list[Part]:
    return [
        parameter("from", "query", _DAY, "First day; by default 30 days 起始日,默认最近 30 天"),
        parameter("to", "query", _DAY, "Last day, included 截止日(含)"),
    ]


def page_parameters() -> list[Part]:
    """How many rows to answer, and after which."""
    limit = {"type": "integer", "minimum": 1, "maximum": 10_000, "default": 1_000}
    return [
        parameter("limit", "query", limit, "Rows a page, at most 每页最多行数"),
        parameter("cursor", "query", {"type": "string"}, "`next` of the page before 上一页的 next"),
    ]


def _words(of: Sequence[str], default: str | None = None) -> Part:
    return {"type": "string", "enum": list(of), **({"default": default} if default else {})}


def _also_as_csv(page: Part, example: str) -> None:
    page["content"]["text/csv"] = {"schema": {"type": "string"}, "example": example}
    page["headers"] = {
        "Link": {
            "description": "With CSV: the next page CSV 的下一页",
            "schema": {"type": "string"},
        }
    }

"""`GET /v1/findings`: what looks wrong in a school's accepted facts, and how to mend it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

import msgspec
from anyio import to_thread
from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

from api.authentication import Authentication
from api.dependencies import Dependencies
from api.paging import cursor_to, place_of
from api.school_query import SchoolQuery, read_school_query
from wuguan.domain.measuring import Finding
from wuguan.ports import FindingRow, Settled


class Message(NamedTuple):
    """What a finding means, and how to mend it."""

    english: str
    chinese: str


MESSAGES: Mapping[Finding, Message] = {
    "conflict": Message(
        "two statements with the same source, id and time contradict each other, so one was"
        " dropped: state the fact again with a later `time`, and give every event its own id",
        "有两条 source、id、time 都相同而内容不同的事件,只保留了其中一条;"
        "请用更晚的 time 重新上报正确内容,并保证每条事件的 id 唯一",
    ),
    "enrolment_understated": Message(
        "more pupils are reported than the roster has in this class: correct the class's"
        " enrolment in the roster, or withdraw what was reported for the wrong class",
        "上报的学生数多于名册中的班额;请更正名册中的学生数,或撤回误报到本班的事件",
    ),
    "two_sources_differ": Message(
        "the class return (or survey) and the detail give different figures for the same day:"
        " compare both, and correct or withdraw the one that is wrong",
        "班级汇总(或问卷)与明细对同一天给出了不同的结果;请核对两者,更正或撤回有误的一方",
    ),
    "mean_estimated": Message(
        "the mean is estimated from the bins of a survey; for an exact one send `minutes_total`"
        " (sleep), or the detail",
        "均值由问卷分档估算得出;如需准确均值,请填 minutes_total(睡眠)或上报明细",
    ),
    "off_plan": Message(
        "the plan does not ask for this on that day, so it is kept and not counted: report it on"
        " the days of the plan, or have the plan changed",
        "当天不在采集计划内,事件已保存但不计入;请在计划规定的日子上报,或申请调整计划",
    ),
}


def message_of(kind: str) -> Message:
    """What a finding means; of a kind that this version does not know its name."""
    return MESSAGES.get(kind, Message(kind, kind))  # type: ignore[call-overload, no-any-return]  # a kind as stored is a str


class _Place(Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    day: date
    class_id: str
    management: str
    kind: str


@dataclass(frozen=True)
class Findings:
    """Shows a school what looks wrong, in order of day and class."""

    dependencies: Dependencies
    authentication: Authentication

    async def get_findings(self, request: Request) -> Response:
        """A page of rows."""
        key = await self.authentication.allow(request, "read", "ingest", "admin")
        today = self.dependencies.today()
        asked, read = read_school_query("findings", request.query_params, key, today)
        after = None
        if asked.cursor is not None:
            after = place_of(asked.cursor, asked.fingerprint, _Place)
            if after is None:
                read.bad_cursor()
                read.end()
        rows, settled = await to_thread.run_sync(self._read, asked, after)
        following = None
        if len(rows) > asked.limit:
            rows = rows[: asked.limit]
            last = rows[-1]
            place = [last.day, last.class_id, last.management, last.kind]
            following = cursor_to(asked.fingerprint, place)
        page = {"rows": [_shown(row, settled.settled) for row in rows], "next": following}
        return Response(msgspec.json.encode(page), media_type="application/json")

    def _read(
        self, asked: SchoolQuery, after: _Place | None
    ) -> tuple[Sequence[FindingRow], Settled]:
        row = None
        if after is not None:
            row = FindingRow(after.day, after.class_id, after.management, after.kind)
        with self.dependencies.store.figures.reading() as reading:
            rows = reading.findings(
                asked.school_id, asked.from_day, asked.to_day, row, asked.limit + 1
            )
            return rows, reading.settled([asked.school_id], [asked.school_id])


def _shown(row: FindingRow, settled: bool) -> dict[str, Any]:
    message = message_of(row.kind)
    return {
        "day": row.day,
        "class_id": row.class_id,
        "management": row.management,
        "kind": row.kind,
        "message": message.english,
        "message_zh": message.chinese,
        "settled": settled,
    }

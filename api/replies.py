"""`/v1/replies`: what schools say to the findings in their data."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from typing import Any

import msgspec
from anyio import to_thread
from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

from api.authentication import Authentication
from api.dependencies import Dependencies
from api.documents import read_document
from api.paging import cursor_to, fingerprint, place_of
from api.parameters import Parameters
from api.problems import forbidden, invalid_document
from api.school_query import days_asked
from api.tally_query import allow_unit
from wuguan.domain.errors import Fault, InvalidDocument
from wuguan.domain.forms import UNIT_ID
from wuguan.domain.instants import china_datetime
from wuguan.domain.managements import MANAGEMENTS
from wuguan.domain.organisation import Organisation
from wuguan.domain.reply import FindingKey, Reply, read_reply
from wuguan.ports import ApiKey, Store

LIMIT_BYTES = 64 * 1024
KNOWN = ("unit", "from", "to", "limit", "cursor")
_DAY = timedelta(days=1)
_FINDINGS_OF_A_DAY = 100_000
"""More than any school has."""
_NO_SUCH_FINDING = Fault(
    "", "unknown_finding",
    "the school has no such finding; take day, management and kind as GET /v1/findings shows them,"
    " or send an empty text to take a reply back",
    "该校没有这项待核对的数据；day、management、kind 请按 GET /v1/findings 所示填写，"
    "收回说明请将 text 留空",
)  # fmt: skip


class _Asked(Struct, frozen=True):
    """A query about the schools of a unit; days included."""

    unit: str
    from_day: date
    to_day: date
    after: FindingKey | None
    limit: int
    fingerprint: str


@dataclass(frozen=True)
class SchoolReplies:
    """Takes replies from schools, and shows them to whoever may see the schools."""

    dependencies: Dependencies
    authentication: Authentication

    async def put_or_show(self, request: Request) -> Response:
        """`PUT` or `GET`: one route, so that 405 names both."""
        return await (self.put(request) if request.method == "PUT" else self.show(request))

    async def put(self, request: Request) -> Response:
        """`PUT`: what the school of the key says."""
        key = await self.authentication.allow(request, "ingest", "read")
        document = await read_document(request, LIMIT_BYTES)
        try:
            reply = read_reply(document, MANAGEMENTS, self.dependencies.clock())
        except InvalidDocument as error:
            raise invalid_document(error.faults) from None
        if key.unit_id != reply.finding.school_id:
            raise forbidden("a key of the school itself", "该校自己的密钥")
        if not await to_thread.run_sync(keep, self.dependencies.store, reply):
            raise invalid_document([_NO_SUCH_FINDING])
        return Response(status_code=204)

    async def show(self, request: Request) -> Response:
        """`GET`: a page of rows."""
        key = await self.authentication.allow(request, "read", "admin")
        asked = _read_query(request, key, self.dependencies.today())
        rows = await to_thread.run_sync(self._read, asked, key)
        following = None
        if len(rows) > asked.limit:
            rows = rows[: asked.limit]
            following = cursor_to(asked.fingerprint, rows[-1].finding)
        page = {"rows": [_shown(row) for row in rows], "next": following}
        return Response(msgspec.json.encode(page), media_type="application/json")

    def _read(self, asked: _Asked, key: ApiKey) -> Sequence[Reply]:
        organisation = self.dependencies.store.roster.context().organisation
        allow_unit(asked.unit, (asked.from_day, asked.to_day), key, organisation)
        found = _replies(asked, organisation, self.dependencies.store)
        return list(islice(found, asked.limit + 1))


def keep(store: Store, reply: Reply) -> bool:
    """Keeps a reply; whether there is such a finding, which none needs that is taken back."""
    if reply.text and not _stands(store, reply.finding):
        return False
    store.replies.put(reply)
    return True


def _stands(store: Store, finding: FindingKey) -> bool:
    day, school, management, kind = finding
    with store.figures.reading() as reading:
        rows = reading.findings(school, day, day, None, _FINDINGS_OF_A_DAY)
    return any((row.management, row.kind) == (management, kind) for row in rows)


def _read_query(request: Request, key: ApiKey, today: date) -> _Asked:
    """The query, or 400; a key that has a unit need not name it."""
    read = Parameters(request.query_params, KNOWN)
    unit = read.text("unit", UNIT_ID, required=key.unit_id is None) or key.unit_id
    from_day, to_day = days_asked(read, today)
    limit, cursor = read.limit(), read.cursor()
    named = fingerprint("replies", unit, from_day, to_day)
    after = None if cursor is None else place_of(cursor, named, FindingKey)
    if cursor is not None and after is None:
        read.bad_cursor()
    read.end()
    assert unit is not None, "a fault ends the request"
    return _Asked(unit, from_day, to_day, after, limit, named)


def _replies(asked: _Asked, organisation: Organisation, store: Store) -> Iterator[Reply]:
    """The replies in order: of each school on the days when it was below the unit."""
    changes = [d for d in organisation.tree_changes() if asked.from_day < d <= asked.to_day]
    firsts = [asked.from_day, *changes]
    lasts = [*(day - _DAY for day in changes), asked.to_day]
    for first, last in zip(firsts, lasts, strict=True):
        if asked.after is None or last >= asked.after.day:
            schools = organisation.schools_below(asked.unit, first)
            yield from store.replies.list(schools, first, last, asked.after, asked.limit + 1)


def _shown(reply: Reply) -> dict[str, Any]:
    return {
        **reply.finding._asdict(),
        "text": reply.text,
        "said_at": china_datetime(reply.said_us).isoformat(timespec="milliseconds"),
    }

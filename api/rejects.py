"""`GET /v1/rejects`: what was refused of a school's events, and how to mend it."""

from dataclasses import dataclass
from typing import Any

import msgspec
from anyio import to_thread
from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

from api.authentication import Authentication
from api.dependencies import Dependencies
from api.paging import cursor_to, place_of
from api.school_query import read_school_query
from wuguan.domain.instants import china_datetime
from wuguan.ports import RejectedRow


class _Place(Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    reject_id: int


@dataclass(frozen=True)
class Rejected:
    """Shows a school what was refused, newest first; never the refused value."""

    dependencies: Dependencies
    authentication: Authentication

    async def get_rejects(self, request: Request) -> Response:
        """A page of rows."""
        key = await self.authentication.allow(request, "read", "ingest", "admin")
        today = self.dependencies.today()
        asked, read = read_school_query("rejects", request.query_params, key, today)
        after = None
        if asked.cursor is not None:
            after = place_of(asked.cursor, asked.fingerprint, _Place)
            if after is None:
                read.bad_cursor()
                read.end()
        rows = await to_thread.run_sync(
            self.dependencies.store.rejects.list,
            asked.school_id,
            asked.from_day,
            asked.to_day,
            None if after is None else after.reject_id,
            asked.limit + 1,
        )
        following = None
        if len(rows) > asked.limit:
            rows = rows[: asked.limit]
            following = cursor_to(asked.fingerprint, [rows[-1].reject_id])
        page = {"rows": [_shown(row) for row in rows], "next": following}
        return Response(msgspec.json.encode(page), media_type="application/json")


def _shown(row: RejectedRow) -> dict[str, Any]:
    return {
        "received_at": china_datetime(row.received_us).isoformat(timespec="milliseconds"),
        "source": row.source,
        "type": row.type,
        "id": row.id,
        "code": row.code,
        "path": row.path,
        "message": row.message,
        "message_zh": row.message_zh,
    }

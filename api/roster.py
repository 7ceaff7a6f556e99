"""`PUT /v1/roster` and `PUT /v1/calendar`: who exists, and which days count."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import msgspec
from anyio import to_thread
from starlette.requests import Request
from starlette.responses import Response

from api.authentication import Authentication
from api.dependencies import Dependencies
from api.documents import read_document
from api.problems import invalid_document
from wuguan.domain.errors import InvalidDocument
from wuguan.ports import Changed


@dataclass(frozen=True)
class RosterDocuments:
    """The two documents; each is taken whole or refused whole."""

    dependencies: Dependencies
    authentication: Authentication

    async def put_roster(self, request: Request) -> Response:
        """Takes the entries of a roster."""
        return await self._put(request, self.dependencies.store.roster.put_roster)

    async def put_calendar(self, request: Request) -> Response:
        """Replaces the calendar of a unit."""
        return await self._put(request, self.dependencies.store.roster.put_calendar)

    async def _put(self, request: Request, put: Callable[[Any, date], Changed]) -> Response:
        await self.authentication.allow(request, "admin")
        document = await read_document(request, self.dependencies.document_limit_bytes)
        try:
            changed = await to_thread.run_sync(put, document, self.dependencies.today())
        except InvalidDocument as error:
            raise invalid_document(error.faults) from None
        self.dependencies.wake()
        return Response(msgspec.json.encode(changed), media_type="application/json")

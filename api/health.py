"""`/healthz` (the process lives), `/readyz` (it can work) and `/metrics` (how it is doing)."""

from dataclasses import dataclass

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import Response

from api.dependencies import Dependencies
from wuguan.domain.errors import TemporarilyUnavailable

_OK = b'{"status":"ok"}'


@dataclass(frozen=True)
class Health:
    """What supervisors and Prometheus ask. No key is needed, and nothing of schools is said."""

    dependencies: Dependencies

    async def get_healthz(self, request: Request) -> Response:
        """The process answers."""
        return Response(_OK, media_type="application/json")

    async def get_readyz(self, request: Request) -> Response:
        """Store and runtime work: requests may come."""
        await to_thread.run_sync(self.dependencies.store.roster.version)
        if not self.dependencies.healthy():
            raise TemporarilyUnavailable("the runtime does not work at the moment")
        return Response(_OK, media_type="application/json")

    async def get_metrics(self, request: Request) -> Response:
        """Prometheus' text format."""
        content_type = "text/plain; version=0.0.4; charset=utf-8"
        return Response(self.dependencies.exposition(), headers={"Content-Type": content_type})

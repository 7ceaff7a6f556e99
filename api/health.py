"""`/healthz` (the process lives), `/readyz` (it can work) and `/metrics` (how it is doing)."""

from dataclasses import dataclass

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import Response

from api.dependencies import Dependencies
from wuguan.domain.errors import TemporarilyUnavailable

_OK = b'{"status":"ok"}'
_STORE_AWAY = b'{"status":"ok","store":"away"}'


@dataclass(frozen=True)
class Health:
    """What supervisors and Prometheus ask. No key is needed, and nothing of schools is said."""

    dependencies: Dependencies

    async def get_healthz(self, request: Request) -> Response:
        """The process answers."""
        return Response(_OK, media_type="application/json")

    async def get_readyz(self, request: Request) -> Response:
        """Store and runtime work: requests may come."""
        try:
            await to_thread.run_sync(self.dependencies.store.roster.version)
        except TemporarilyUnavailable:
            # Taken out of rotation, a server could not take the events that it still can.
            if not self.dependencies.takes_events_alone:
                raise
            return Response(_STORE_AWAY, media_type="application/json")
        if not self.dependencies.healthy():
            raise TemporarilyUnavailable("the runtime does not work at the moment")
        return Response(_OK, media_type="application/json")

    async def get_metrics(self, request: Request) -> Response:
        """Prometheus' text format."""
        content_type = "text/plain; version=0.0.4; charset=utf-8"
        return Response(self.dependencies.exposition(), headers={"Content-Type": content_type})

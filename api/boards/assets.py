"""Styles, scripts and Plotly's JavaScript, each under an address that changes with its content."""

import gzip
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import NamedTuple

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import Response

from api.problems import not_found
from dashboards.pages import STATIC

_FOREVER = "public, max-age=31536000, immutable"
_A_DAY = "public, max-age=86400"


class Asset(NamedTuple):
    """A file as it is."""

    media_type: str
    content: bytes


class Addresses(NamedTuple):
    """Where a page finds them."""

    css: str
    boards: str
    plotly: str


@dataclass(frozen=True)
class Assets:
    """Sends the files that pages need; nobody must be logged in for them."""

    async def get_asset(self, request: Request) -> Response:
        """A file by its name, with or without the mark of its content."""
        asset = _assets().get(request.path_params["name"])
        if asset is None:
            raise not_found()
        lasting = _FOREVER if "v" in request.query_params else _A_DAY
        headers = {"Cache-Control": lasting, "Vary": "Accept-Encoding"}
        if "gzip" in request.headers.get("accept-encoding", ""):
            headers["Content-Encoding"] = "gzip"
            # Plotly takes a third of a second: not in the loop that takes events.
            packed = await to_thread.run_sync(_packed, request.path_params["name"])
            return Response(packed, headers=headers, media_type=asset.media_type)
        return Response(asset.content, headers=headers, media_type=asset.media_type)


@cache
def addresses() -> Addresses:
    """The addresses of this version."""
    return Addresses(*(_address(name) for name in ("boards.css", "boards.js", "plotly.js")))


def _address(name: str) -> str:
    return f"/static/{name}?v={sha256(_assets()[name].content).hexdigest()[:12]}"


@cache
def _packed(name: str) -> bytes:
    return gzip.compress(_assets()[name].content, 6, mtime=0)


@cache
def _assets() -> dict[str, Asset]:
    """All files, read once."""
    plotly = files("plotly").joinpath("package_data/plotly.min.js").read_bytes()
    return {
        "boards.css": Asset("text/css", (STATIC / "boards.css").read_bytes()),
        "boards.js": Asset("text/javascript", (STATIC / "boards.js").read_bytes()),
        "icon.svg": Asset("image/svg+xml", (STATIC / "icon.svg").read_bytes()),
        "plotly.js": Asset("text/javascript", plotly),
    }

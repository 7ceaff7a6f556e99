"""Rows as they are sent: a page as JSON, or as CSV with a link to the next."""

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

from wuguan.domain.instants import china_datetime
from wuguan.ports import Settled

Row = Mapping[str, Any]


class Page(Struct, frozen=True):
    """A page of rows, and what stands beside them."""

    rows: Sequence[Row]
    following: str | None
    settled: Settled
    beside: Mapping[str, Sequence[Row]] = {}
    """Further lists by name; JSON only."""


def answered(request: Request, page: Page, columns: Sequence[str]) -> Response:
    """The page in the form that the request prefers."""
    if not _wants_csv(request.headers.get("accept", "")):
        return Response(_as_json(page), media_type="application/json")
    headers = {}
    if page.following is not None:
        following = request.url.include_query_params(cursor=page.following)
        headers["Link"] = f'<{following.path}?{following.query}>; rel="next"'
    return Response(_as_csv(page.rows, columns), headers=headers, media_type="text/csv")


def _as_json(page: Page) -> bytes:
    as_of = china_datetime(page.settled.as_of_us).isoformat(timespec="milliseconds")
    members = {"next": page.following, "as_of": as_of, "settled": page.settled.settled}
    return msgspec.json.encode({"rows": page.rows, **page.beside, **members})


def _as_csv(rows: Sequence[Row], columns: Sequence[str]) -> bytes:
    """RFC 4180: lists separated by blanks, what is null empty."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows([_cell(row.get(column)) for column in columns] for row in rows)
    return text.getvalue().encode()


def _cell(value: Any) -> Any:
    if value is True:
        return "true"
    return " ".join(map(str, value)) if isinstance(value, list) else value


def _wants_csv(accept: str) -> bool:
    """Whether CSV is named, and preferred to JSON."""
    weights: dict[str, float] = {}
    for part in accept.lower().split(","):
        name, *parameters = (piece.strip() for piece in part.split(";"))
        weights[name] = _weight(parameters)
    return weights.get("text/csv", 0.0) > weights.get("application/json", 0.0)


def _weight(parameters: Sequence[str]) -> float:
    for parameter in parameters:
        if parameter.startswith("q="):
            try:
                return float(parameter[2:])
            except ValueError:
                return 0.0
    return 1.0

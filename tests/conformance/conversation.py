"""Talking to the server under test: keys, waiting when told to, and reading to the last page."""

import json
import time
from collections.abc import Callable, Mapping
from typing import Any

import httpx
import msgspec

from tests.conformance.case import Case, Request, Window, compact_json, wire_body

# No divisor of anything: pages break inside a day, a unit and a class.
PAGE_ROWS = 997
SETTLED_WITHIN_SECONDS = 180.0
SENT_AT_MOST = 60
"""How often one request is sent before the server counts as unable to take it."""
BROKEN_AT_MOST = 3
"""How many connections may break under one request before the server counts as gone."""

Sleep = Callable[[float], None]


class Unanswered(Exception):
    """The server gave no answer that could be compared."""


class Unreadable(Exception):
    """Figures that should be readable were not: says what was asked and what came."""


class Keys(msgspec.Struct, frozen=True):
    """Every key that the run uses."""

    admin: str
    ingest: dict[str, str]
    read: dict[str, str]


class Conversation:
    """One client of one server. On 429 and 503 it waits as told and sends again."""

    def __init__(self, client: httpx.Client, sleep: Sleep = time.sleep) -> None:
        self._client = client
        self._sleep = sleep

    def send(
        self, method: str, path: str, headers: Mapping[str, str], content: bytes = b""
    ) -> httpx.Response:
        """The first answer that is neither 429 nor 503."""
        broken = 0
        for _ in range(SENT_AT_MOST):
            try:
                answer = self._client.request(method, path, headers=headers, content=content)
            except httpx.TransportError as error:
                # A connection may end under a body that is too large, or while it was idle.
                broken += 1
                if broken == BROKEN_AT_MOST:
                    raise Unanswered(f"{method} {path}: {error!r}") from error
                self._sleep(0.5)
                continue
            if answer.status_code not in (429, 503):
                return answer
            self._sleep(_seconds_to_wait(answer))
        raise Unanswered(f"{method} {path}: no answer but 429 or 503 in {SENT_AT_MOST} attempts")

    def put_document(self, path: str, admin_key: str, document: object) -> httpx.Response:
        """PUT a roster or a calendar."""
        return self.send("PUT", path, _json_headers(admin_key), compact_json(document))

    def issue_keys(self, case: Case, admin_key: str) -> Keys:
        """An ingest key and a read key for each school, a read key for each unit above."""
        above = (*case.districts, case.province)
        return Keys(
            admin=admin_key,
            ingest={
                school: self._issue(admin_key, {"scope": "ingest", "school_id": school})
                for school in case.schools
            },
            read={
                unit: self._issue(admin_key, {"scope": "read", "unit_id": unit})
                for unit in (*case.schools, *above)
            },
        )

    def post_events(self, request: Request, keys: Keys) -> httpx.Response:
        """Send one request of the case, with the key that it asks for."""
        headers = {**request.headers, **_authorization(request, keys)}
        return self.send("POST", "/v1/events", headers, wire_body(request))

    def read_rows(self, level: str, unit: str, window: Window, key: str) -> list[dict[str, Any]]:
        """Every row of a unit and window, once the server says that they are settled."""
        deadline = time.monotonic() + SETTLED_WITHIN_SECONDS
        query = {"level": level, "unit": unit, "from": window.first, "to": window.last}
        while True:
            rows, settled = self._read_pages(query, key)
            if settled:
                return rows
            if time.monotonic() > deadline:
                raise Unreadable(f"{query}: not settled after {SETTLED_WITHIN_SECONDS:.0f} s")
            self._sleep(0.2)

    def _read_pages(self, query: dict[str, str], key: str) -> tuple[list[dict[str, Any]], bool]:
        rows: list[dict[str, Any]] = []
        settled = True
        cursors: list[str] = []
        while True:
            page = self._read_page({**query, **({"cursor": cursors[-1]} if cursors else {})}, key)
            rows += page["rows"]
            # True and nothing else: a server that does not say so is not settled.
            settled = settled and page.get("settled") is True
            if page.get("next") is None:
                return rows, settled
            if page["next"] in cursors:
                raise Unreadable(f"{query}: the cursor goes in a circle")
            cursors.append(page["next"])

    def _read_page(self, query: dict[str, str], key: str) -> dict[str, Any]:
        parameters = httpx.QueryParams({**query, "limit": str(PAGE_ROWS)})
        answer = self.send("GET", f"/v1/tallies?{parameters}", _bearer(key))
        page = json_object(answer)
        if answer.status_code != 200 or page is None or not isinstance(page.get("rows"), list):
            raise Unreadable(f"{query}: status {answer.status_code}, {answer.text[:200]}")
        return page

    def _issue(self, admin_key: str, asked: dict[str, str]) -> str:
        content = compact_json({**asked, "label": "conformance"})
        answer = self.send("POST", "/v1/keys", _json_headers(admin_key), content)
        issued = json_object(answer)
        if answer.status_code != 201 or issued is None or "key" not in issued:
            raise Unanswered(f"POST /v1/keys {asked}: status {answer.status_code}, {answer.text}")
        return str(issued["key"])


def json_object(answer: httpx.Response) -> dict[str, Any] | None:
    """The body of an answer, if it is a JSON object."""
    try:
        body = json.loads(answer.content)
    except ValueError:
        return None
    return body if isinstance(body, dict) else None


def media_type(answer: httpx.Response) -> str:
    """What the answer says it is, without parameters."""
    named: str = answer.headers.get("Content-Type", "")
    return named.partition(";")[0].strip().lower()


def _authorization(request: Request, keys: Keys) -> dict[str, str]:
    match request.auth:
        case "none":
            return {}
        case "bad":
            return _bearer("a-key-that-does-not-exist")
        case "read":
            return _bearer(keys.read[request.school_id])
        case "admin":
            return _bearer(keys.admin)
        case _:
            return _bearer(keys.ingest[request.school_id])


def _bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


def _json_headers(key: str) -> dict[str, str]:
    return {**_bearer(key), "Content-Type": "application/json"}


def _seconds_to_wait(answer: httpx.Response) -> float:
    told: str = answer.headers.get("Retry-After", "")
    return min(float(told), 30.0) if told.isascii() and told.isdigit() else 0.5

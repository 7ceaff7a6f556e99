"""A session with a Wuguan server over HTTP."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Self, TypeVar

import httpx
import msgspec
from msgspec import Raw, Struct

from wuguan.client import errors
from wuguan.client.answers import (
    Answer,
    Changed,
    Figures,
    Finding,
    IssuedKey,
    Reject,
    Row,
    SchoolsInLine,
    SchoolToCheck,
    Share,
)
from wuguan.client.batches import Batch, batches
from wuguan.client.retrying import until_answered
from wuguan.domain.errors import Fault, Misconfigured

Value = TypeVar("Value")
Parameters = Sequence[tuple[str, str]]
PAGE_ROWS = 10_000


class Client:
    """Pushes events and reads figures with one key. Every call may be repeated safely.

    Each call tries again on 409, 429, 503 and a broken connection, at the pace that the server
    asks for, until `give_up_after_seconds` are over.
    """

    def __init__(
        self,
        base_url: str,
        key: str,
        *,
        timeout_seconds: float = 30,
        give_up_after_seconds: float = 300,
        transport: httpx.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        _check(base_url, key)
        self._http = httpx.Client(
            base_url=base_url.rstrip("/"),
            headers={"authorization": f"Bearer {key}"},
            timeout=timeout_seconds,
            transport=transport,
        )
        self._give_up_after_seconds = give_up_after_seconds
        self._sleep = sleep

    def __enter__(self) -> Self:
        """The client itself; leaving closes its connections."""
        return self

    def __exit__(self, *_: object) -> None:
        """Closes the connections."""
        self.close()

    def close(self) -> None:
        """Closes the connections."""
        self._http.close()

    def push(
        self,
        events: Sequence[Mapping[str, Any] | Raw],
        *,
        idempotency_key: str | None = None,
        on_batch: Callable[[int, Answer], None] | None = None,
    ) -> Answer:
        """Sends all events, in as many requests as the limits need; says what became of each.

        `on_batch` hears of every request answered: how many events it had, and their answer.
        When it raises in the middle, what was answered before is taken; push all of it again.
        """
        whole = Answer()
        for number, batch in enumerate(batches(events)):
            # One key is one body: the second request of a push needs a key of its own.
            key = f"{idempotency_key}-{number}" if idempotency_key and number else idempotency_key
            answer = self._push_batch(batch, key)
            whole = whole.followed_by(answer, offset=batch.first)
            if on_batch is not None:
                on_batch(batch.count, answer)
        return whole

    def put_roster(self, roster: Mapping[str, Any]) -> Changed:
        """Replaces the entries named in the document; all of them or, if one is faulty, none."""
        return self._decoded("PUT", "/v1/roster", Changed, document=roster)

    def put_calendar(self, calendar: Mapping[str, Any]) -> Changed:
        """Replaces the calendar of the unit named in the document."""
        return self._decoded("PUT", "/v1/calendar", Changed, document=calendar)

    def create_key(
        self, scope: str, *, label: str, school_id: str | None = None, unit_id: str | None = None
    ) -> IssuedKey:
        """A new key. If an answer is lost, a key that nobody holds stays behind: harmless."""
        asked = {"scope": scope, "label": label, "school_id": school_id, "unit_id": unit_id}
        document = {name: value for name, value in asked.items() if value is not None}
        return self._decoded("POST", "/v1/keys", IssuedKey, document=document)

    def tallies(
        self,
        *,
        level: str,
        unit: str,
        first: str,
        last: str,
        metrics: Sequence[str] = (),
        by: str = "grade",
        grain: str = "day",
        children: bool = False,
        page_rows: int = PAGE_ROWS,
    ) -> Figures:
        """The unit's figures from the day `first` to the day `last`, both included."""
        asked = [("level", level), ("unit", unit), ("from", first), ("to", last), ("by", by)]
        asked += [("grain", grain), ("limit", str(page_rows))]
        asked += [("metric", metric) for metric in metrics]
        if children:
            asked.append(("children", "true"))
        return _joined(self._pages("/v1/tallies", asked))

    def schools_in_line(
        self,
        *,
        unit: str,
        metrics: Sequence[str] = (),
        grain: str = "halfmonth",
        day: str = "",
        by: str = "stage",
        children: bool = False,
        page_rows: int = PAGE_ROWS,
    ) -> SchoolsInLine:
        """The share of the unit's schools in line in the period of a day, by default of today."""
        asked = [("unit", unit), ("grain", grain), ("by", by), ("limit", str(page_rows))]
        asked += [("metric", metric) for metric in metrics]
        asked += [("day", day)] if day else []
        asked += [("children", "true")] if children else []
        return _shares(self._pages("/v1/schools-in-line", asked))

    def rejects(self, school_id: str, *, first: str = "", last: str = "") -> list[Reject]:
        """What was refused of a school's events, and how to mend it."""
        pages = self._pages("/v1/rejects", _of_school(school_id, first, last))
        return [_converted(row, Reject) for page in pages for row in page.rows]

    def findings(self, school_id: str, *, first: str = "", last: str = "") -> list[Finding]:
        """What looks wrong in a school's accepted events."""
        pages = self._pages("/v1/findings", _of_school(school_id, first, last))
        return [_converted(row, Finding) for page in pages for row in page.rows]

    def _push_batch(self, batch: Batch, idempotency_key: str | None) -> Answer:
        headers = {
            "content-type": "application/cloudevents-batch+json",
            "content-encoding": "gzip",
        }
        if idempotency_key:
            headers["idempotency-key"] = idempotency_key
        response = self._asked("POST", "/v1/events", content=batch.packed, headers=headers)
        return _body(response, Answer)

    def _decoded(
        self, method: str, path: str, kind: type[Value], *, document: Mapping[str, Any]
    ) -> Value:
        headers = {"content-type": "application/json"}
        content = msgspec.json.encode(document)
        return _body(self._asked(method, path, content=content, headers=headers), kind)

    def _pages(self, path: str, asked: Parameters) -> Iterator["_Page"]:
        parameters = list(asked)
        while True:
            page = _body(self._asked("GET", path, params=parameters), _Page)
            yield page
            if page.next is None:
                return
            parameters = [*asked, ("cursor", page.next)]

    def _asked(
        self,
        method: str,
        path: str,
        *,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        params: Parameters = (),
    ) -> httpx.Response:
        def send() -> httpx.Response:
            return self._http.request(
                method, path, content=content, headers=headers, params=list(params)
            )

        response = until_answered(
            send, give_up_after_seconds=self._give_up_after_seconds, sleep=self._sleep
        )
        if not response.is_success:
            raise _refusal(response)
        return response


class _Page(Struct):
    rows: list[Any]
    checking: list[Any] = []
    next: str | None = None
    as_of: str = ""
    settled: bool = True


class _Problem(Struct):
    """RFC 9457, with the list of faults that a document or a query has."""

    title: str = ""
    detail: str = ""
    errors: tuple[Fault, ...] = ()


def _check(base_url: str, key: str) -> None:
    faults = []
    if not base_url.startswith(("http://", "https://")):
        faults.append(
            "服务器地址须以 http:// 或 https:// 开头 / the address must begin with http(s)://"
        )
    # A header holds ASCII; a key pasted with a line break or a full-width sign is not one.
    if not key or not key.isascii() or not key.isprintable() or " " in key:
        faults.append("密钥为空或含有空白、非ASCII字符 / the key is empty or not plain ASCII")
    if faults:
        raise Misconfigured(faults)


def _of_school(school_id: str, first: str, last: str) -> Parameters:
    asked = [("school_id", school_id), ("from", first), ("to", last)]
    return [(name, value) for name, value in asked if value]


def _joined(pages: Iterator[_Page]) -> Figures:
    read = list(pages)
    rows = tuple(_converted(row, Row) for page in read for row in page.rows)
    return Figures(rows, read[0].as_of, all(page.settled for page in read))


def _shares(pages: Iterator[_Page]) -> SchoolsInLine:
    read = list(pages)
    rows = tuple(_converted(row, Share) for page in read for row in page.rows)
    checking = tuple(_converted(one, SchoolToCheck) for page in read for one in page.checking)
    return SchoolsInLine(rows, checking, read[0].as_of, all(page.settled for page in read))


def _converted(row: Any, kind: type[Value]) -> Value:
    try:
        return msgspec.convert(row, kind)
    except msgspec.ValidationError as error:
        raise errors.AnswerNotUnderstood(200, kind.__name__) from error


def _body(response: httpx.Response, kind: type[Value]) -> Value:
    try:
        return msgspec.json.decode(response.content, type=kind)
    except msgspec.DecodeError as error:
        raise errors.AnswerNotUnderstood(response.status_code, response.url.path) from error


def _refusal(response: httpx.Response) -> errors.ClientError:
    status = response.status_code
    if status in (401, 403):
        return errors.KeyRefused(status)
    try:
        problem = msgspec.json.decode(response.content, type=_Problem)
    except msgspec.DecodeError:
        return errors.AnswerNotUnderstood(status, response.url.path)
    if problem.errors:
        return errors.DocumentRefused(problem.errors)
    return errors.RequestRefused(status, problem.detail or problem.title)

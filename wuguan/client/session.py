"""One key's requests to a server: sent, tried again, decoded, and refused as an error."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Self, TypeVar

import httpx
import msgspec
from msgspec import Struct

from wuguan.client import errors
from wuguan.client.retrying import ALWAYS, Repeating, until_answered
from wuguan.domain.errors import Fault, Misconfigured

Value = TypeVar("Value")
Parameters = Sequence[tuple[str, str]]
PAGE_ROWS = 10_000


class Page(Struct):
    """One page of a list."""

    rows: list[Any]
    checking: list[Any] = []
    next: str | None = None
    as_of: str = ""
    settled: bool = True


class Session:
    """An address and a key, and how they are asked. Closes its connections when it is left."""

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

    def _decoded(
        self,
        method: str,
        path: str,
        kind: type[Value],
        *,
        document: Mapping[str, Any],
        repeating: Repeating = ALWAYS,
    ) -> Value:
        return body_of(self._sent(method, path, document, repeating), kind)

    def _sent(
        self,
        method: str,
        path: str,
        document: Mapping[str, Any],
        repeating: Repeating = ALWAYS,
    ) -> httpx.Response:
        headers = {"content-type": "application/json"}
        content = msgspec.json.encode(document)
        return self._asked(method, path, content=content, headers=headers, repeating=repeating)

    def _pages(self, path: str, asked: Parameters) -> Iterator[Page]:
        return self._pages_from(self._asked("GET", path, params=asked), path, asked)

    def _pages_from(self, response: httpx.Response, path: str, asked: Parameters) -> Iterator[Page]:
        """The page that was answered, and those that follow."""
        while True:
            page = body_of(response, Page)
            yield page
            if page.next is None:
                return
            response = self._asked("GET", path, params=[*asked, ("cursor", page.next)])

    def _asked(
        self,
        method: str,
        path: str,
        *,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        params: Parameters = (),
        repeating: Repeating = ALWAYS,
    ) -> httpx.Response:
        """The answer, or the error of a refusal; 304 is an answer."""

        def send() -> httpx.Response:
            return self._http.request(
                method, path, content=content, headers=headers, params=list(params)
            )

        response = until_answered(
            send,
            repeating=repeating,
            give_up_after_seconds=self._give_up_after_seconds,
            sleep=self._sleep,
        )
        if not (response.is_success or response.status_code == httpx.codes.NOT_MODIFIED):
            raise _refusal(response)
        return response


class _Problem(Struct):
    """RFC 9457, with the list of faults that a document or a query has."""

    title: str = ""
    detail: str = ""
    detail_zh: str = ""
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


def converted(row: Any, kind: type[Value]) -> Value:
    """A row as a value; AnswerNotUnderstood where it is none."""
    try:
        return msgspec.convert(row, kind)
    except msgspec.ValidationError as error:
        raise errors.AnswerNotUnderstood(200, kind.__name__) from error


def body_of(response: httpx.Response, kind: type[Value]) -> Value:
    """What an answer says; AnswerNotUnderstood where it says something else."""
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
    if status == httpx.codes.CONFLICT:
        return errors.AlertHasMoved(problem.detail, problem.detail_zh)
    return errors.RequestRefused(status, problem.detail or problem.title)

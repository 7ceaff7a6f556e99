"""A POST and its answer, in bounded time and size, told without the address."""

import time
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit

import httpx
import msgspec

from wuguan.ports.notices import Answer

SHOWN_CHARACTERS = 200
MESSAGE_SECONDS = 60.0
"""A message in several parts ends here, and goes on at the next attempt."""
_LEAST_SECRET_CHARACTERS = 6
_MOST_BYTES = 64 * 1024
_SECONDS = 15.0
_TIMEOUT = httpx.Timeout(10.0, connect=5.0)


class Reply(NamedTuple):
    """What a server answered."""

    status: int
    body: bytes
    retry_after_seconds: float

    @property
    def members(self) -> Mapping[str, Any]:
        """The members of a JSON object; none where it is no such thing."""
        try:
            found = msgspec.json.decode(self.body)
        except msgspec.DecodeError:
            return {}
        return found if isinstance(found, dict) else {}

    @property
    def shown(self) -> str:
        """The beginning of the answer in one line."""
        return shortened(self.body.decode(errors="replace"))


class Hiding:
    """Leaves some texts out of others."""

    def __init__(self, secrets: Iterable[str]) -> None:
        # What is so short is no secret, and would leave holes in every sentence.
        found = {one for one in secrets if len(one) >= _LEAST_SECRET_CHARACTERS}
        self._secrets = sorted(found, key=len, reverse=True)

    def hidden(self, text: str) -> str:
        """A text without them, in one line, cut where it is long."""
        for secret in self._secrets:
            text = text.replace(secret, "…")
        return shortened(text)


class Poster:
    """Posts JSON to one server, and keeps what is secret out of whatever it says."""

    def __init__(self, url: str, secret: str | None = None) -> None:
        self._hiding = Hiding([*secret_parts(url), secret or ""])
        self._client = httpx.Client(timeout=_TIMEOUT, follow_redirects=False)

    def post(self, url: str, content: object, headers: Mapping[str, str]) -> Reply | Answer:
        """The server's answer; else why there is none."""
        deadline = time.monotonic() + _SECONDS
        sent = {"Content-Type": "application/json; charset=utf-8", **headers}
        try:
            with self._client.stream(
                "POST", url, content=msgspec.json.encode(content), headers=sent
            ) as response:
                body = _body(response, deadline)
                return Reply(response.status_code, body, _retry_after(response))
        except httpx.TimeoutException:
            return unreachable("超时未答复", "did not answer in time")
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
            reason = self.without_secrets(str(error)) or type(error).__name__
            return unreachable(f"无法连接（{reason}）", "cannot be reached")

    def without_secrets(self, text: str) -> str:
        """A text without the address and what else is secret."""
        return self._hiding.hidden(text)


def secret_parts(url: str) -> list[str]:
    """What of an address may let others use it: all of it, its query, its user, its last part."""
    parts = urlsplit(url)
    values = [value for _, value in parse_qsl(parts.query)]
    user = [parts.netloc.rpartition("@")[0], parts.username or "", parts.password or ""]
    return [url, parts.query, *values, *user, parts.path.rpartition("/")[2]]


def unreachable(zh: str, en: str, again_after_seconds: float = 0.0) -> Answer:
    """The answer of nobody: it is tried again."""
    return Answer(
        outcome="unreachable", said=f"{zh} / {en}", again_after_seconds=again_after_seconds
    )


def goes_on_later(parts_sent: int) -> Answer:
    """The answer of those that have not been asked yet."""
    return Answer(
        outcome="unreachable",
        said="未及发完，稍后继续 / goes on later",
        parts_sent=parts_sent,
    )


def refused(zh: str, en: str) -> Answer:
    """An answer that somebody must act upon."""
    return Answer(outcome="refused", said=f"{zh} / {en}")


def of_status(reply: Reply, poster: Poster) -> Answer:
    """What an answer that is no success says by its status alone."""
    said = f"HTTP {reply.status} {poster.without_secrets(reply.shown)}".strip()
    if reply.status == 429 or reply.status >= 500:
        return unreachable(
            f"对方暂不可用：{said}", "is not available now", reply.retry_after_seconds
        )
    return refused(
        f"被拒绝：{said}；请核对地址与密钥", "refused it: check the address and the secret"
    )


def shortened(text: str) -> str:
    """A text in one line, cut where it is long."""
    line = " ".join(text.split())
    return line if len(line) <= SHOWN_CHARACTERS else line[: SHOWN_CHARACTERS - 1] + "…"


def _body(response: httpx.Response, deadline: float) -> bytes:
    """The beginning of the body; a server that drips is left when time is up."""
    body = b""
    for chunk in response.iter_bytes():
        body += chunk
        if len(body) >= _MOST_BYTES:
            break
        if time.monotonic() > deadline:
            raise httpx.ReadTimeout("the answer took too long")
    return body[:_MOST_BYTES]


def _retry_after(response: httpx.Response) -> float:
    said = response.headers.get("retry-after", "")
    return min(float(said), 3600.0) if said.isascii() and said.isdecimal() else 0.0

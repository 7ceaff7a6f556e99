"""Trying again until an answer stands, at the pace that the server asks for."""

import time
from collections.abc import Callable
from email.utils import parsedate_to_datetime
from typing import NamedTuple

import httpx
import tenacity

from wuguan.client.errors import ServerUnavailable, Unconfirmed


class Repeating(NamedTuple):
    """Which answers ask for the same request again, and whether a repeat is harmless."""

    statuses: frozenset[int]
    is_harmless: bool = True
    """Else it is sent again only where it surely did not arrive."""


# 409: the same Idempotency-Key is in work now. 502 and 504 come from a proxy in between.
ALWAYS = Repeating(frozenset({409, 429, 502, 503, 504}))
# 409: the alert's state does not take the action, and waiting would not change that.
ACTING = Repeating(frozenset({429, 502, 503, 504}))
ONCE = Repeating(frozenset({429}), is_harmless=False)
# With these the server may have done what it was asked.
_UNCERTAIN = frozenset({500, 502, 503, 504})
# These never get better by waiting: the address itself is wrong.
_HOPELESS = (httpx.UnsupportedProtocol, httpx.LocalProtocolError)
_NEVER_SENT = (*_HOPELESS, httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


class NotYet(Exception):
    """An answer that asks for the same request again, perhaps after a stated pause."""

    def __init__(self, status: int, after_seconds: float | None) -> None:
        super().__init__(f"HTTP {status}")
        self.after_seconds = after_seconds


def until_answered(
    send: Callable[[], httpx.Response],
    *,
    repeating: Repeating,
    give_up_after_seconds: float,
    sleep: Callable[[float], None],
) -> httpx.Response:
    """The first answer that is not "try again".

    Unconfirmed where it may have arrived and a repeat is not harmless.
    """
    waiting = tenacity.Retrying(
        retry=tenacity.retry_if_exception(_may_pass),
        wait=_pause,
        stop=tenacity.stop_before_delay(give_up_after_seconds),
        sleep=sleep,
        reraise=True,
    )
    begun = time.monotonic()
    try:
        return waiting(_answer, send, repeating)
    except (NotYet, httpx.TransportError) as error:
        waited = time.monotonic() - begun
        raise ServerUnavailable(str(error) or type(error).__name__, waited) from error


def _may_pass(error: BaseException) -> bool:
    if isinstance(error, NotYet):
        return True
    return isinstance(error, httpx.TransportError) and not isinstance(error, _HOPELESS)


def _answer(send: Callable[[], httpx.Response], repeating: Repeating) -> httpx.Response:
    try:
        response = send()
    except httpx.TransportError as error:
        if repeating.is_harmless or isinstance(error, _NEVER_SENT):
            raise
        raise Unconfirmed(str(error) or type(error).__name__) from error
    status = response.status_code
    if status in repeating.statuses:
        raise NotYet(status, retry_after(response))
    if status in _UNCERTAIN and not repeating.is_harmless:
        raise Unconfirmed(f"HTTP {status}")
    return response


def retry_after(response: httpx.Response) -> float | None:
    """The pause in seconds that `Retry-After` asks for, written as a number or as a date.

    A date is held against the answer's own `Date`: the two clocks may differ.
    """
    text = response.headers.get("retry-after", "").strip()
    if text.isascii() and text.isdecimal():
        return float(text)
    try:
        until, said = (parsedate_to_datetime(t) for t in (text, response.headers.get("date", "")))
        return max(0.0, (until - said).total_seconds())
    except (TypeError, ValueError):
        return None


_BACKOFF = tenacity.wait_exponential(multiplier=0.2, max=15) + tenacity.wait_random(0, 0.2)


def _pause(state: tenacity.RetryCallState) -> float:
    """What the server asks for; where it asks nothing, longer each time, with a jitter."""
    error = state.outcome.exception() if state.outcome else None
    if isinstance(error, NotYet) and error.after_seconds is not None:
        return error.after_seconds
    return _BACKOFF(state)

"""Who asks: the key of a request, what it may do, and how often."""

from collections.abc import Callable
from hashlib import sha256
from typing import NamedTuple

from anyio import to_thread
from starlette.requests import Request

from api.problems import Problem, forbidden, too_many_requests, unauthorized
from api.rate_limit import RateLimit
from wuguan.domain.errors import TemporarilyUnavailable
from wuguan.domain.instants import MINUTE_US
from wuguan.metric_names import Telemetry
from wuguan.ports import ApiKey, Keys, Scope

KNOWN_FOR_US = 30_000_000
"""A key deleted elsewhere is refused here after so long at the latest."""
UNKNOWN_FOR_US = 2_000_000
TRUSTED_FOR_US = 10 * MINUTE_US
"""So much longer a key is believed while the store cannot be asked."""
MOST_REMEMBERED = 10_000

ASKED_AGAIN_US = 3_000_000
"""A store that was away is asked again after so long, by one request."""

_NEEDED: dict[Scope, tuple[str, str]] = {
    "ingest": (
        "a key with the scope `ingest`, which belongs to one school",
        "ingest(上报)权限的密钥",
    ),
    "read": ("a key with the scope `read`", "read(读取)权限的密钥"),
    "follow": ("a key with the scope `follow`", "follow(处理预警)权限的密钥"),
    "admin": ("a key with the scope `admin`", "admin(管理)权限的密钥"),
}


class _Remembered(NamedTuple):
    key: ApiKey | None
    until_us: int


def digest_of(secret: str) -> bytes:
    """What is kept of a key. Keys are long and random, so one plain hash is enough."""
    return sha256(secret.encode("utf-8", "surrogatepass")).digest()


class Authentication:
    """Finds the key of a request; remembers for a short while what the store said of it."""

    def __init__(
        self, keys: Keys, clock: Callable[[], int], limit: RateLimit, telemetry: Telemetry
    ) -> None:
        self._keys = keys
        self._clock = clock
        self._limit = limit
        self._telemetry = telemetry
        self._remembered: dict[bytes, _Remembered] = {}
        self._changes = 0
        self._away_until_us = 0

    async def key_of(self, request: Request) -> ApiKey:
        """The key, or 401. Its limit is not looked at."""
        scheme, _, secret = request.headers.get("authorization", "").partition(" ")
        secret = secret.strip()
        if scheme.lower() != "bearer" or not secret:
            raise unauthorized()
        key = await self.key_of_secret(secret)
        if key is None:
            raise unauthorized()
        request.state.key_id = key.key_id
        return key

    async def key_of_secret(self, secret: str) -> ApiKey | None:
        """The key whose secret this is, if it is in force."""
        return await self._find(digest_of(secret))

    async def allow(self, request: Request, *scopes: Scope) -> ApiKey:
        """The key, if it has one of the scopes and is within its limit.

        Whoever may follow alerts may read as well.
        """
        key = await self.key_of(request)
        if key.scope not in scopes and not (may_read(key) and "read" in scopes):
            raise missing_scope(scopes[0])
        limited = self.over_limit(key)
        if limited is not None:
            raise limited
        return key

    def over_limit(self, key: ApiKey) -> Problem | None:
        """Counts a request of the key; the problem if it is one too many."""
        seconds = self._limit.seconds_to_wait(key.key_id)
        if seconds == 0:
            return None
        self._telemetry.count("wuguan_requests_limited_total")
        return too_many_requests(seconds)

    def forget(self, key_id: str) -> None:
        """A deleted key is refused from now on."""
        self._changes += 1
        gone = [d for d, one in self._remembered.items() if one.key and one.key.key_id == key_id]
        for digest in gone:
            del self._remembered[digest]

    def forget_unknown(self, digest: bytes) -> None:
        """A key just issued is known from now on."""
        self._changes += 1
        self._remembered.pop(digest, None)

    async def _ask(self, digest: bytes, now_us: int) -> ApiKey | None:
        """What the store says. Where it was away, one asks and the others do not wait for it."""
        if self._away_until_us:
            self._away_until_us = now_us + ASKED_AGAIN_US
        try:
            key = await to_thread.run_sync(self._keys.find, digest)
        except TemporarilyUnavailable:
            self._away_until_us = self._clock() + ASKED_AGAIN_US
            raise
        self._away_until_us = 0
        return key

    async def _find(self, digest: bytes) -> ApiKey | None:
        now_us = self._clock()
        remembered = self._remembered.get(digest)
        if remembered is not None and now_us < remembered.until_us:
            return remembered.key
        # Events can still be taken where their log is up; a key known lately is good enough.
        trusted = remembered is not None and now_us < remembered.until_us + TRUSTED_FOR_US
        if now_us < self._away_until_us:
            if trusted and remembered is not None:
                return remembered.key
            raise TemporarilyUnavailable("the store of keys is away")
        changes = self._changes
        try:
            key = await self._ask(digest, now_us)
        except TemporarilyUnavailable:
            if trusted and remembered is not None:
                return remembered.key
            raise
        if changes != self._changes:
            # Keys changed while the store was asked: what it said may be old already.
            return key
        while len(self._remembered) >= MOST_REMEMBERED:
            del self._remembered[next(iter(self._remembered))]
        until_us = now_us + (UNKNOWN_FOR_US if key is None else KNOWN_FOR_US)
        # Last in line again: known keys stay longer than those that somebody tries out.
        self._remembered.pop(digest, None)
        self._remembered[digest] = _Remembered(key, until_us)
        return key


def may_read(key: ApiKey) -> bool:
    """Whether the key reads the figures of its unit and of what stands below."""
    return key.scope in ("read", "follow")


def missing_scope(scope: Scope) -> Problem:
    """403 that names the scope needed."""
    return forbidden(*_NEEDED[scope])

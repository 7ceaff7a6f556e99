"""How many requests a second a key may send: a bucket of tokens for each key."""

from collections.abc import Callable
from math import ceil

MOST_BUCKETS = 10_000


class RateLimit:
    """Each key may send `per_second` requests a second, in a burst of as many. 0: no limit."""

    def __init__(self, per_second: float, clock: Callable[[], int]) -> None:
        self._per_second = per_second
        self._burst = max(per_second, 1.0)
        self._clock = clock
        self._buckets: dict[str, tuple[float, int]] = {}

    def seconds_to_wait(self, key_id: str) -> int:
        """Takes a token: 0 if there was one, else the whole seconds until there is."""
        if self._per_second <= 0:
            return 0
        now_us = self._clock()
        tokens, since_us = self._buckets.pop(key_id, (self._burst, now_us))
        # A clock that was set back gives nothing, and takes nothing.
        tokens += max(now_us - since_us, 0) / 1_000_000 * self._per_second
        tokens = min(tokens, self._burst)
        allowed = tokens >= 1.0
        if len(self._buckets) >= MOST_BUCKETS:
            # The key that was silent for longest: its bucket is the likeliest to be full.
            del self._buckets[next(iter(self._buckets))]
        self._buckets[key_id] = (tokens - 1.0 if allowed else tokens, now_us)
        return 0 if allowed else max(ceil((1.0 - tokens) / self._per_second), 1)

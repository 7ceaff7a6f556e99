"""Idempotency in memory."""

from msgspec import Struct
from msgspec.structs import replace

from wuguan.adapters.memory.state import MemoryState
from wuguan.domain.instants import DAY_US, MINUTE_US
from wuguan.ports import EarlierRequest, Requests

_TAKEN_OVER_AFTER_US = MINUTE_US // 2
_KEPT_US = DAY_US


class _Begun(Struct, frozen=True):
    """A request, when it was taken into work, and its answer once there is one."""

    digest: bytes
    begun_us: int
    answer: bytes | None = None

    def stands(self, now_us: int) -> bool:
        """Whether it still keeps others from beginning under its name."""
        kept_us = _TAKEN_OVER_AFTER_US if self.answer is None else _KEPT_US
        return now_us - self.begun_us <= kept_us


class MemoryRequests(Requests):
    """Requests by API key and name, in the order in which they were begun."""

    def __init__(self, state: MemoryState) -> None:
        self._lock = state.lock
        self._begun: dict[tuple[str, str], _Begun] = {}

    def begin(self, key_id: str, name: str, digest: bytes, now_us: int) -> EarlierRequest | None:
        """Takes the request into work, or tells what stands under this name."""
        with self._lock:
            self._forget_old(now_us)
            earlier = self._begun.get((key_id, name))
            if earlier is not None and earlier.stands(now_us):
                return EarlierRequest(earlier.digest, earlier.answer)
            # Out and in again: the order stays that of the beginnings.
            self._begun.pop((key_id, name), None)
            self._begun[key_id, name] = _Begun(digest, now_us)
            return None

    def finish(self, key_id: str, name: str, answer: bytes) -> None:
        """Keeps the answer."""
        with self._lock:
            begun = self._begun.get((key_id, name))
            if begun is not None:
                self._begun[key_id, name] = replace(begun, answer=answer)

    def abandon(self, key_id: str, name: str) -> None:
        """Forgets a request that was not answered with 202."""
        with self._lock:
            begun = self._begun.get((key_id, name))
            if begun is not None and begun.answer is None:
                del self._begun[key_id, name]

    def _forget_old(self, now_us: int) -> None:
        while self._begun:
            oldest = next(iter(self._begun))
            if now_us - self._begun[oldest].begun_us <= _KEPT_US:
                return
            del self._begun[oldest]

"""API keys in memory."""

from collections.abc import Sequence

from wuguan.adapters.memory.state import MemoryState
from wuguan.ports import ApiKey, Keys


class MemoryKeys(Keys):
    """Keys by their digest."""

    def __init__(self, state: MemoryState) -> None:
        self._lock = state.lock
        self._by_digest: dict[bytes, ApiKey] = {}
        self._had_admin = False

    def add(self, key: ApiKey, digest: bytes) -> None:
        """Keeps a key."""
        with self._lock:
            self._by_digest[digest] = key
            self._had_admin = self._had_admin or key.scope == "admin"

    def add_first_admin(self, key: ApiKey, digest: bytes) -> bool:
        """Keeps an admin key if there never was one, not even one ended since."""
        with self._lock:
            if self._had_admin:
                return False
            self.add(key, digest)
            return True

    def find(self, digest: bytes) -> ApiKey | None:
        """The key of this digest, if it is in force."""
        with self._lock:
            return self._by_digest.get(digest)

    def list(self) -> Sequence[ApiKey]:
        """All keys in force, oldest first."""
        with self._lock:
            return sorted(self._by_digest.values(), key=lambda key: (key.created_us, key.key_id))

    def delete(self, key_id: str) -> bool:
        """Ends a key; whether there was one."""
        with self._lock:
            digests = [digest for digest, key in self._by_digest.items() if key.key_id == key_id]
            for digest in digests:
                del self._by_digest[digest]
            return bool(digests)

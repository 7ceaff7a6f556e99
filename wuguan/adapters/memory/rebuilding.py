"""Ledgers folded anew, in a store of their own."""

import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from wuguan.adapters.memory.ledgers import MemoryLedgers
from wuguan.adapters.memory.state import MemoryState
from wuguan.ports import Rebuilding, RebuiltLedgers


class MemoryRebuiltLedgers(MemoryLedgers, RebuiltLedgers):
    """Ledgers that end with their process."""

    def require_intact(self) -> None:
        """They cannot be lost before that."""


class MemoryRebuilding(Rebuilding):
    """Each rebuild has memory of its own."""

    def begun(self) -> AbstractContextManager[RebuiltLedgers]:
        """Empty ledgers."""
        return self._begun()

    @contextmanager
    def _begun(self) -> Iterator[RebuiltLedgers]:
        yield MemoryRebuiltLedgers(MemoryState(time.time_ns))

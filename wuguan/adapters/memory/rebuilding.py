"""Ledgers folded anew, in a store of their own."""

import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from wuguan.adapters.memory.ledgers import MemoryLedgers
from wuguan.adapters.memory.state import MemoryState
from wuguan.ports import Ledgers, Rebuilding


class MemoryRebuilding(Rebuilding):
    """Each rebuild has memory of its own."""

    def begun(self) -> AbstractContextManager[Ledgers]:
        """Empty ledgers."""
        return self._begun()

    @contextmanager
    def _begun(self) -> Iterator[Ledgers]:
        yield MemoryLedgers(MemoryState(time.time_ns))

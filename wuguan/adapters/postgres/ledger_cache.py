"""A bounded cache of ledgers, kept by revision: what moved in the database is read again."""

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from threading import Lock

from msgspec import Struct

from wuguan.domain.ledger import Ledger, LedgerKey


class CachedLedger(Struct, frozen=True):
    """A row as it was committed."""

    revision: int
    ledger: Ledger
    tallies: bytes
    findings: tuple[str, ...]


class LedgerCache:
    """The ledgers lately touched, up to so many facts in all, so that memory stays flat."""

    def __init__(self, most_facts: int) -> None:
        self._most_facts = most_facts
        self._facts = 0
        self._rows: OrderedDict[LedgerKey, CachedLedger] = OrderedDict()
        self._lock = Lock()

    def get(self, key: LedgerKey) -> CachedLedger | None:
        """The row as it was when last seen; its revision must be compared."""
        with self._lock:
            row = self._rows.get(key)
            if row is not None:
                self._rows.move_to_end(key)
            return row

    def take(self, rows: Mapping[LedgerKey, CachedLedger]) -> None:
        """Keeps rows that were committed, and lets the oldest go."""
        with self._lock:
            for key, row in rows.items():
                self._drop(key)
                self._rows[key] = row
                self._facts += _weight(row)
            while self._facts > self._most_facts and self._rows:
                self._drop(next(iter(self._rows)))

    def forget(self, keys: Iterable[LedgerKey]) -> None:
        """Drops rows that a failed transaction touched."""
        with self._lock:
            for key in keys:
                self._drop(key)

    def clear(self) -> None:
        """Drops everything."""
        with self._lock:
            self._rows.clear()
            self._facts = 0

    def _drop(self, key: LedgerKey) -> None:
        row = self._rows.pop(key, None)
        if row is not None:
            self._facts -= _weight(row)


def _weight(row: CachedLedger) -> int:
    """What a row takes, in facts: a ledger of one fact takes three times as much as the fact."""
    return len(row.ledger) + 2

"""The context that a transaction must measure with: no older than the version it saw."""

from wuguan.domain.context import Context
from wuguan.ports import Roster


class Contexts:
    """Keeps the context last used; reads it anew when a transaction has seen a later version."""

    def __init__(self, roster: Roster) -> None:
        self._roster = roster
        self._context: Context | None = None

    def at_least(self, version: int) -> Context:
        """A context of this version or a later one.

        A later one does no harm: whatever changed it has also queued the same days to be measured
        again.
        """
        if self._context is None or self._context.version < version:
            self._context = self._roster.context()
        return self._context

"""Boards that read by SQL: not in memory."""

from collections.abc import Sequence
from typing import NoReturn

from wuguan.domain.alerting.rule import AlertRule
from wuguan.domain.errors import Misconfigured
from wuguan.ports import BoardAccess, BoardQueries, BoardRole


class MemoryBoards(BoardQueries, BoardAccess):
    """There is no database to ask, and nobody who could log in to it."""

    def looking_from(self, unit_id: str) -> NoReturn:
        """Misconfigured."""
        _refuse()

    def ensure_role(self, unit_id: str, password: str) -> str:
        """Misconfigured."""
        _refuse()

    def drop_role(self, unit_id: str) -> bool:
        """Whether there was one: never."""
        return False

    def roles(self) -> Sequence[BoardRole]:
        """None."""
        return ()

    def title_alerts(self, rules: Sequence[AlertRule]) -> None:
        """Nobody reads titles here."""

    def left_open(self) -> Sequence[str]:
        """Nothing is open."""
        return ()


def _refuse() -> NoReturn:
    raise Misconfigured(
        ["以 SQL 读取的看板需要 PostgreSQL，内存存储没有 / boards that read by SQL need PostgreSQL"]
    )

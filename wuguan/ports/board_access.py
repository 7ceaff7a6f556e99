"""Boards that read by SQL: who may log in to look, and the application's own reading."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

from msgspec import Struct

from wuguan.domain.alerting.rule import AlertRule


class BoardRows(Struct, frozen=True):
    """What a board's query gave, as it gave it."""

    columns: Sequence[str]
    rows: Sequence[Sequence[Any]]


class BoardLook(Protocol):
    """One moment of the views, as seen from one unit."""

    def rows(self, sql: str, parameters: Mapping[str, object], limit: int) -> BoardRows:
        """At most `limit` rows of one SELECT; nothing can be written.

        Parameters stand as `%(name)s`; a percent sign that is none is written twice.
        TemporarilyUnavailable where the answer takes too long.
        """


class BoardQueries(Protocol):
    """SQL on the views of the schema `board`, as a role of one unit would see them."""

    def looking_from(self, unit_id: str) -> AbstractContextManager[BoardLook]:
        """All that is asked in it is answered from the same moment."""


class BoardRole(Struct, frozen=True):
    """A login of the database, and the unit that it looks from."""

    role: str
    unit_id: str


class BoardAccess(Protocol):
    """Logins of the database that see one unit and what stands below it, and only by views.

    Every method raises Misconfigured where the application's own user lacks a right for it.
    """

    def ensure_role(self, unit_id: str, password: str) -> str:
        """Makes the login of a unit, or makes it anew with this password. Its name."""

    def drop_role(self, unit_id: str) -> bool:
        """Ends the login of a unit and its sessions; whether there was one."""

    def roles(self) -> Sequence[BoardRole]:
        """The logins there are, by name."""

    def title_alerts(self, rules: Sequence[AlertRule]) -> None:
        """Says what alerts of these rules are called; titles of rules that are gone stay."""

    def left_open(self) -> Sequence[str]:
        """SQL that only a superuser may run, and that would close what is still open to logins."""

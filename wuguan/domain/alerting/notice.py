"""Who is to be told of what happened: asked by whoever evaluates, answered by whoever tells."""

from collections.abc import Sequence
from typing import Protocol

from msgspec import Struct

from wuguan.domain.alerting.life import Told
from wuguan.domain.alerting.rule import AlertRule
from wuguan.domain.context import Context


class Notice(Struct, frozen=True, kw_only=True):
    """An entry that somebody is to be told of: one for each entry and receiver, ever."""

    alert_id: str
    number: int
    """Of the entry."""
    receiver_id: str
    not_before_us: int


class Tell(Protocol):
    """Decides who is told of the entries of an alert, and from when on. Pure."""

    def __call__(
        self,
        rule: AlertRule,
        told: Told,
        path: Sequence[str],
        is_silent: bool,
        at_us: int,
        context: Context,
    ) -> Sequence[Notice]:
        """The notices of these entries; none where nobody is told.

        `path` is the unit itself and what stands above it; empty where it has left the roster.
        `is_silent`: an alert says that the unit reports nothing of the rule's management.
        `context` is the one in force: its calendars say which days are school days.
        """


def tell_nobody(
    rule: AlertRule,
    told: Told,
    path: Sequence[str],
    is_silent: bool,
    at_us: int,
    context: Context,
) -> Sequence[Notice]:
    """Nobody is told of anything."""
    return ()

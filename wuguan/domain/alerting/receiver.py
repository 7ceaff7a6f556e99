"""Receivers: who is told, by what, of which units, and how often at most. Never a secret."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Annotated, Literal

from msgspec import Meta, Struct

from wuguan.domain.alerting.rule import Kind, Role

Channel = Literal["apprise", "wecom", "dingtalk", "feishu", "alertmanager", "webhook"]
"""`apprise`: mail, SMS gateways and whatever else that library reaches; `wecom`, `dingtalk`,
`feishu`: a group robot; `alertmanager`: its API v2; `webhook`: a POST of Alertmanager's format."""
Language = Literal["zh", "en"]

_EVERYWHERE = ""


class Receiver(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One place that messages go to."""

    receiver_id: str
    channel: Channel
    roles: tuple[Role, ...]
    units: tuple[str, ...] = ()
    """Of these and what stands below them it is told; none: of every unit."""
    kinds: tuple[Kind, ...] = ("compliance", "data")
    language: Language = "zh"
    digest_minutes: Annotated[int, Meta(ge=0, le=1440)] = 0
    """All that came up in so many minutes (of the clock in UTC+8) is one message; 0: a message for
    each unit, at once."""
    most_an_hour: Annotated[int, Meta(ge=1, le=1000)] = 20
    """Messages; what would be more is put together into one."""


class Receivers:
    """All receivers, asked by unit. Never changes."""

    def __init__(self, receivers: Iterable[Receiver] = ()) -> None:
        self._by_id = {one.receiver_id: one for one in receivers}
        self._by_unit: defaultdict[str, list[Receiver]] = defaultdict(list)
        for one in self._by_id.values():
            for unit in one.units or (_EVERYWHERE,):
                self._by_unit[unit].append(one)

    def get(self, receiver_id: str) -> Receiver | None:
        """One by its id."""
        return self._by_id.get(receiver_id)

    def all(self) -> Sequence[Receiver]:
        """Every one, in the order given."""
        return tuple(self._by_id.values())

    def for_unit(self, path: Sequence[str], kind: Kind, roles: Iterable[Role]) -> list[Receiver]:
        """Those with one of these roles who are told of a unit, each once, by id.

        `path` is the unit itself and what stands above it.
        """
        wanted = frozenset(roles)
        found = {
            one.receiver_id: one
            for unit in (*path, _EVERYWHERE)
            for one in self._by_unit.get(unit, ())
            if kind in one.kinds and wanted.intersection(one.roles)
        }
        return [found[receiver_id] for receiver_id in sorted(found)]

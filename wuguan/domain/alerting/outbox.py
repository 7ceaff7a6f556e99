"""What of a receiver's queue is the next message, and when one that failed is tried again."""

from collections.abc import Sequence
from typing import NamedTuple

from msgspec import Struct

from wuguan.domain.alerting.message import message_id_of
from wuguan.domain.alerting.notice import Notice
from wuguan.domain.alerting.rule import Kind

HOUR_US = 3_600_000_000
GIVE_UP_AFTER_US = 72 * HOUR_US
"""So long after its first attempt a message that fails is tried no more."""
MOST_NOTICES = 100
"""In one message: what is more makes a second."""

_FIRST_PAUSE_SECONDS = 30.0
_LONGEST_PAUSE_SECONDS = 3600.0
_MOST_DOUBLINGS = 10


class Pace(NamedTuple):
    """How messages to a receiver are put together."""

    together: bool
    """Units in one message; else a message for each unit."""
    most_an_hour: int
    """Messages; where units with something to tell would be more, they share one."""


class Queued(Struct, frozen=True, kw_only=True):
    """A notice that is due, and what became of it so far."""

    notice: Notice
    kind: Kind
    unit_id: str
    message_id: str | None = None
    """None: it was not tried yet."""
    tries: int = 0
    first_tried_us: int | None = None
    parts_sent: int = 0

    @property
    def order(self) -> tuple[int, str, int]:
        """Those due the longest come first."""
        return self.notice.not_before_us, self.notice.alert_id, self.notice.number


def next_message(due: Sequence[Queued], pace: Pace, left: int) -> Sequence[Queued]:
    """The notices of the next message of a receiver; `left` more it may get in this hour.

    What was tried together stays together. The two kinds never share a message.
    """
    if not due:
        return ()
    first = min(due, key=lambda one: one.order)
    if first.message_id is not None:
        same = [one for one in due if one.message_id == first.message_id]
        return sorted(same, key=_by_entry)
    untried = [one for one in due if one.message_id is None and one.kind == first.kind]
    units = {one.unit_id for one in due if one.message_id is None}
    if not pace.together and len(units) <= left:
        untried = [one for one in untried if one.unit_id == first.unit_id]
    return sorted(sorted(untried, key=lambda one: one.order)[:MOST_NOTICES], key=_by_entry)


def new_message_id(queued: Sequence[Queued]) -> str:
    """The id that a message keeps: the one it has, or one made of its notices."""
    return queued[0].message_id or message_id_of([one.notice for one in queued])


def free_again_us(sent_us: Sequence[int], pace: Pace) -> int:
    """When a receiver may get one more, after messages at these instants; 0: at once."""
    sent = sorted(sent_us)
    return sent[-pace.most_an_hour] + HOUR_US if len(sent) >= pace.most_an_hour else 0


def pause_seconds(failures: int, chance: float) -> float:
    """How long to wait after so many failures in a row: doubling up to an hour.

    `chance` in [0, 1) moves it by a quarter either way, so that not all come back at once.
    """
    doubled: float = _FIRST_PAUSE_SECONDS * 2 ** min(failures - 1, _MOST_DOUBLINGS)
    return min(doubled, _LONGEST_PAUSE_SECONDS) * (0.75 + 0.5 * chance)


def _by_entry(one: Queued) -> tuple[str, str, int]:
    return one.unit_id, one.notice.alert_id, one.notice.number

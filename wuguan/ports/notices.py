"""What is still to be told: an outbox with a queue for each receiver, and every attempt."""

from collections.abc import Mapping, Sequence
from typing import Literal, Protocol

from msgspec import Struct

from wuguan.domain.alerting.message import Message
from wuguan.domain.alerting.notice import Notice
from wuguan.domain.alerting.outbox import Pace
from wuguan.domain.alerting.rule import Kind

Outcome = Literal["delivered", "unreachable", "refused", "given_up"]
"""`unreachable`: no answer, or one that asks to come again later; `refused`: an answer that
somebody must act upon; `given_up`: either of them, after so long that it is tried no more."""


class Claimed(Struct, frozen=True, kw_only=True):
    """A message to be sent: nobody else sends to this receiver meanwhile."""

    receiver_id: str
    kind: Kind
    message_id: str
    notices: Sequence[Notice]
    """By alert and number."""
    tries: int
    """Which attempt this is, from 1."""
    first_tried_us: int
    leased_until_us: int
    """Until then nobody else sends to the receiver."""
    parts_sent: int = 0
    """Of a text that went out in parts: how many have arrived."""
    failures: int = 0
    """Of the receiver, one after the other, whichever the message."""


class Tried(Struct, frozen=True, kw_only=True):
    """How an attempt ended, and what follows."""

    at_us: int
    outcome: Outcome
    answer: str
    """What the receiver said, shortened; without addresses and secrets."""
    parts_sent: int
    again_us: int
    """When the message is tried again; nothing where it is delivered or given up."""
    receiver_again_us: int
    """When the receiver is sent anything again."""


class Attempt(Struct, frozen=True, kw_only=True):
    """One attempt to tell one receiver of one entry."""

    alert_id: str
    number: int
    receiver_id: str
    message_id: str
    """Empty where nothing was ever sent."""
    at_us: int
    outcome: Outcome
    answer: str


class Undelivered(Struct, frozen=True):
    """What one receiver was not told of yet, due or not."""

    number: int
    since_us: int
    """When the oldest was first due, or first tried."""


class Notices(Protocol):
    """The outbox. Notices come into it in the transaction of the entries that they are about."""

    def claim(self, paces: Mapping[str, Pace], now_us: int, leased_until_us: int) -> Claimed | None:
        """The message that has been due the longest, to one of these receivers; None: none is.

        What was tried together is tried together again, under the same id. The receiver is the
        caller's until `record`, or a `put_off` of all, or `leased_until_us` where the caller died.
        """

    def record(self, claimed: Claimed, tried: Tried) -> None:
        """Writes down an attempt. Delivered and given-up notices are done with.

        Whatever is not delivered counts as a failure of the receiver; a delivery ends these. Where
        the lease has passed to somebody else, what follows is theirs to say, but for a delivery.
        """

    def put_off(self, claimed: Claimed, later: Sequence[Notice]) -> Claimed | None:
        """Takes notices out of a claimed message, not to be told before the time in them now.

        What is left of the message; None, and the receiver free again, where nothing is.
        """

    def attempts(self, alert_id: str) -> Sequence[Attempt]:
        """All attempts to tell of an alert, by time, entry and receiver."""

    def waiting(self, now_us: int) -> Mapping[str, int]:
        """How many notices are due, or were tried, and are not delivered, by receiver."""

    def undelivered(self) -> Mapping[str, Undelivered]:
        """What is not delivered, by receiver: also to those who have been taken out since."""

    def drop(self, receiver_id: str, at_us: int, why: str) -> int:
        """Gives up all that a receiver was not told of, with an attempt each; how many notices.

        Whoever is just sending to it may still deliver.
        """


class Answer(Struct, frozen=True, kw_only=True):
    """What came of sending a message."""

    outcome: Literal["delivered", "unreachable", "refused"]
    said: str
    parts_sent: int = 0
    again_after_seconds: float = 0.0
    """Sooner nothing more is to be sent to this receiver; 0: it did not say."""


class Sender(Protocol):
    """Whoever brings messages to one receiver. Raises nothing."""

    def send(self, message: Message, parts_sent: int = 0) -> Answer:
        """Sends a message, or what is left of it after so many parts; within a minute or so."""

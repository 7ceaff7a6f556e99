"""`tell`: lists who is told of alerts, or sends one of them a test and shows the real answer."""

from collections.abc import Callable
from uuid import uuid4

from stream_processors.telling_people import People
from wuguan.domain.alerting.receiver import Receiver
from wuguan.domain.alerting.wording import trial
from wuguan.domain.errors import Misconfigured


def listed(people: People) -> str:
    """The receivers, one a line; addresses are shown nowhere."""
    lines = [_line(one) for one in people.receivers.all()]
    return "\n".join([*lines, f"tell: {len(lines)} 个接收方 receivers"])


def sent_a_test(
    people: People,
    receiver_id: str,
    clock: Callable[[], int],
    message_id: Callable[[], str] = lambda: f"test-{uuid4().hex[:12]}",
) -> tuple[bool, str]:
    """Whether a receiver took a test, and what it answered; Misconfigured where it is unknown."""
    receiver = people.receivers.get(receiver_id)
    if receiver is None:
        known = ", ".join(one.receiver_id for one in people.receivers.all()) or "–"
        raise Misconfigured([f"--test: 没有这个接收方，已有 / is no receiver, known are: {known}"])
    message = trial(receiver_id, receiver.language, message_id(), clock())
    answer = people.senders[receiver_id].send(message)
    is_taken = answer.outcome == "delivered"
    return is_taken, f"{'✓' if is_taken else '✗'} {receiver_id} {message.message_id}: {answer.said}"


def _line(one: Receiver) -> str:
    units = " ".join(one.units) or "全部单位 all units"
    pace = f"每 {one.digest_minutes} 分钟汇总 digest" if one.digest_minutes else "逐条 single"
    return f"{one.receiver_id}: {one.channel}; {' '.join(one.roles)}; {units}; {pace}"

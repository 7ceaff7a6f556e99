"""`tell`: lists who is told of alerts and who no longer is, sends a test, drops what is left."""

from collections.abc import Callable, Sequence
from uuid import uuid4

from stream_processors.telling_people import People
from wuguan.domain.alerting.receiver import Receiver
from wuguan.domain.alerting.wording import trial
from wuguan.domain.errors import Misconfigured
from wuguan.domain.instants import china_datetime
from wuguan.ports import Notices, Undelivered

DROPPED = "接收方已从 receivers.toml 移除 / the receiver was taken out of receivers.toml"
_STILL_TOLD = (
    "--drop: 该接收方仍在 receivers.toml 中，通知会继续发送；请先从文件中删去并重启各进程"
    " / the receiver is in receivers.toml and will be told; take it out and restart first"
)
_NONE_WAITS = (
    "--drop: 没有通知在等待该接收方；请核对名称，遗留的列在下面（如有）"
    " / no notice waits for this receiver; check its name, what is left is listed below, if any"
)


def listed(people: People) -> str:
    """The receivers, one a line; addresses are shown nowhere."""
    lines = [_line(one) for one in people.receivers.all()]
    return "\n".join([*lines, f"tell: {len(lines)} 个接收方 receivers"])


def left_over(people: People, notices: Notices) -> Sequence[str]:
    """What waits for receivers that are not in the file, a line for each."""
    return [
        _left(receiver_id, found)
        for receiver_id, found in notices.undelivered().items()
        if people.receivers.get(receiver_id) is None
    ]


def dropped(people: People, notices: Notices, receiver_id: str, at_us: int) -> str:
    """Gives up what waits for a receiver; Misconfigured where it is in the file, or none waits."""
    if people.receivers.get(receiver_id) is not None:
        raise Misconfigured([_STILL_TOLD])
    number = notices.drop(receiver_id, at_us, DROPPED)
    if not number:
        raise Misconfigured([_NONE_WAITS, *left_over(people, notices)])
    return f"✓ {receiver_id}: {number} 条通知已放弃 notices given up"


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


def _left(receiver_id: str, found: Undelivered) -> str:
    since = f"{china_datetime(found.since_us):%Y-%m-%d %H:%M}"
    return (
        f"{receiver_id}: 不在 receivers.toml 中 not in the file; {found.number} 条通知未送达，"
        f"最早 {since} / notices wait, the oldest since then; tell --drop {receiver_id}"
    )

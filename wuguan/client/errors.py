"""The client's errors, named by the reaction they ask for.

ClientError
├── KeyRefused           use another key (401, 403)
├── DocumentRefused      mend the roster, calendar or query: every fault is listed
├── RequestRefused       mend the request; the same one again is refused again
├── AlertHasMoved        read the alert again, act on what it is now
├── Unconfirmed          look whether it was done before doing it again
├── ServerUnavailable    wait and push the same again: a repeat is harmless
└── AnswerNotUnderstood  the address is not (this version of) a Wuguan server
"""

from collections.abc import Sequence

from wuguan.domain.errors import Fault, WuguanError


class ClientError(WuguanError):
    """Something that stands between the sender and the server, said in both languages."""

    def __init__(self, message: str, message_zh: str) -> None:
        super().__init__(f"{message_zh} / {message}")
        self.message = message
        self.message_zh = message_zh


class KeyRefused(ClientError):
    """The server does not know the key, or the key may not do this."""

    def __init__(self, status: int, detail: str = "") -> None:
        super().__init__(
            f"the server refused the key ({status}{_tail(detail)}): check the key, its school "
            "and its scope, or ask for a new one",
            f"服务器拒绝了密钥（{status}）：请核对密钥、所属学校和权限，或申请新密钥",
        )
        self.status = status


class RequestRefused(ClientError):
    """The request as a whole cannot be used; sending it again helps nothing."""

    def __init__(self, status: int, detail: str = "") -> None:
        super().__init__(
            f"the server refused the request ({status}{_tail(detail)}): mend it before sending",
            f"服务器拒绝了请求（{status}{_tail(detail)}）：请改正后再发送",
        )
        self.status = status


class DocumentRefused(ClientError):
    """A roster, a calendar or a query was refused whole. Carries every fault found."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        listed = "; ".join(f"{fault.path}: {fault.message}" for fault in faults)
        listed_zh = "；".join(f"{fault.path}：{fault.message_zh}" for fault in faults)
        super().__init__(
            f"refused whole, {len(faults)} to mend: {listed}",
            f"整份被退回，须改正{len(faults)}处：{listed_zh}",
        )
        self.faults = tuple(faults)


class AlertHasMoved(ClientError):
    """The alert is in a state that does not take the action; nothing was written."""


class Unconfirmed(ClientError):
    """An action that is not harmless to repeat was sent, and its answer did not arrive."""

    def __init__(self, why: str) -> None:
        super().__init__(
            f"it is not known whether this was done ({why}): read the alert, and do it again only "
            "if its history lacks it",
            f"不能确定操作是否已完成（{why}）：请先查看该预警，经过中没有这一条时再重做",
        )


class ServerUnavailable(ClientError):
    """The server was not reached, or did not confirm, in the time given for trying."""

    def __init__(self, why: str, waited_seconds: float) -> None:
        super().__init__(
            f"not confirmed after {waited_seconds:.0f} s of trying ({why}): send the same again "
            "later, nothing is counted twice",
            f"尝试{waited_seconds:.0f}秒仍未得到确认（{why}）：请稍后原样重发，不会重复计数",
        )


class AnswerNotUnderstood(ClientError):
    """What answered does not speak as a Wuguan server does."""

    def __init__(self, status: int, path: str) -> None:
        super().__init__(
            f"the answer to {path} ({status}) was not understood: is this the address of a "
            "Wuguan server?",
            f"无法理解 {path} 的应答（{status}）：请确认地址是五管服务器",
        )
        self.status = status


def _tail(detail: str) -> str:
    return f", {detail}" if detail else ""

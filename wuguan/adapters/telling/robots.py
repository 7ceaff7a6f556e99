"""Robots in groups of WeCom 企业微信, DingTalk 钉钉 and Feishu 飞书, spoken to directly.

All three say HTTP 200 to what they refuse: their code decides. Texts are sent plain, which every
client shows, also WeChat for WeCom.
"""

import base64
import hashlib
import hmac
import time
from abc import abstractmethod
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any
from urllib.parse import quote

from wuguan.adapters.telling.parts import parts_of
from wuguan.adapters.telling.posting import (
    MESSAGE_SECONDS,
    Poster,
    Reply,
    goes_on_later,
    of_status,
    refused,
    unreachable,
)
from wuguan.domain.alerting.message import Message
from wuguan.ports.notices import Answer, Sender

_Both = tuple[str, str]
_LIMITED_SECONDS = 60.0


class Robot(Sender):
    """What the three have in common."""

    most_bytes: int
    """Of a text."""
    code_names: tuple[str, ...]
    """The members of an answer in which its code may stand; 0 is a success."""
    busy: frozenset[int]
    """Codes that ask to come again later."""
    reasons: Mapping[int, _Both]
    """Codes that somebody must act upon, and how."""

    def __init__(
        self,
        url: str,
        secret: str | None = None,
        *,
        now: Callable[[], float] = time.time,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self._url = url
        self._secret = secret
        self._now = now
        self._seconds = seconds
        self._poster = Poster(url, secret)

    def send(self, message: Message, parts_sent: int = 0) -> Answer:
        """Sends the parts that have not arrived, one after the other."""
        deadline = self._seconds() + MESSAGE_SECONDS
        parts = parts_of(f"{message.title}\n{message.text}", self.most_bytes)
        for number, part in enumerate(parts[parts_sent:], start=parts_sent):
            if self._seconds() > deadline:
                return goes_on_later(number)
            answer = self._send_part(part, message.message_id)
            if answer.outcome != "delivered":
                return _with_parts(answer, number)
        return Answer(outcome="delivered", said="ok", parts_sent=len(parts))

    def _send_part(self, text: str, message_id: str) -> Answer:
        url, content = self._signed(self._url, text)
        reply = self._poster.post(url, content, {"X-Wuguan-Message": message_id})
        return self._judged(reply) if isinstance(reply, Reply) else reply

    def _judged(self, reply: Reply) -> Answer:
        code = next((reply.members[n] for n in self.code_names if n in reply.members), None)
        if code == 0 and reply.status < 300:
            return Answer(outcome="delivered", said="ok")
        if not isinstance(code, int):
            if reply.status < 300:
                return refused(
                    "答复不是该平台的格式；请核对地址",
                    "no answer of this platform; check the address",
                )
            return of_status(reply, self._poster)
        said = self._poster.without_secrets(f"{code} {self._said(reply.members)}")
        if code in self.busy:
            return unreachable(f"发送过于频繁或系统繁忙：{said}", "asks to wait", _LIMITED_SECONDS)
        zh, en = self.reasons.get(code, ("请按错误码查阅该平台文档", "see its documents"))
        return refused(f"{said}：{zh}", en)

    @staticmethod
    def _said(members: Mapping[str, Any]) -> str:
        return str(members.get("errmsg") or members.get("msg") or members.get("StatusMessage", ""))

    @abstractmethod
    def _signed(self, url: str, text: str) -> tuple[str, object]:
        """The address and the body, signed where there is a secret."""


class WeCom(Robot):
    """A robot of WeCom 企业微信."""

    most_bytes = 2048
    code_names = ("errcode",)
    busy = frozenset({-1, 45009, 45033})
    reasons = MappingProxyType(
        {
            93000: (
                "机器人地址无效或已被删除；请在群里重新添加并更换地址",
                "the robot is gone; add it to the group again and change the address",
            ),
            60020: (
                "服务器的出口 IP 不在可信名单；请在管理后台添加",
                "this server's IP is not allowed; add it in the administration of WeCom",
            ),
            45002: ("消息过长；请报告此问题", "the text is too long; please report this"),
            40058: ("消息格式不被接受；请报告此问题", "the form is not taken; please report this"),
            93008: ("机器人已被移出群；请重新添加", "the robot left the group; add it again"),
        }
    )

    def _signed(self, url: str, text: str) -> tuple[str, object]:
        return url, {"msgtype": "text", "text": {"content": text}}


class DingTalk(Robot):
    """A robot of DingTalk 钉钉, signed where there is a secret."""

    most_bytes = 18_000  # Of 20,000 bytes of the whole request.
    code_names = ("errcode",)
    busy = frozenset({-1, 130101, 410100, 302033})
    reasons = MappingProxyType(
        {
            310000: (
                "安全设置不符：关键词须为“五管”，或签名密钥、IP 名单有误；请核对机器人的安全设置",
                "its security settings refuse it: the keyword must be 五管, or the signing"
                " secret or the IP list is wrong",
            ),
            300001: (
                "地址中的 token 无效；请更换地址",
                "the token is not valid; change the address",
            ),
            300005: (
                "地址中的 token 无效；请更换地址",
                "the token is not valid; change the address",
            ),
            400101: (
                "地址中的 token 无效；请更换地址",
                "the token is not valid; change the address",
            ),
            400013: ("群已解散；请更换地址", "the group is gone; change the address"),
            400102: ("机器人已停用；请在群里启用", "the robot is switched off; switch it on"),
            460101: ("消息过长；请报告此问题", "the text is too long; please report this"),
        }
    )

    def _signed(self, url: str, text: str) -> tuple[str, object]:
        body = {"msgtype": "text", "text": {"content": text}}
        if self._secret is None:
            return url, body
        stamp = str(int(self._now() * 1000))
        sign = _hmac(self._secret.encode(), f"{stamp}\n{self._secret}".encode())
        return f"{url}{'&' if '?' in url else '?'}timestamp={stamp}&sign={quote(sign, '')}", body


class Feishu(Robot):
    """A robot of Feishu 飞书, signed where there is a secret."""

    most_bytes = 18_000  # Of 20 KB of the whole request; 30 KB are documented elsewhere.
    code_names = ("code", "StatusCode")
    busy = frozenset({11232, 99991400})
    reasons = MappingProxyType(
        {
            19001: (
                "机器人地址无效或已被删除；请更换地址",
                "the robot is gone; change the address",
            ),
            19021: (
                "签名不符或时间相差超过一小时；请核对密钥与服务器时间",
                "the signature does not fit; check the secret and this server's clock",
            ),
            19022: (
                "服务器的出口 IP 不在名单；请在机器人设置中添加",
                "this server's IP is not allowed; add it in the robot's settings",
            ),
            19024: (
                "不含机器人设定的关键词；请把关键词设为“五管”",
                "its keyword is missing; set the keyword to 五管",
            ),
        }
    )

    def _signed(self, url: str, text: str) -> tuple[str, object]:
        body: dict[str, object] = {"msg_type": "text", "content": {"text": text}}
        if self._secret is not None:
            stamp = str(int(self._now()))
            # Here the text to be signed is the key, and nothing is signed with it.
            body |= {"timestamp": stamp, "sign": _hmac(f"{stamp}\n{self._secret}".encode(), b"")}
        return url, body


def _hmac(key: bytes, text: bytes) -> str:
    return base64.b64encode(hmac.new(key, text, hashlib.sha256).digest()).decode()


def _with_parts(answer: Answer, parts_sent: int) -> Answer:
    return Answer(
        outcome=answer.outcome,
        said=answer.said,
        parts_sent=parts_sent,
        again_after_seconds=answer.again_after_seconds,
    )

"""Mail, SMS gateways and whatever else the library Apprise reaches.

It answers by yes or no; the reason stands only in what it logs, so its log is listened to, and
goes nowhere else: it may hold addresses.
"""

import logging
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import chain

from apprise import Apprise, AppriseAsset, NotifyFormat
from apprise.plugins.base import NotifyBase

from wuguan.adapters.telling.posting import (
    MESSAGE_SECONDS,
    Hiding,
    goes_on_later,
    secret_parts,
)
from wuguan.domain.alerting.message import Message
from wuguan.domain.errors import Misconfigured
from wuguan.ports.notices import Answer, Sender

_ASSET = AppriseAsset(app_id="Wuguan", app_desc="五管 Wuguan", app_url="", async_mode=False)
_HEADER = "X-Wuguan-Message"
# The reason itself is logged as a detail, by what a server or a library said.
_REASONS = ("exception", "error", "response")


class AppriseSender(Sender):
    """Sends to each of the addresses in turn; those that took a message get it once."""

    def __init__(self, receiver_id: str, urls: str) -> None:
        addresses = urls.split()
        self._services = [
            _service(receiver_id, number, one) for number, one in enumerate(addresses, start=1)
        ]
        self._hiding = Hiding([*chain(*map(secret_parts, addresses)), *_passwords(self._services)])
        _listen()

    def send(self, message: Message, parts_sent: int = 0) -> Answer:
        """Sends to the addresses that have not taken it."""
        deadline = time.monotonic() + MESSAGE_SECONDS
        for number, service in enumerate(self._services[parts_sent:], start=parts_sent):
            if time.monotonic() > deadline:
                return goes_on_later(number)
            with _LISTENING.heard() as heard:
                is_sent = _sent(service, message)
            if not is_sent:
                said = self._hiding.hidden("; ".join(heard) or "?")
                return Answer(
                    outcome="unreachable",
                    said=f"第 {number + 1} 个地址未送达：{said} / address {number + 1} failed",
                    parts_sent=number,
                )
        return Answer(outcome="delivered", said="ok", parts_sent=len(self._services))


def _service(receiver_id: str, number: int, url: str) -> NotifyBase:
    service = Apprise.instantiate(url, asset=_ASSET)
    if service is None:
        where = f"receivers.toml · {receiver_id} · url_from"
        zh = f"第 {number} 个地址 Apprise 不能用，如 mailtos://用户:密码@主机?to=收件人"
        en = f"address {number} is of no use to Apprise, as mailtos://user:password@host?to=whom"
        raise Misconfigured([f"{where}: {zh} / {en}"])
    # How often a receiver is sent anything is decided before; here it would only hold a thread.
    service.request_rate_per_sec = 0
    return service


def _sent(service: NotifyBase, message: Message) -> bool:
    headers = getattr(service, "headers", None)
    if isinstance(headers, dict):
        # Of mail and of plain HTTP; the others have the id in the last line only.
        headers[_HEADER] = message.message_id
    try:
        return bool(
            service.notify(title=message.title, body=message.text, body_format=NotifyFormat.TEXT)
        )
    except Exception as error:  # A plugin of a library raises what it likes; the reason is kept.
        logging.getLogger("apprise").debug("%s: %s", type(error).__name__, error)
        return False


def _passwords(services: Sequence[NotifyBase]) -> list[str]:
    return [str(one.password) for one in services if getattr(one, "password", None)]


class _Listening(logging.Handler):
    """What Apprise logs in a thread while it is listened to there."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self._here = threading.local()

    @contextmanager
    def heard(self) -> Iterator[list[str]]:
        """The lines that this thread logs meanwhile."""
        lines: list[str] = []
        self._here.lines = lines
        try:
            yield lines
        finally:
            self._here.lines = None

    def emit(self, record: logging.LogRecord) -> None:
        """Takes a line down."""
        lines = getattr(self._here, "lines", None)
        if lines is None:
            return
        line = record.getMessage()
        if record.levelno >= logging.WARNING or any(word in line.lower() for word in _REASONS):
            lines.append(line)


_LISTENING = _Listening()


def _listen() -> None:
    log = logging.getLogger("apprise")
    if _LISTENING not in log.handlers:
        log.addHandler(_LISTENING)
        log.setLevel(logging.DEBUG)
        log.propagate = False

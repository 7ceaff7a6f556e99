"""Receivers on this machine that take down what they get and answer as they are told to."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import socket
from typing import Any, NamedTuple

from aiosmtpd.controller import Controller


class Got(NamedTuple):
    """One request."""

    path: str
    headers: dict[str, str]
    body: Any


Answering = Callable[[Got], tuple[int, Any]]


def plainly(status: int = 200, body: Any = None) -> Answering:
    """The same to everybody."""
    return lambda got: (status, body if body is not None else {})


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        """Says nothing of those that did not wait for the answer."""


class HttpReceiver:
    """A server that answers every POST with what `answering` says."""

    def __init__(self, answering: Answering, *, after_seconds: float = 0.0) -> None:
        self.answering = answering
        self.after_seconds = after_seconds
        self.got: list[Got] = []
        self._server = _Server(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.02,), daemon=True
        )
        self._thread.start()

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def close(self) -> None:
        """Answers nobody any more."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                got = Got(self.path, headers, json.loads(body))
                receiver.got.append(got)
                time.sleep(receiver.after_seconds)
                status, answer = receiver.answering(got)
                content = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, format: str, *args: object) -> None:
                """Says nothing."""

        return Handler


@contextmanager
def http_receiver(answering: Answering, **members: Any) -> Iterator[HttpReceiver]:
    """A server for the time of a test."""
    with closing(HttpReceiver(answering, **members)) as receiver:
        yield receiver


class MailReceiver:
    """A mail server that keeps what it takes, after so many refusals."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.refusals: list[str] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """Takes a mail."""
        if self.refusals:
            return self.refusals.pop(0)
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"


@contextmanager
def mail_receiver() -> Iterator[tuple[MailReceiver, str]]:
    """A mail server, and the address by which Apprise sends to 督学 there."""
    handler = MailReceiver()
    controller = Controller(handler, hostname="127.0.0.1", port=unused_port())
    controller.start()
    try:
        port = controller.port
        yield (
            handler,
            f"mailto://127.0.0.1:{port}?from=wuguan@example.com&to=du@example.com&mode=insecure",
        )
    finally:
        controller.stop()


def unused_port() -> int:
    """A port on which nobody listens."""
    with closing(socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port

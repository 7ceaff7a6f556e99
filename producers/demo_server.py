"""The demonstration's server: `python -m api` as a child process."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import IO

import httpx

CHECKOUT = Path(__file__).resolve().parents[1]
LOG_NAME = "server.log"
READY_WITHIN_SECONDS = 60.0
STOPPED_WITHIN_SECONDS = 30.0
LOG_TAIL_LINES = 25
# A simulated district must never reach a real database or broker that the shell names.
NOT_INHERITED = ("WUGUAN_DSN", "WUGUAN_KAFKA")


class ServerFault(Exception):
    """The server did not start, or ended by itself; says where its log is, and how it ends."""


class DemoServer:
    """A running server on this machine; `stop` ends it in good order."""

    def __init__(self, data: Path, port: int, process: "subprocess.Popen[bytes]") -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.port = port
        self.process = process
        self._log = data / LOG_NAME

    def wait_until_ready(self) -> None:
        """Returns when the server is ready to work, or raises ServerFault."""
        deadline = time.monotonic() + READY_WITHIN_SECONDS
        while not answers(self.url):
            self.check()
            if time.monotonic() > deadline:
                raise self._fault(
                    f"{READY_WITHIN_SECONDS:.0f}秒内未就绪",
                    f"was not ready within {READY_WITHIN_SECONDS:.0f} s",
                )
            time.sleep(0.1)

    def check(self) -> None:
        """Raises ServerFault if the server has ended."""
        code = self.process.poll()
        if code is not None:
            raise self._fault(f"已退出（{code}）", f"ended with code {code}")

    def stop(self) -> None:
        """Asks the server to end and waits; one that does not end in time is killed."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(STOPPED_WITHIN_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def _fault(self, what_zh: str, what: str) -> ServerFault:
        text = self._log.read_text(encoding="utf-8", errors="replace")
        tail = "\n".join(text.splitlines()[-LOG_TAIL_LINES:])
        return ServerFault(
            f"服务器{what_zh}，日志在 {self._log} / the server {what}; its log: {self._log}\n{tail}"
        )


def start_server(data: Path, port: int, admin_key: str) -> DemoServer:
    """Starts the server on its folder; it is not yet ready."""
    with (data / LOG_NAME).open("ab") as log:
        return DemoServer(data, port, _spawn(data, port, admin_key, log))


def free_port(wanted: int) -> int:
    """The wanted port, or the next one above it that nobody listens on."""
    for port in range(wanted, min(wanted + 200, 65_536)):
        with socket.socket() as probe:
            # As the server binds: a connection that is just closing does not hold the port.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise ServerFault(f"没有空闲端口（从{wanted}起） / no free port from {wanted} on")


def answers(url: str) -> bool:
    """Whether a server there says that it is ready."""
    try:
        # A transport of its own: no proxy of the shell stands before this machine itself.
        with httpx.Client(transport=httpx.HTTPTransport(verify=False), timeout=2) as http:
            return http.get(f"{url}/readyz").status_code == 200
    except httpx.TransportError:
        return False


def is_running(server_pid: int, port: int) -> bool:
    """Whether the server that a former start recorded still runs and answers."""
    if not server_pid:
        return False
    try:
        os.kill(server_pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return answers(f"http://127.0.0.1:{port}")


def _spawn(data: Path, port: int, admin_key: str, log: IO[bytes]) -> "subprocess.Popen[bytes]":
    inherited = {name: text for name, text in os.environ.items() if name not in NOT_INHERITED}
    settings = {
        "WUGUAN_DATA": str(data.resolve()),
        "WUGUAN_PORT": str(port),
        "WUGUAN_ADMIN_KEY": admin_key,
        "WUGUAN_RATE_LIMIT": "0",
    }
    # A session of its own: Ctrl-C reaches the demonstration alone, which then ends the server.
    return subprocess.Popen(
        [sys.executable, "-m", "api"],
        cwd=CHECKOUT,
        env={**inherited, **settings},
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )

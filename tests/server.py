"""A server of our own for the length of a test: `python -m api` as a child process.

The conformance run, the fault program and the bench program all start their server here, so that
each of them meets the program exactly as an operator starts it.
"""

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

PROJECT = Path(__file__).resolve().parents[1]
READY_WITHIN_SECONDS = 90.0
STOP_WITHIN_SECONDS = 30.0


class ServerFault(Exception):
    """The server did not start, did not stop, or ended by itself. Carries the tail of its log."""


@dataclass
class Server:
    """A server that runs: where it is, who may do everything in it, and its process."""

    base_url: str
    admin_key: str
    process: subprocess.Popen[bytes]
    log_path: Path
    data_dir: Path

    def log_tail(self, lines: int = 40) -> str:
        """The last lines that the server wrote."""
        text = self.log_path.read_text(encoding="utf-8", errors="replace")
        return "\n".join(text.splitlines()[-lines:])

    def fault(self, what: str) -> ServerFault:
        """`what` went wrong, with the tail of the log."""
        return ServerFault(f"{what}\n--- {self.log_path.name}, last lines ---\n{self.log_tail()}")

    def wait_until_ready(self, within_seconds: float = READY_WITHIN_SECONDS) -> None:
        """Return as soon as `/readyz` says 200, or raise ServerFault."""
        deadline = time.monotonic() + within_seconds
        while not _is_ready(self.base_url):
            if self.process.poll() is not None:
                raise self.fault(f"the server ended with code {self.process.returncode} at start")
            if time.monotonic() > deadline:
                raise self.fault(f"the server was not ready after {within_seconds:.0f} s")
            time.sleep(0.1)

    def kill(self) -> None:
        """`kill -9`: nothing of the server's own tidying runs. The database is left as it is."""
        self.process.kill()
        self.process.wait()

    def stop(self, within_seconds: float = STOP_WITHIN_SECONDS) -> int:
        """SIGTERM and wait; its exit code. A server that does not stop is killed: ServerFault."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(timeout=within_seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            raise self.fault(f"not stopped {within_seconds:.0f} s after SIGTERM") from None


def free_port() -> int:
    """A port of this machine that nobody listens on now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def start_server(
    data_dir: Path,
    *,
    env: Mapping[str, str] | None = None,
    port: int | None = None,
    admin_key: str | None = None,
) -> Server:
    """A server on `data_dir` that is ready. The caller stops it (or kills it, and starts it again).

    To start again on the same folder, hand in the `admin_key` of the first time: a server takes
    its first admin key from the settings only once. `env` adds to the settings (`WUGUAN_...`).
    """
    port = port or free_port()
    key = admin_key or (env or {}).get("WUGUAN_ADMIN_KEY") or secrets.token_urlsafe(32)
    settings = {"WUGUAN_DATA": str(data_dir), "WUGUAN_PORT": str(port), **(env or {})}
    # Beside the folder, not in it: a fresh data folder is an empty one.
    log_path = data_dir.with_name(f"{data_dir.name}.log")
    process = _spawn({**settings, "WUGUAN_ADMIN_KEY": key}, log_path)
    server = Server(f"http://127.0.0.1:{port}", key, process, log_path, data_dir)
    try:
        server.wait_until_ready()
    except BaseException:
        server.kill()
        raise
    return server


@contextmanager
def running_server(
    data_dir: Path,
    *,
    env: Mapping[str, str] | None = None,
    port: int | None = None,
    admin_key: str | None = None,
) -> Iterator[Server]:
    """A server for the length of a `with`: stopped by SIGTERM, its database with it.

    An error inside the block gets the tail of the server's log as a note.
    """
    try:
        server = start_server(data_dir, env=env, port=port, admin_key=admin_key)
        try:
            yield server
        except Exception as error:
            error.add_note(f"--- {server.log_path.name}, last lines ---\n{server.log_tail()}")
            raise
        finally:
            server.stop()
    finally:
        stop_leftover_database(data_dir)


def stop_leftover_database(data_dir: Path) -> None:
    """Stop an embedded PostgreSQL on `data_dir` that a killed server has left running."""
    for pid_file in data_dir.rglob("postmaster.pid"):
        pid = int(pid_file.read_text(encoding="utf-8").split("\n", 1)[0])
        # The number may be another process's by now: after a crash the file stays.
        if _command_name(pid).startswith("postgres"):
            os.kill(pid, signal.SIGINT)
            _wait_until_gone(pid_file)


def _spawn(settings: Mapping[str, str], log_path: Path) -> subprocess.Popen[bytes]:
    # Settings of the person who runs the tests must not reach the server: it has the defaults.
    environment = {name: text for name, text in os.environ.items() if name[:7] != "WUGUAN_"}
    with log_path.open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "api"],
            cwd=PROJECT,
            env={**environment, **settings},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            # Ctrl-C goes to the test; the server is told by SIGTERM.
            start_new_session=True,
        )


def _is_ready(base_url: str) -> bool:
    try:
        return httpx.get(f"{base_url}/readyz", timeout=5, trust_env=False).status_code == 200
    except httpx.TransportError:
        return False


def _command_name(pid: int) -> str:
    shown = subprocess.run(
        ["ps", "-p", str(pid), "-o", "comm="], capture_output=True, text=True, check=False
    )
    return Path(shown.stdout.strip()).name


def _wait_until_gone(pid_file: Path, within_seconds: float = 15.0) -> None:
    deadline = time.monotonic() + within_seconds
    while pid_file.exists() and time.monotonic() < deadline:
        time.sleep(0.1)

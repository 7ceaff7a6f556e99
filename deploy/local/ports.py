"""Ports of this machine: free ones, taken ones, and the one that a service had the last time."""

import random
import socket
from pathlib import Path

from deploy.local.errors import ServiceFault

# Below the ports that systems give to outgoing connections: while a service is down, a client
# that tries again and again could otherwise be given the service's own port.
_CHOICE = range(20_000, 32_000)
_TRIES = 200


def free_port() -> int:
    """A port on which nobody listens now."""
    for port in random.sample(_CHOICE, _TRIES):
        if not is_taken(port):
            return port
    raise ServiceFault(
        f"找不到空闲端口（{_CHOICE.start}–{_CHOICE.stop}） / no free port found in that range"
    )


def is_taken(port: int) -> bool:
    """Whether somebody listens on the port."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
        except OSError:
            return True
        return False


def kept_port(file: Path) -> int | None:
    """The port that a service wrote down, if it did."""
    try:
        return int(file.read_text("utf-8"))
    except (OSError, ValueError):
        return None


def keep_port(file: Path, port: int) -> None:
    """Writes a port down, so that another process finds the service."""
    file.write_text(f"{port}\n", "utf-8")


def require_free(port: int, service: str) -> None:
    """Raises ServiceFault if somebody else listens there."""
    if is_taken(port):
        raise ServiceFault(
            f"{service}: 端口 127.0.0.1:{port} 已被其他程序占用；请停止该程序，或换一个端口"
            f"（up --kafka-port / --controller-port / --timescale-port）\n"
            f"{service}: 127.0.0.1:{port} is taken by another program; stop that one, or choose "
            "another port (up --kafka-port, --controller-port, --timescale-port)"
        )

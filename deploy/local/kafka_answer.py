"""Asks a Kafka broker over its own protocol whether it serves clients yet."""

import contextlib
import socket
import struct

_METADATA = 3
_VERSION = 1
_TIMEOUT_SECONDS = 2.0


def serves(port: int) -> bool:
    """Whether the broker answers and knows itself; its port is open before that."""
    with contextlib.suppress(OSError, struct.error):
        return _brokers_known(port) > 0
    return False


def _brokers_known(port: int) -> int:
    # Metadata of no topic: api key, version, number of the request, no client id, no topics.
    request = struct.pack(">hhihi", _METADATA, _VERSION, 1, -1, 0)
    with socket.create_connection(("127.0.0.1", port), timeout=_TIMEOUT_SECONDS) as connection:
        connection.sendall(struct.pack(">i", len(request)) + request)
        (size,) = struct.unpack(">i", _received(connection, 4))
        # The number of the request comes back, then how many brokers are listed.
        _, brokers = struct.unpack_from(">ii", _received(connection, size))
        return int(brokers)


def _received(connection: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        piece = connection.recv(size - len(data))
        if not piece:
            raise ConnectionError("the broker closed the connection")
        data += piece
    return data

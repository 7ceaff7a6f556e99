"""Pushing a load over HTTP from several connections, each request until it is answered."""

import http.client
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from urllib.parse import urlsplit

from tests.load import LoadRequest

_MOST_SECONDS = 120.0
_HEADERS = {"Content-Type": "application/cloudevents-batch+json"}


class Pushing:
    """Threads that share one list of requests. `pushed` counts those answered with 202."""

    def __init__(
        self,
        base_url: str,
        keys: Mapping[str, str],
        requests: Iterable[LoadRequest],
        *,
        connections: int,
        on_answer: Callable[[LoadRequest, bytes], None] = lambda request, answer: None,
    ) -> None:
        self.pushed = 0
        self._address = urlsplit(base_url).netloc
        self._keys = keys
        self._requests = iter(requests)
        self._on_answer = on_answer
        self._lock = threading.Lock()
        # Apart from the other: who hands out requests may let us wait for the next.
        self._taking = threading.Lock()
        self._faults: list[str] = []
        self._threads = [threading.Thread(target=self._run) for _ in range(connections)]

    def start(self) -> None:
        """Begins to push."""
        for thread in self._threads:
            thread.start()

    def wait(self) -> None:
        """Returns when every request is answered; raises what went wrong for good."""
        for thread in self._threads:
            thread.join()
        if self._faults:
            raise AssertionError("; ".join(self._faults[:5]))

    @property
    def working(self) -> bool:
        """Whether any request is left."""
        return any(thread.is_alive() for thread in self._threads)

    def _run(self) -> None:
        connection = http.client.HTTPConnection(self._address, timeout=60)
        while (request := self._next()) is not None:
            answer, deadline = None, time.monotonic() + _MOST_SECONDS
            while answer is None and not self._faults:
                answer = self._try(connection, request)
                if answer is None and time.monotonic() > deadline:
                    self._faults.append(f"no answer within {_MOST_SECONDS:.0f} s")
            with self._lock:
                self.pushed += 1
                if answer is not None:
                    self._on_answer(request, answer)
        connection.close()

    def _next(self) -> LoadRequest | None:
        with self._taking:
            return None if self._faults else next(self._requests, None)

    def _try(self, connection: http.client.HTTPConnection, request: LoadRequest) -> bytes | None:
        key = {"Authorization": f"Bearer {self._keys[request.school_id]}"}
        try:
            connection.request("POST", "/v1/events", request.body, {**_HEADERS, **key})
            response = connection.getresponse()
            answer = response.read()
        except (OSError, http.client.HTTPException):
            # Killed under our hands: whether it was taken is unknown, and a repeat is harmless.
            connection.close()
            time.sleep(0.05)
            return None
        if response.status == 202:
            return answer
        if response.status == 503:
            time.sleep(0.1)
            return None
        self._faults.append(f"{response.status}: {answer[:300]!r}")
        return None

"""Requests pushed at a steady pace, whether or not the earlier ones are answered yet."""

import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor

import httpx

from tests.load import LoadRequest

_HEADERS = {"Content-Type": "application/cloudevents-batch+json"}
# (request, what to call as soon as its 202 is there)
Paced = tuple[LoadRequest, Callable[[], None]]


class Pacing:
    """Pushes from several connections; anything but 202 is a fault."""

    def __init__(self, base_url: str, keys: Mapping[str, str], connections: int) -> None:
        self._http = httpx.Client(
            base_url=base_url,
            headers=_HEADERS,
            timeout=60,
            limits=httpx.Limits(max_connections=connections, max_keepalive_connections=connections),
        )
        self._keys = keys
        self._threads = ThreadPoolExecutor(connections, "push")
        self.seconds: list[float] = []
        """Of each answer, from when its request was due."""

    def push(self, requests: Iterable[Paced], pause_seconds: float) -> float:
        """Pushes one after each pause; events a second, until the last answer."""
        begun, answers = time.monotonic(), list[Future[int]]()
        for number, paced in enumerate(requests):
            due = begun + number * pause_seconds
            time.sleep(max(0.0, due - time.monotonic()))
            answers.append(self._threads.submit(self._push, *paced, due))
        events = sum(answer.result() for answer in answers)
        return events / max(time.monotonic() - begun, len(answers) * pause_seconds)

    def close(self) -> None:
        """Closes the connections."""
        self._threads.shutdown()
        self._http.close()

    def _push(self, request: LoadRequest, accepted: Callable[[], None], due: float) -> int:
        key = {"Authorization": f"Bearer {self._keys[request.school_id]}"}
        answer = self._http.post("/v1/events", content=request.body, headers=key)
        assert answer.status_code == 202, f"{answer.status_code}: {answer.text[:300]}"
        self.seconds.append(time.monotonic() - due)
        accepted()
        return int(answer.json()["accepted"])

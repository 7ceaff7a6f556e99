"""Alerts whose reading is remembered, so that it can be done again by itself."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from wuguan.ports import Alerts, AlertWriting

_READING = ("rows", "systems", "refused")
_Asked = list[tuple[str, tuple[Any, ...]]]


class Overhearing:
    """The part of the port that an evaluator uses; what it reads is remembered."""

    def __init__(self, alerts: Alerts) -> None:
        self._alerts = alerts
        self._asked: _Asked = []

    @contextmanager
    def evaluating(self, limit: int) -> Iterator[Any]:
        """The same transaction, overheard."""
        self._asked = []
        with self._alerts.evaluating(limit) as writing:
            yield _Overheard(writing, self._asked)

    def again(self) -> float:
        """Seconds of the last transaction's reading: the same queries, and nothing else."""
        with self._alerts.evaluating(0) as writing:
            begun = time.perf_counter()
            for name, arguments in self._asked:
                getattr(writing, name)(*arguments)
            return time.perf_counter() - begun


class _Overheard:
    def __init__(self, writing: AlertWriting, asked: _Asked) -> None:
        self._writing = writing
        self._asked = asked

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._writing, name)
        if name not in _READING:
            return found

        def overheard(*arguments: Any) -> Any:
            self._asked.append((name, arguments))
            return found(*arguments)

        return overheard

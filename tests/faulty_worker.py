"""A Faust worker with a fault planted in it: `python -m tests.faulty_worker`.

WUGUAN_TEST_FAULT says which: `write 3` lets the third writing fail, `prepare 1` the first look at
a batch; `slow-write 2` makes every writing last two seconds longer, `slow-assign 2` every
assignment. WUGUAN_TEST_SIGN names a file that is there as soon as the fault has been met.
"""

import os
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

from stream_processors.__main__ import commands
from stream_processors.taking import Taking

FAULT, SIGN = "WUGUAN_TEST_FAULT", "WUGUAN_TEST_SIGN"


class Planted(Exception):
    """A fault that nobody has foreseen."""


def fail_at(method: str, number: float, sign: Path) -> None:
    """Lets one call of a method of Taking fail, before it does anything."""
    calls = count(1)

    def broken() -> None:
        if next(calls) == number:
            sign.touch()
            raise Planted

    _before(method, broken)


def slow_down(method: str, seconds: float, sign: Path) -> None:
    """Lets every call of a method of Taking last longer, before it does anything."""

    def slow() -> None:
        sign.touch()
        time.sleep(seconds)

    _before(method, slow)


def _before(method: str, happen: Callable[[], None]) -> None:
    original = getattr(Taking, method)

    def interrupted(taking: Taking, *arguments: Any) -> Any:
        happen()
        return original(taking, *arguments)

    # A worker names what it waits for in its metrics.
    interrupted.__name__ = method
    setattr(Taking, method, interrupted)


def main() -> None:
    """Plant the fault, then work as any other worker does."""
    name, _, number = os.environ[FAULT].partition(" ")
    plant = slow_down if name.startswith("slow-") else fail_at
    plant(name.removeprefix("slow-"), float(number), Path(os.environ[SIGN]))
    commands(["faust"])


if __name__ == "__main__":
    main()

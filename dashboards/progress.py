"""How far a command has come, told to whoever waits for it."""

import time
from collections.abc import Iterator, Sequence
from typing import TypeVar

from rich.console import Console
from rich.progress import Progress

_SHOWN_AFTER_SECONDS = 2.0
_Item = TypeVar("_Item")


def shown_if_slow(items: Sequence[_Item], doing: str) -> Iterator[_Item]:
    """The items, with a bar once they take more than two seconds."""
    begun = time.monotonic()
    progress = Progress(console=Console(stderr=True), transient=True)
    task = progress.add_task(doing, total=len(items))
    try:
        for item in items:
            yield item
            progress.advance(task)
            if time.monotonic() - begun >= _SHOWN_AFTER_SECONDS:
                progress.start()
    finally:
        progress.stop()

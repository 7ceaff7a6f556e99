"""One process at a time, where several share a folder."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def turn(folder: Path, what: str) -> Iterator[None]:
    """Waits until no other process does `what` in the folder; a killed one lets go of its turn."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f".{what}.lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield

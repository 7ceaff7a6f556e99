"""Shows that something takes its time, and how long it has taken."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

# What a shell is to read goes to the standard output; all else goes here.
_console = Console(stderr=True)


@contextmanager
def waiting(what: str) -> Iterator[None]:
    """Shows a spinner and the time on a terminal, plain lines elsewhere."""
    began = time.monotonic()
    if _console.is_terminal:
        columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
        with Progress(*columns, console=_console, transient=True) as progress:
            progress.add_task(what, total=None)
            yield
    else:
        say(f"{what} …")
        yield
    say(f"{what}: {time.monotonic() - began:.0f} s")


def say(sentence: str) -> None:
    """Prints a sentence for people."""
    _console.print(sentence, markup=False, highlight=False, soft_wrap=True)

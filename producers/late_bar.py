"""A bar that shows itself only where there is something to wait for."""

from collections.abc import Callable
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

SHOWN_AFTER_SECONDS = 2.0


class LateBar:
    """Begins to show how much is done when two seconds are over, and not before."""

    def __init__(self, text: str, console: Console, clock: Callable[[], float]) -> None:
        self._progress = Progress(
            TextColumn(text), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(),
            console=console,
        )  # fmt: skip
        self._task = self._progress.add_task("all", total=0)
        self._expected = 0
        self._clock = clock
        self._begun = clock()
        self.shown = False

    def __enter__(self) -> Self:
        """Shows nothing yet."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Leaves the bar as it stands, if it came to be shown."""
        if self.shown:
            self._progress.stop()

    def expect(self, more: int) -> None:
        """There is so much more to do."""
        self._expected += more
        self._progress.update(self._task, total=self._expected)

    def advance(self, done: int) -> None:
        """So much more is done."""
        self._progress.advance(self._task, done)
        if not self.shown and self._clock() - self._begun >= SHOWN_AFTER_SECONDS:
            self.shown = True
            self._progress.start()

"""Where the demonstration shows itself: a table that moves, or plain lines where none can."""

import time
from types import TracebackType
from typing import Self

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from producers.demo_board import Board

PLAIN_EVERY_SECONDS = 5.0
PLAIN_WHEN_LOADED_SECONDS = 300.0
"""Who keeps the output in a file wants no line for every moment of an evening."""


class Screen:
    """Shows boards and progress as they come, and says sentences between them."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._progress = Progress(
            TextColumn("载入 loading"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
        )
        self._task = self._progress.add_task("load", total=None, visible=False)
        self._board: Board | None = None
        self._live: Live | None = None
        self._printed_at = -PLAIN_EVERY_SECONDS
        self._done = (0, 0)

    def __enter__(self) -> Self:
        """Begins to show, live where there is a terminal."""
        if self._console.is_terminal:
            self._live = Live(console=self._console, refresh_per_second=8)
            self._live.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Leaves the last board standing."""
        if self._live is not None:
            self._live.__exit__(kind, error, traceback)
            self._live = None

    def say(self, *sentences: str) -> None:
        """Prints sentences above what moves."""
        for sentence in sentences:
            self._console.print(Text(sentence), soft_wrap=True)

    def progress(self, done: int, total: int) -> None:
        """Moves the bar; it goes away when all is done."""
        self._done = (done, total)
        self._progress.update(self._task, completed=done, total=total, visible=done < total)
        self._redraw()

    def show(self, board: Board, *, last: bool = False) -> None:
        """Shows a board; in plain lines not more often than every few seconds, and the last."""
        self._board = board
        if self._live is not None:
            self._redraw()
        elif last or time.monotonic() - self._printed_at >= self._pause():
            self._printed_at = time.monotonic()
            self.say(*plain_lines(board, *self._done))

    def _pause(self) -> float:
        done, total = self._done
        return PLAIN_EVERY_SECONDS if done < total else PLAIN_WHEN_LOADED_SECONDS

    def _redraw(self) -> None:
        if self._live is None:
            return
        parts: list[RenderableType] = [table(self._board)] if self._board else []
        self._live.update(Group(*parts, self._progress))


def table(board: Board) -> Table:
    """The board as a table for a terminal."""
    drawn = Table(title=board.title, caption="\n".join((*board.notes, board.state)))
    drawn.add_column("管理\nmanagement", overflow="fold")
    drawn.add_column("指标\nmetric", overflow="fold")
    drawn.add_column("本学期\n上报率\nreporting", justify="right", overflow="fold")
    drawn.add_column("本学期\n符合规定率\ncompliance", justify="right", overflow="fold")
    drawn.add_column(f"{board.day}\n上报率\nreporting", justify="right", overflow="fold")
    drawn.add_column(f"{board.day}\n符合规定率\ncompliance", justify="right", overflow="fold")
    drawn.add_column("事件\nevents", justify="right", overflow="fold")
    for line in board.lines:
        cells = (
            line.name,
            line.metric_name,
            line.term_reporting,
            line.term_compliance,
            line.day_reporting,
            line.day_compliance,
            line.events,
        )
        drawn.add_row(*(_stacked(cell) for cell in cells))
    return drawn


def _stacked(cell: str) -> str:
    """English under Chinese, numbers under their rate: the table fits a narrow terminal."""
    return cell.replace(" ", "\n", 1)


def plain_lines(board: Board, done: int, total: int) -> list[str]:
    """The board as lines for a log."""
    loaded = [f"已载入 loaded {done:,}/{total:,}"] if total else []
    lines = [
        f"  {line.name} · {line.metric_name} · 本学期 term: 上报率 reporting "
        f"{line.term_reporting}, 符合规定率 compliance {line.term_compliance} · {board.day}: "
        f"{line.day_reporting}, {line.day_compliance} · 事件 events {line.events}"
        for line in board.lines
    ]
    return [board.title, *board.notes, *loaded, *lines, f"  {board.state}"]

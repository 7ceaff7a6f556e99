"""Processes that outlive the one that started them: found by number, and known by a mark."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

_CHECK_EVERY_SECONDS = 0.1
_PROC = Path("/proc")


def start_detached(
    command: Sequence[str], *, env: Mapping[str, str], folder: Path, log_path: Path
) -> int:
    """Starts a process that nobody waits for, in a session of its own; its number."""
    # The shell ends at once, so the process is nobody's child here and leaves no zombie behind.
    started = subprocess.run(
        ["/bin/sh", "-c", 'log=$1; shift; "$@" </dev/null >>"$log" 2>&1 & echo $!', "sh",
         str(log_path), *command],
        cwd=folder,
        env=dict(env),
        start_new_session=True,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )  # fmt: skip
    return int(started.stdout)


def number_in(file: Path) -> int | None:
    """The process number on the first line of a file, if there is one."""
    try:
        return int(file.read_text("utf-8").split("\n", 1)[0])
    except (OSError, ValueError):
        return None


def runs(pid: int, mark: str) -> bool:
    """Whether the process runs and has `mark` among its arguments: numbers are used again."""
    if _PROC.joinpath("self", "cmdline").exists():
        return mark in _arguments(pid)
    # A zombie is shown without its arguments, here as there.
    shown = subprocess.run(
        ["ps", "-ww", "-p", str(pid), "-o", "command="],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return f" {mark} " in f" {shown.stdout.strip()} "


def end(pid: int, with_signal: signal.Signals) -> None:
    """Sends a signal; a process that is gone already is no fault."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, with_signal)


def wait_until(condition: Callable[[], bool], within_seconds: float) -> bool:
    """Whether the condition came true in time."""
    deadline = time.monotonic() + within_seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(_CHECK_EVERY_SECONDS)
    return True


def log_tail(path: Path, lines: int = 30) -> str:
    """The last lines of a log, under its name."""
    try:
        text = path.read_text("utf-8", errors="replace")
    except OSError:
        text = ""
    return "\n".join([f"--- {path} ---", *text.splitlines()[-lines:]])


def _arguments(pid: int) -> list[str]:
    try:
        raw = _PROC.joinpath(str(pid), "cmdline").read_bytes()
    except OSError:
        return []
    return os.fsdecode(raw).split("\0")

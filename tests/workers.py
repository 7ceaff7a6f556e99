"""Faust workers as child processes, some with a planted fault, that a test ends as it likes."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.faulty_worker import FAULT, SIGN
from tests.server import PROJECT

WAIT_SECONDS = 60.0
_HEALTHY = ["-m", "stream_processors", "faust"]
_FAULTY = ["-m", "tests.faulty_worker"]


@dataclass
class Worker:
    """One process, what it writes, and the sign that it has met its fault."""

    process: subprocess.Popen[bytes]
    log_path: Path
    sign_path: Path

    def send(self, number: signal.Signals) -> None:
        """Sends it a signal."""
        self.process.send_signal(number)

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Sends it a signal and waits; its exit code."""
        self.send(number)
        return self.exit_code()

    def exit_code(self) -> int:
        """Waits for its end; its exit code."""
        return self.process.wait(WAIT_SECONDS)

    @property
    def log(self) -> str:
        """What it wrote."""
        return self.log_path.read_text(encoding="utf-8", errors="replace")

    def wait_until_working(self) -> None:
        """Returns when it has joined its group, or will soon."""
        wait_until(lambda: '"working"' in self.log)

    def wait_for_the_fault(self) -> None:
        """Returns when it has met its fault."""
        wait_until(self.sign_path.exists)


class Workers:
    """The workers of a test, with the same settings."""

    def __init__(self, folder: Path, settings: Mapping[str, str]) -> None:
        self._folder = folder
        self._settings = settings
        self._started: list[Worker] = []

    def start(self, fault: str | None = None) -> Worker:
        """One more worker."""
        name = self._folder / f"worker-{len(self._started)}"
        log_path, sign_path = name.with_suffix(".log"), name.with_suffix(".sign")
        # Settings of the person who runs the tests must not reach the workers.
        clean = {key: text for key, text in os.environ.items() if key[:7] != "WUGUAN_"}
        planted = {FAULT: fault, SIGN: str(sign_path)} if fault else {}
        with log_path.open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, *(_FAULTY if fault else _HEALTHY)],
                cwd=PROJECT,
                env={**clean, **self._settings, **planted},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._started.append(Worker(process, log_path, sign_path))
        return self._started[-1]

    def keep_one_running(self) -> None:
        """Starts another one where none runs any more, as a supervisor does."""
        if all(worker.process.poll() is not None for worker in self._started):
            self.start()

    @property
    def all(self) -> Sequence[Worker]:
        """Those that were ever started."""
        return self._started

    @property
    def exit_codes(self) -> list[int]:
        """The codes of those that have ended, in the order of their start."""
        codes = [worker.process.poll() for worker in self._started]
        return [code for code in codes if code is not None]

    def kill(self) -> None:
        """Ends all that run, whatever they do."""
        for worker in self._started:
            worker.process.kill()
            worker.process.wait()

    @property
    def log_tails(self) -> str:
        """The last lines that each of them wrote."""
        return "\n".join(
            "\n".join([f"--- {one.log_path.name} ---", *one.log.splitlines()[-15:]])
            for one in self._started
        )


@contextmanager
def workers_of(folder: Path, settings: Mapping[str, str]) -> Iterator[Workers]:
    """Workers that are all gone when left; an error gets the tails of their logs as a note."""
    workers = Workers(folder, settings)
    try:
        yield workers
    except Exception as error:
        error.add_note(workers.log_tails)
        raise
    finally:
        workers.kill()


def wait_until(holds: Callable[[], bool], seconds: float = WAIT_SECONDS) -> None:
    """Returns as soon as it holds; fails where it does not within this time."""
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            raise AssertionError(f"it does not hold after {seconds} seconds")
        time.sleep(0.1)

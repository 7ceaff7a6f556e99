"""Keeps child processes running: one that ends is started again, after a pause that grows."""

import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Lock, Thread

from deploy.local.errors import ServiceFault

# What our programs end with where their settings are wrong: to start again would not mend that.
WRONG_SETTINGS = 2


@dataclass(frozen=True)
class Pauses:
    """How long to wait before a process is started again."""

    first_seconds: float = 1.0
    longest_seconds: float = 10.0
    # A process that ran less long than this is on its way to a longer pause.
    quick_end_seconds: float = 10.0

    def after(self, lasted_seconds: float, before: float | None) -> float:
        """The pause after a process that lasted so long, where `before` was the last pause."""
        if before is None or lasted_seconds >= self.quick_end_seconds:
            return self.first_seconds
        return min(before * 2, self.longest_seconds)


@dataclass
class _Child:
    name: str
    command: Sequence[str]
    env: Mapping[str, str]
    log_path: Path
    process: subprocess.Popen[bytes]
    started: float
    restarts: int = 0
    watcher: Thread | None = field(default=None, repr=False)


class Supervisor:
    """Named child processes, each watched by a thread of its own."""

    def __init__(
        self, tell: Callable[[str], None] = print, *, pauses: Pauses | None = None
    ) -> None:
        self._tell = tell
        self._pauses = pauses or Pauses()
        self._children: dict[str, _Child] = {}
        # Held while a process is started: none may be started behind the back of `stop`.
        self._lock = Lock()
        self._stopping = Event()

    def start(
        self, name: str, command: Sequence[str], env: Mapping[str, str], log_path: Path
    ) -> None:
        """Starts a process under a name, and again whenever it ends."""
        log_path.parent.mkdir(parents=True, exist_ok=True)
        with self._lock:
            if name in self._children:
                raise ServiceFault(f"{name}: 已在运行 / is supervised already")
            process = _spawn(name, command, env, log_path)
            child = _Child(name, command, env, log_path, process, time.monotonic())
            self._children[name] = child
        child.watcher = Thread(target=self._watch, args=(child,), name=f"watch-{name}", daemon=True)
        child.watcher.start()

    def pid(self, name: str) -> int | None:
        """The number of the process under a name, None while it does not run."""
        process = self._children[name].process
        return process.pid if process.poll() is None else None

    def kill(self, name: str) -> None:
        """`kill -9` of the process under a name; it is then started again as after any end."""
        self._children[name].process.kill()

    @property
    def restarts(self) -> dict[str, int]:
        """How often each process was started again."""
        return {name: child.restarts for name, child in self._children.items()}

    @property
    def watches(self) -> bool:
        """Whether a process runs or will be started again; not so after wrong settings."""
        watchers = [child.watcher for child in self._children.values()]
        return any(watcher is not None and watcher.is_alive() for watcher in watchers)

    def stop(self, within_seconds: float = 60.0) -> None:
        """SIGTERM to all and wait; what does not end in time is killed."""
        with self._lock:
            self._stopping.set()
        deadline = time.monotonic() + within_seconds
        for child in self._children.values():
            child.process.send_signal(signal.SIGTERM)
        for child in self._children.values():
            self._end(child, deadline)

    def _end(self, child: _Child, deadline: float) -> None:
        try:
            child.process.wait(timeout=max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            self._tell(f"{child.name}: 未在限期内结束，强制终止 / did not end in time, killed")
            child.process.kill()
            child.process.wait()
        if child.watcher is not None:
            child.watcher.join()

    def _watch(self, child: _Child) -> None:
        pause: float | None = None
        while True:
            code = child.process.wait()
            if self._stopping.is_set():
                return
            if code == WRONG_SETTINGS:
                self._tell(_wrong_settings(child))
                return
            pause = self._pauses.after(time.monotonic() - child.started, pause)
            self._tell(
                f"{child.name}: 已结束（{_shown(code)}），{pause:g} 秒后重新启动"
                f" / ended ({_shown(code)}), starts again in {pause:g} s; see {child.log_path}"
            )
            if self._stopping.wait(pause) or not self._restart(child):
                return

    def _restart(self, child: _Child) -> bool:
        with self._lock:
            if self._stopping.is_set():
                return False
            try:
                child.process = _spawn(child.name, child.command, child.env, child.log_path)
            except ServiceFault as fault:
                self._tell(str(fault))
                return False
            child.started = time.monotonic()
            child.restarts += 1
            return True


def _spawn(
    name: str, command: Sequence[str], env: Mapping[str, str], log_path: Path
) -> subprocess.Popen[bytes]:
    try:
        with log_path.open("ab") as log:
            return subprocess.Popen(
                command, env=dict(env), stdin=subprocess.DEVNULL, stdout=log,
                stderr=subprocess.STDOUT,
                # Ctrl-C goes to the supervisor; a child is told by SIGTERM.
                start_new_session=True,
            )  # fmt: skip
    except OSError as error:
        raise ServiceFault(f"{name}: 无法启动 / cannot be started: {error}") from error


def _wrong_settings(child: _Child) -> str:
    return (
        f"{child.name}: 设置有误，不再重新启动；请改正后重来，详见 {child.log_path}"
        f" / its settings are wrong and it stays stopped; mend them and start again: "
        f"see {child.log_path}"
    )


def _shown(code: int) -> str:
    try:
        return signal.Signals(-code).name if code < 0 else f"code {code}"
    except ValueError:
        return f"signal {-code}"

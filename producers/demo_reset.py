"""Forgetting a demonstration: its folder, and nothing that is not its own."""

import shutil
import warnings
from pathlib import Path

from producers.demo_server import ServerFault, is_running
from producers.demo_state import is_demo_folder, read_state
from wuguan.domain.errors import Misconfigured


def forget(data: Path) -> bool:
    """Removes the demonstration's folder; False if there was none."""
    if not data.exists():
        return False
    if not is_demo_folder(data):
        raise Misconfigured(
            [f"{data} 不是演示数据，未删除 / {data} is not the demo's folder: nothing was removed"]
        )
    _refuse_running(data)
    _stop_database(data)
    shutil.rmtree(data)
    return True


def _refuse_running(data: Path) -> None:
    try:
        state = read_state(data)
    except Misconfigured:
        return
    if is_running(state.server_pid, state.port):
        raise ServerFault(
            f"演示正在运行（进程{state.server_pid}），请先按 Ctrl-C 停止 / the demo still runs "
            f"(process {state.server_pid}): stop it with Ctrl-C first"
        )


def _stop_database(data: Path) -> None:
    """A server that was killed may have left its database running on the folder."""
    with warnings.catch_warnings():
        # Where no login made a runtime folder the database's sockets lie in /tmp: no news here.
        warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR is not set")
        try:
            from wuguan.adapters.postgres.embedded import stop
        except ImportError:  # Without the database's extra nothing can run there.
            return
        stop(data)

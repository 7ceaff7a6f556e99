"""A TimescaleDB of our own, on the loopback. It trusts every local user: for development only."""

import signal
import subprocess
import sys
from pathlib import Path
from shutil import rmtree

from tenacity import RetryError, retry_if_result, stop_after_delay, wait_fixed
from tenacity import Retrying as Attempts

from deploy.local.errors import ServiceFault
from deploy.local.installation import Installation, available, ensure_installation
from deploy.local.leftovers import note_owner, remove_leftovers
from deploy.local.places import cache_folder
from deploy.local.ports import free_port, keep_port, kept_port, require_free
from deploy.local.processes import end, log_tail, number_in, runs, wait_until
from deploy.local.requirements import missing_for_timescale, require
from deploy.local.turns import turn

_DATABASE = "wuguan"
# Starting again after a kill replays the write-ahead log first.
_START_SECONDS = 120
_STOP_SECONDS = 60
_GONE_WITHIN_SECONDS = 10.0
# How long the orphans of a killed server may take to let go of its memory.
_ORPHANS_SECONDS = 60
_HELD_BY_ORPHANS = ("shared memory block", 'lock file "postmaster.pid" already exists')
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    # The path of a socket must be short, and nobody here needs one.
    "unix_socket_directories": "''",
    "shared_preload_libraries": "timescaledb",
    "timescaledb.telemetry_level": "off",
    "max_connections": "200",
    "shared_buffers": "512MB",
    "max_wal_size": "4GB",
    "wal_compression": "off",
    "checkpoint_timeout": "15min",
    "timezone": "UTC",
    "log_timezone": "UTC",
}


class Timescale:
    """The TimescaleDB of a folder; another process finds it by the same folder."""

    def __init__(self, folder: Path, *, port: int | None = None) -> None:
        self._folder = folder.expanduser().resolve()
        self._found: Installation | None = None
        if self.running:  # It keeps the port that it has.
            port = None
        self._port = port or kept_port(self._folder / "port") or free_port()

    @property
    def dsn(self) -> str:
        """Where clients find Wuguan's database."""
        return f"postgresql://postgres@127.0.0.1:{self._port}/{_DATABASE}"

    @property
    def log_path(self) -> Path | None:
        """What the server writes; None where no TimescaleDB is installed yet."""
        return self._host("log")

    @property
    def pid(self) -> int | None:
        """The number of its first process, None when it does not run."""
        file = self._host("data", "postmaster.pid")
        pid = number_in(file) if file is not None else None
        return pid if pid is not None and runs(pid, str(self._cluster / "data")) else None

    @property
    def running(self) -> bool:
        """Whether its first process runs."""
        return self.pid is not None

    def start(self) -> str:
        """Starts the server if it does not run, and gives the DSN of Wuguan's database."""
        with turn(self._folder, "start"):
            if not self.running:
                self._start()
            self._ensure_database()
        return self.dsn

    def stop(self) -> None:
        """Ends every connection, then the server; what it holds stays on disk."""
        for mode in ("fast", "immediate"):
            if self.running:
                self._pg_ctl("stop", "-m", mode, "-t", str(_STOP_SECONDS))

    def kill(self) -> None:
        """`kill -9` of the first process only; the others end by themselves, a moment later."""
        pid = self.pid
        if pid is not None:
            end(pid, signal.SIGKILL)
            if not wait_until(lambda: not self.running, _GONE_WITHIN_SECONDS):
                raise self._fault("无法终止", "could not be killed")

    def forget(self) -> None:
        """Stops the server and deletes what it holds, which may lie outside the folder."""
        self.stop()
        place = self._host()
        if place is not None:
            rmtree(place, ignore_errors=True)
        (self._folder / "port").unlink(missing_ok=True)

    @property
    def _installation(self) -> Installation | None:
        self._found = self._found or available(cache_folder())
        return self._found

    @property
    def _programs(self) -> Installation:
        found = self._installation
        if found is None:
            raise self._fault("尚未安装", "is not installed")
        return found

    @property
    def _cluster(self) -> Path:
        return self._programs.cluster_folder(self._folder)

    def _host(self, *parts: str) -> Path | None:
        found = self._installation
        return found.on_host(self._cluster.joinpath(*parts)) if found is not None else None

    def _start(self) -> None:
        require(missing_for_timescale(cache_folder()))
        self._found = ensure_installation(cache_folder())
        require_free(self._port, "TimescaleDB")
        self._prepare()
        self._start_when_orphans_are_gone()

    def _prepare(self) -> None:
        self._programs.make_folder(self._cluster)
        self._note_owner()
        keep_port(self._folder / "port", self._port)
        data = self._programs.on_host(self._cluster / "data")
        if not data.exists():
            self._initialise(data)

    def _note_owner(self) -> None:
        place = self._programs.on_host(self._cluster)
        if self._folder not in place.parents:
            note_owner(place, self._folder)
            remove_leftovers(place.parent, self._cluster.parent)

    def _initialise(self, data: Path) -> None:
        # Under another name until it is whole: an interrupted one is made anew.
        partial = data.with_name("data.partial")
        rmtree(partial, ignore_errors=True)
        done = self._programs.run(
            "initdb", f"--pgdata={self._cluster / partial.name}", "--username=postgres",
            "--auth=trust", "--encoding=UTF8", f"--locale={_locale()}",
        )  # fmt: skip
        if done.returncode != 0:
            raise self._fault("未能初始化", "could not be initialised", done.stderr)
        partial.rename(data)

    def _start_when_orphans_are_gone(self) -> None:
        attempts = Attempts(
            retry=retry_if_result(lambda problem: problem == "orphans"),
            stop=stop_after_delay(_ORPHANS_SECONDS), wait=wait_fixed(0.5),
        )  # fmt: skip
        try:
            problem = attempts(self._try_to_start)
        except RetryError:
            problem = "orphans"
        if problem is not None:
            raise self._fault("未能启动", "did not start")

    def _try_to_start(self) -> str | None:
        log = self._programs.on_host(self._cluster / "log")
        before = log.stat().st_size if log.exists() else 0
        settings = {**_SETTINGS, "port": str(self._port)}
        options = " ".join(f"-c {name}={value}" for name, value in settings.items())
        if self._pg_ctl("start", "-t", str(_START_SECONDS), "-l", str(self._cluster / "log"),
                        "-o", options):  # fmt: skip
            return None
        written = log.read_bytes()[before:].decode("utf-8", "replace") if log.exists() else ""
        return "orphans" if any(words in written for words in _HELD_BY_ORPHANS) else "other"

    def _ensure_database(self) -> None:
        found = self._sql(f"SELECT 1 FROM pg_database WHERE datname = '{_DATABASE}'")
        if found.returncode == 0 and not found.stdout.strip():
            found = self._sql(f"CREATE DATABASE {_DATABASE} TEMPLATE template0 ENCODING 'UTF8'")
        if found.returncode != 0:
            raise self._fault("未能建立数据库", "could not make its database", found.stderr)

    def _sql(self, statement: str) -> subprocess.CompletedProcess[str]:
        return self._programs.run(
            "psql", "-XAt", "-h", "127.0.0.1", "-p", str(self._port), "-U", "postgres",
            "-d", "postgres", "-c", statement,
        )  # fmt: skip

    def _pg_ctl(self, *arguments: str) -> bool:
        data = str(self._cluster / "data")
        return self._programs.run_quietly("pg_ctl", "-D", data, "-w", *arguments)

    def _fault(self, chinese: str, english: str, reason: str = "") -> ServiceFault:
        log = self.log_path
        tail = f"\n{log_tail(log)}" if log is not None else ""
        return ServiceFault(
            f"TimescaleDB {chinese}（{self._folder}） / TimescaleDB {english}\n{reason}{tail}"
        )


def _locale() -> str:
    # macOS has no C.UTF-8; both put text in the order of its code points.
    return "C" if sys.platform == "darwin" else "C.UTF-8"

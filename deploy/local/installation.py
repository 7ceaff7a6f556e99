"""PostgreSQL with TimescaleDB: that of this machine, or a Debian of its own in a folder."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deploy.local import debian_root
from deploy.local.errors import ServiceFault
from deploy.local.places import short_name
from deploy.local.turns import turn

_OWNER = "postgres"
_WITHIN_ROOT = Path("/srv/wuguan")


@dataclass(frozen=True)
class Installation:
    """The programs of a PostgreSQL that has TimescaleDB, and how they are run."""

    programs: Path
    # The folder that the programs take for the root of the file system.
    root: Path | None = None
    # Whom they run as, where that is another than ourselves: initdb refuses root.
    user: str | None = None

    def cluster_folder(self, folder: Path) -> Path:
        """Where a cluster of `folder` lies, as the programs see it."""
        if self.root is not None:
            return _WITHIN_ROOT / short_name(folder)
        if self.user is not None:
            # Another user may not be allowed to walk to `folder`, but always to its own home.
            return Path(f"~{self.user}").expanduser() / "wuguan" / short_name(folder)
        return folder / "cluster"

    def on_host(self, path: Path) -> Path:
        """A path of the programs, as we see it."""
        return path if self.root is None else self.root / path.relative_to("/")

    def make_folder(self, path: Path) -> None:
        """Makes a folder that belongs to whom the programs run as."""
        folder = self.on_host(path)
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)
        if self.root is not None:
            os.chown(folder, *debian_root.owner(self.root, _OWNER))
        elif self.user is not None:
            shutil.chown(folder, self.user, self.user)

    def run(
        self, program: str, *arguments: str, timeout: float = 150
    ) -> subprocess.CompletedProcess[str]:
        """Runs a program to its end. What it writes goes to a pipe: it must leave no process."""
        return subprocess.run(
            self._command(program, *arguments), **self._how(), stdin=subprocess.DEVNULL,
            capture_output=True, text=True, timeout=timeout, check=False,
        )  # fmt: skip

    def run_quietly(self, program: str, *arguments: str, timeout: float = 150) -> bool:
        """Runs a program that may leave a server running; whether it succeeded."""
        done = subprocess.run(
            self._command(program, *arguments), **self._how(), stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=timeout, check=False,
        )  # fmt: skip
        return done.returncode == 0

    def _command(self, program: str, *arguments: str) -> list[str]:
        command = [str(self.programs / program), *arguments]
        return command if self.root is None else debian_root.within(self.root, _OWNER, command)

    def _how(self) -> dict[str, Any]:
        # The settings of the person who runs us, such as PGHOST, are for another database.
        kept = {name: text for name, text in os.environ.items() if not name.startswith("PG")}
        who = {"user": self.user, "group": self.user, "extra_groups": []} if self.user else {}
        return {"env": {**kept, "LC_ALL": "C"}, "cwd": "/", **who}


def available(cache: Path) -> Installation | None:
    """What can be used at once, without a download."""
    for programs in _folders_of_programs():
        if _has_timescale(programs):
            return Installation(programs, user=_OWNER if _is_root() else None)
    if _is_root() and debian_root.is_finished(cache):
        return _in_root(cache)
    return None


def can_build_root() -> bool:
    """Whether a Debian with TimescaleDB could be made here."""
    return _is_root() and debian_root.is_possible()


def ensure_installation(cache: Path) -> Installation:
    """What is there, else a new Debian root under the cache."""
    found = available(cache)
    if found is None:
        with turn(cache, "debian"):
            # Whoever had the turn before may have made it.
            if not debian_root.is_finished(cache):
                debian_root.build(cache)
        return _in_root(cache)
    return found


def _in_root(cache: Path) -> Installation:
    root = debian_root.place(cache)
    programs = sorted(root.glob("usr/lib/postgresql/*/bin"))
    if not programs:
        raise ServiceFault(
            f"{root} 中没有 PostgreSQL，请删除该文件夹后重试 / it holds no PostgreSQL: delete that "
            "folder and try again"
        )
    return Installation(Path("/") / programs[-1].relative_to(root), root=root)


def _folders_of_programs() -> Iterator[Path]:
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    if shutil.which("pg_config"):
        yield Path(_said("pg_config", "--bindir"))
    if sys.platform == "darwin" and shutil.which("brew"):
        yield from sorted(Path(_said("brew", "--prefix")).glob("opt/postgresql@*/bin"))[::-1]


def _has_timescale(programs: Path) -> bool:
    # Debian's pg_config for developers is a package of its own, so the usual place is asked too.
    shared = Path("/usr/share/postgresql") / programs.parent.name
    if (programs / "pg_config").exists():
        shared = Path(_said(str(programs / "pg_config"), "--sharedir"))
    control = shared / "extension" / "timescaledb.control"
    return control.exists() and (programs / "initdb").exists()


def _said(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout.strip() or "/nowhere"


def _is_root() -> bool:
    return os.geteuid() == 0

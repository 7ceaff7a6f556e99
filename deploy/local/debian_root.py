"""A Debian of its own in a folder, holding PostgreSQL with TimescaleDB. Linux, and root, only."""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from deploy.local.errors import ServiceFault

_RELEASE = "trixie"
_PACKAGES = "postgresql-17,postgresql-17-timescaledb,ca-certificates,locales"
_LONGEST_SECONDS = 900
# In front: a login without the administrator's folders still finds its programs.
_PATH = f"/usr/sbin:/sbin:/usr/bin:/bin:{os.defpath}"
# Written last: a root without it was not finished.
_FINISHED = ".wuguan-finished"


def place(cache: Path) -> Path:
    """Where the root lies under the cache."""
    return cache / f"debian-{_RELEASE}"


def is_finished(cache: Path) -> bool:
    """Whether the root is there, whole."""
    return (place(cache) / _FINISHED).exists()


def is_possible() -> bool:
    """Whether this machine has what making one takes, apart from the rights."""
    return sys.platform == "linux" and shutil.which("debootstrap", path=_PATH) is not None


def build(cache: Path) -> None:
    """Makes the root anew, about a minute; removes what an interrupted attempt left."""
    root = place(cache)
    remove(cache)
    root.mkdir(parents=True)
    log_path = root.with_suffix(".log")
    command = ["debootstrap", "--variant=minbase", f"--include={_PACKAGES}", _RELEASE, str(root)]
    with log_path.open("wb") as log:
        done = subprocess.run(
            command, env={**os.environ, "PATH": _PATH}, stdin=subprocess.DEVNULL,
            stdout=log, stderr=subprocess.STDOUT, timeout=_LONGEST_SECONDS, check=False,
        )  # fmt: skip
    if done.returncode != 0:
        raise _fault(log_path)
    # The download's own copies, 200 MB, are not needed again.
    shutil.rmtree(root / "var/cache/apt", ignore_errors=True)
    (root / _FINISHED).touch()


def remove(cache: Path) -> None:
    """Removes the root, after what an interrupted attempt left mounted in it."""
    root = place(cache)
    for point in _mounted_within(root):
        # To delete through a mount would delete what is mounted.
        subprocess.run(["umount", str(point)], check=True, capture_output=True)
    if root.exists():
        shutil.rmtree(root)


def within(root: Path, user: str, command: Sequence[str]) -> list[str]:
    """The command as run inside the root, under a user of it."""
    program = shutil.which("chroot", path=_PATH) or "chroot"
    return [program, f"--userspec={user}:{user}", str(root), *command]


def owner(root: Path, user: str) -> tuple[int, int]:
    """The numbers of a user of the root, and of its group."""
    for line in (root / "etc/passwd").read_text("utf-8").splitlines():
        name, _, number, group, *_ = line.split(":")
        if name == user:
            return int(number), int(group)
    raise ServiceFault(f"{root} 中没有用户 {user} / has no user {user}: 请删除后重试 delete it")


def _mounted_within(root: Path) -> list[Path]:
    lines = Path("/proc/self/mounts").read_text("utf-8", errors="replace").splitlines()
    points = [Path(line.split()[1].replace("\\040", " ")) for line in lines]
    return sorted((point for point in points if root in point.parents), reverse=True)


def _fault(log_path: Path) -> ServiceFault:
    tail = "\n".join(log_path.read_text("utf-8", errors="replace").splitlines()[-15:])
    return ServiceFault(
        "debootstrap 未能安装 TimescaleDB；请检查网络和磁盘空间（约 1 GB）后重试\n"
        "debootstrap could not install TimescaleDB; check the network and the disk (about 1 GB), "
        f"then try again\n--- {log_path} ---\n{tail}"
    )

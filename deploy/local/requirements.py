"""What this machine must have for the local services, and what of it is missing."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

from deploy.local.errors import ServiceFault
from deploy.local.installation import available, can_build_root
from deploy.local.jars import are_complete

OLDEST_JAVA = 17
_JAVA = (
    "Java 17+: apt install openjdk-17-jre-headless · macOS: brew install openjdk@17, "
    'export JAVA_HOME="$(brew --prefix openjdk@17)"'
)
_MAVEN = "Maven: apt install maven · macOS: brew install maven"
_TIMESCALE = (
    "PostgreSQL + TimescaleDB: Debian 13: apt install postgresql-17-timescaledb · "
    "macOS: brew tap timescale/tap, brew install timescaledb\n"
    "  或（仅 Linux）用 root 运行并安装 debootstrap / or, on Linux only, run as root with "
    "debootstrap: apt install debootstrap"
)


def java() -> str | None:
    """The Java to run, of JAVA_HOME or of the PATH, if it is new enough."""
    home = os.environ.get("JAVA_HOME")
    for found in (shutil.which("java", path=str(Path(home, "bin"))) if home else None,
                  shutil.which("java")):  # fmt: skip
        if found is not None and _major_version(found) >= OLDEST_JAVA:
            return found
    return None


def missing_for_kafka(cache: Path) -> list[str]:
    """What Kafka lacks here."""
    lacks_maven = not are_complete(cache) and shutil.which("mvn") is None
    return [*([] if java() else [_JAVA]), *([_MAVEN] if lacks_maven else [])]


def missing_for_timescale(cache: Path) -> list[str]:
    """What TimescaleDB lacks here."""
    return [] if available(cache) or can_build_root() else [_TIMESCALE]


def require(missing: Iterable[str]) -> None:
    """Raises ServiceFault with all that is missing and how to get it."""
    lines = [f"- {line}" for line in missing]
    if lines:
        raise ServiceFault(
            "本机缺少本地服务所需的以下各项 / this machine lacks what the local services need:\n"
            + "\n".join(lines)
            + "\n用容器可得到同样的服务 / containers give the same: "
            "docker compose -f deploy/compose.yaml up"
        )


def _major_version(program: str) -> int:
    # Where no Java is installed, macOS has a program of that name that only says so.
    shown = subprocess.run([program, "-version"], capture_output=True, text=True, check=False)
    found = re.search(r'version "(\d+)', shown.stderr)
    return int(found[1]) if found else 0

"""Resident memory of another process, in MB of a million bytes."""

import re
import subprocess
from pathlib import Path


def resident_mb(pid: int) -> float:
    """What a process has in memory now."""
    status = _status(pid)
    return _shown_by_ps(pid) if status is None else _field(status, "VmRSS")


def peak_mb(pid: int) -> float:
    """The most that it ever had; on macOS, which does not say, what it has now."""
    status = _status(pid)
    return _shown_by_ps(pid) if status is None else _field(status, "VmHWM")


def _status(pid: int) -> str | None:
    path = Path(f"/proc/{pid}/status")
    return path.read_text(encoding="ascii", errors="replace") if path.exists() else None


def _field(status: str, name: str) -> float:
    found = re.search(rf"^{name}:\s+(\d+) kB$", status, re.MULTILINE)
    assert found is not None, f"{name} is not told: has the process ended?"
    return int(found[1]) * 1024 / 1e6


def _shown_by_ps(pid: int) -> float:
    shown = subprocess.run(
        ["ps", "-p", str(pid), "-o", "rss="], capture_output=True, text=True, check=True
    )
    return int(shown.stdout) * 1024 / 1e6

"""Processor time of another process, user and system."""

import os
import subprocess
from pathlib import Path


def cpu_seconds(pid: int) -> float:
    """Seconds of processor time that a process has used so far."""
    stat = Path(f"/proc/{pid}/stat")
    if stat.exists():
        # After the name in brackets: utime and stime are the 12th and 13th fields, in ticks.
        fields = stat.read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    shown = subprocess.run(
        ["ps", "-p", str(pid), "-o", "time="], capture_output=True, text=True, check=True
    )
    hours, minutes, seconds = ("0:0:" + shown.stdout.strip()).split(":")[-3:]
    return int(hours) * 3600 + int(minutes) * 60 + float(seconds)

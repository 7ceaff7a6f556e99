"""Clusters that lie apart from the folder they belong to, and go when that folder is gone."""

from pathlib import Path
from shutil import rmtree

from deploy.local.processes import number_in, runs

_OWNER = "belongs-to"


def note_owner(cluster: Path, folder: Path) -> None:
    """Writes down in a cluster whose it is."""
    (cluster / _OWNER).write_text(f"{folder}\n", "utf-8")


def remove_leftovers(clusters: Path, as_seen: Path) -> None:
    """Removes what a test in a temporary folder has left behind and nobody can find again.

    `as_seen` is where the programs take the clusters to be.
    """
    for owner in clusters.glob(f"*/{_OWNER}"):
        place = owner.parent
        pid = number_in(place / "data" / "postmaster.pid")
        is_running = pid is not None and runs(pid, str(as_seen / place.name / "data"))
        if not is_running and not Path(owner.read_text("utf-8").strip()).exists():
            rmtree(place, ignore_errors=True)

"""Where the local services keep what they download, what they store and what they log."""

import hashlib
import os
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]


def services_folder() -> Path:
    """The folder of all local services: WUGUAN_SERVICES, else `.services` in the checkout."""
    named = os.environ.get("WUGUAN_SERVICES")
    return Path(named).expanduser().resolve() if named else CHECKOUT / ".services"


def cache_folder() -> Path:
    """What was downloaded and can be had again; shared by every broker and database."""
    return services_folder() / "cache"


def data_folder() -> Path:
    """What the services of `python -m deploy.local up` store."""
    return services_folder() / "data"


def log_folder() -> Path:
    """What the processes of `python -m deploy.local run` write."""
    return services_folder() / "logs"


def short_name(folder: Path) -> str:
    """A name of its own for a folder, for what must lie elsewhere."""
    return hashlib.sha256(os.fsencode(folder.resolve())).hexdigest()[:16]

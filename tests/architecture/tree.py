"""The files of the project, as the architecture tests see them."""

import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("wuguan", "producers", "stream_processors", "api", "dashboards", "deploy")


def modules(*packages: str) -> list[Path]:
    """Every Python file of the packages, all of ours when none is named."""
    roots = [ROOT / package for package in packages or PACKAGES]
    return [path for root in roots for path in sorted(root.rglob("*.py"))]


def shown(path: Path) -> str:
    """The path as a reader of a failure wants it."""
    return path.relative_to(ROOT).as_posix()


def pyproject() -> dict[str, Any]:
    """The project's own settings."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))

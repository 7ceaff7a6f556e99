"""The dashboards as files, for Grafana's own provisioning: `deploy/grafana/dashboards`."""

import json
from collections.abc import Sequence
from pathlib import Path

from dashboards.grafana.dashboard import dashboard
from dashboards.grafana.naming import Json, Place
from dashboards.model import Board
from dashboards.words import LANGUAGES

FOLDER = Path(__file__).resolve().parents[2] / "deploy" / "grafana" / "dashboards"
_FOLDERS = {"figures": "", "prometheus": "operations/"}


def files(boards: Sequence[Board]) -> dict[str, str]:
    """The text of every dashboard, by its path in the folder: `zh/overview.json`.

    What asks Prometheus stands apart, `operations/zh/…`: not everybody has one.
    """
    return {
        f"{_FOLDERS[board.datasource]}{language}/{board.board_id}.json": text(
            dashboard(board, boards, Place(language))
        )
        for language in LANGUAGES
        for board in boards
    }


def text(of: Json) -> str:
    """A dashboard as it is committed."""
    return json.dumps(of, ensure_ascii=False, indent=1) + "\n"


def out_of_date(wanted: dict[str, str], folder: Path = FOLDER) -> list[str]:
    """The paths of files that are not there, are not current, or are of no board."""
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*.json")}
    gone = there - set(wanted)
    return sorted(gone | {path for path in wanted if _read(folder / path) != wanted[path]})


def write(wanted: dict[str, str], folder: Path = FOLDER) -> list[str]:
    """Bring the files up to date; the paths of those that were not."""
    changed = out_of_date(wanted, folder)
    for path in changed:
        if path not in wanted:
            (folder / path).unlink()
            continue
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(wanted[path], "utf-8")
    return changed


def _read(file: Path) -> str | None:
    return file.read_text("utf-8") if file.exists() else None

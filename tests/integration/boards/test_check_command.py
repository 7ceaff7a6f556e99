"""`python -m dashboards check`: the catalogue passes, and planted faults are found."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from typer.testing import CliRunner

from dashboards.__main__ import main
from dashboards.catalogue.columns import NAME, SCHOOL, value
from dashboards.catalogue.overview import OVERVIEW
from dashboards.checking.checks import checks, wrong
from dashboards.checking.places import Places, seeded
from dashboards.model import Panel
from dashboards.words import Text
from wuguan.domain.instants import CHINA

pytestmark = pytest.mark.slow

COLUMNS = (SCHOOL, NAME, value("schools", "学校数", "schools", "count"))
SOUND = "SELECT unit_id, name, 1 AS schools FROM board.unit WHERE unit_id = :unit"
FAULTS = {
    "reads public.unit_tally": (
        "SELECT unit_id, '' AS name, 1 AS schools FROM public.unit_tally WHERE unit_id = :unit"
    ),
    "reads pg_catalog.pg_class": (
        "SELECT u.unit_id, u.name, (SELECT count(*) FROM pg_class) AS schools FROM board.unit u"
    ),
    "without a schema": "SELECT unit_id, name, 1 AS schools FROM unit",
    "lacks schools": "SELECT unit_id, name FROM board.unit WHERE unit_id = :unit",
    "fails when it is run": "SELECT unit_id, name, 1 / length('') AS schools FROM board.unit",
    "gives no row": "SELECT unit_id, name, 1 AS schools FROM board.unit WHERE unit_id = ''",
    "gives no number": "SELECT unit_id, name, NULL::int AS schools FROM board.unit",
}
SAID = {
    "reads public.unit_tally": "the query reads public.unit_tally;",
    "reads pg_catalog.pg_class": "the query reads pg_catalog.pg_class;",
    "without a schema": 'relation "unit" does not exist',
    "lacks schools": "lacks columns that its chart needs: schools;",
    "fails when it is run": "the query fails; mend it: division by zero",
    "gives no row": "gives nothing for half-month, month and term",
    "gives no number": "gives nothing for half-month, month and term",
}


@pytest.fixture(scope="module")
def places() -> Iterator[Places]:
    with seeded(datetime.now(CHINA).date()) as places:
        yield places


def faults_of(places: Places, folder: Path, query: str, **changed: Any) -> Sequence[str]:
    """What is wrong with a board that holds one panel with this query."""
    (folder / "planted.sql").write_text(query, "utf-8")
    text = Text("题", "title")
    panel = Panel(
        panel_id="planted", title=text, question=text, query=str(folder / "planted"),
        chart="table", columns=COLUMNS,
    )  # fmt: skip
    board = msgspec.structs.replace(OVERVIEW, panels=(msgspec.structs.replace(panel, **changed),))
    return wrong([check() for check in checks([board], places)])


def test_the_catalogue_is_in_order() -> None:
    run = CliRunner().invoke(main, ["check"])

    assert (run.exit_code, run.stdout.count("看板无误")) == (0, 1), run.stderr


def test_a_sound_query_has_no_fault(places: Places, tmp_path: Path) -> None:
    assert faults_of(places, tmp_path, SOUND) == []


@pytest.mark.parametrize("planted", FAULTS)
def test_a_fault_is_found_and_said_once_with_its_panel(
    planted: str, places: Places, tmp_path: Path
) -> None:
    (fault,) = faults_of(places, tmp_path, FAULTS[planted])

    assert fault.startswith("overview/planted: ")
    assert SAID[planted] in fault


def test_breaks_without_their_columns_are_found(places: Places, tmp_path: Path) -> None:
    (tmp_path / "breaks.sql").write_text("SELECT DATE '2026-09-01' AS first_day", "utf-8")

    (fault,) = faults_of(places, tmp_path, SOUND, breaks=str(tmp_path / "breaks"))

    assert fault.startswith("overview/breaks: ")
    assert "last_day" in fault

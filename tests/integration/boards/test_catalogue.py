"""Every query of every panel, run as the login of a unit and as the application for it."""

from typing import Any

import pytest

from dashboards.catalogue import BOARDS
from dashboards.model import Board, Panel
from dashboards.query_files import for_psycopg, read_query
from tests.builders import DISTRICT, SCHOOL
from tests.integration.boards.world import World, look

PERIODS = {
    "halfmonth": "halfmonth/2026-09-01/2026-09-15",
    "month": "month/2026-09-01/2026-09-30",
    "term": "term/2026-09-01/2027-01-22",
}
PANELS = [
    pytest.param(board, panel, id=f"{board.board_id}-{panel.panel_id}")
    for board in BOARDS
    if board.datasource == "figures"
    for panel in board.panels
    if panel.query
]


@pytest.mark.parametrize("grain", PERIODS)
@pytest.mark.parametrize(("board", "panel"), PANELS)
def test_a_query_answers_with_the_columns_that_its_chart_needs(
    board: Board, panel: Panel, grain: str, world: World
) -> None:
    unit = SCHOOL if board.levels == ("school",) else DISTRICT
    chosen = {
        "unit": unit,
        "stage": "all",
        "grade": "0",
        "period": PERIODS[grain],
        "metric": "phone.classroom",
    }
    given: dict[str, Any] = {**chosen, "term": PERIODS["term"], **panel.given}
    given["grade"] = int(given["grade"])
    query = for_psycopg(read_query(panel.query))

    answer = look(world, unit, query, given, 10_000)
    # A login has no grant but on views: what runs as it reads nothing else.
    with world.connect(unit) as connection:
        of_login = connection.execute(query.encode(), given).fetchall()

    assert {column.name for column in panel.columns} <= set(answer.columns)
    assert [tuple(row) for row in answer.rows] == of_login

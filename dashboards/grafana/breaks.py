"""Breaks within a term, shaded behind the lines of a dashboard."""

from dashboards.grafana.naming import Json, Place
from dashboards.model import Board
from dashboards.query_files import bound, read_query
from dashboards.words import Text, said

_TITLE = Text("假期", "Breaks")
_SHADE = "#8A919F"


def breaks(board: Board, place: Place) -> list[Json]:
    """The annotations of a board: one for each query of breaks that its panels name."""
    names = dict.fromkeys(panel.breaks for panel in board.panels if panel.breaks)
    return [_annotation(name, board, place) for name in names]


def _annotation(query: str, board: Board, place: Place) -> Json:
    title = said(_TITLE, place.language)
    return {
        "name": title,
        "datasource": place.datasource(board),
        "enable": True,
        "iconColor": _SHADE,
        "target": {
            "refId": "breaks",
            "rawSql": _spans(query, title),
            "rawQuery": True,
            "editorMode": "code",
            "format": "table",
        },
    }


def _spans(query: str, title: str) -> str:
    # A break lasts until the midnight in China that ends its last day.
    moment = "extract(epoch FROM (answer.{} + time '00:00') AT TIME ZONE 'Asia/Shanghai')"
    return (
        f"SELECT {moment.format('first_day')} AS time,\n"
        f"       {moment.format('last_day + 1')} AS timeend,\n"
        f"       '{title}' AS text\nFROM (\n{bound(read_query(query))}\n) AS answer"
    )

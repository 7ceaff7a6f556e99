"""A board as a dashboard of Grafana."""

from collections.abc import Mapping, Sequence

from dashboards.grafana.breaks import breaks
from dashboards.grafana.charts import custom_of, kind_of, options_of
from dashboards.grafana.fields import field_config
from dashboards.grafana.links import board_links, links_of
from dashboards.grafana.naming import Json, Place, panel_number
from dashboards.grafana.targets import asked_of, target
from dashboards.grafana.variables import variables
from dashboards.model import Board, Panel
from dashboards.words import FOOTER, Text, said

SCHEMA_VERSION = 37
"""That of Grafana 9.4; newer ones bring it up to their own when they load it."""
WIDTH = 24
TAG = Text("五管", "wuguan")
_FOOTER_ID = "footer"
_FOOTER_HEIGHT = 2
_INTERVALS = ["1m", "5m", "15m", "30m", "1h"]
# A line is drawn over the time of the dashboard, not of the chosen period: a term is within it.
_TERM: Json = {"from": "now-150d", "to": "now"}
_HOURS: Json = {"from": "now-6h", "to": "now"}


def dashboard(board: Board, boards: Sequence[Board], place: Place) -> Json:
    """The JSON of a board; `boards` are those that it may lead to."""
    watching = board.datasource == "prometheus"
    return {
        "uid": place.board_uid(board.board_id),
        "title": said(board.title, place.language),
        "description": said(board.question, place.language),
        "tags": [said(TAG, place.language)],
        "timezone": "Asia/Shanghai",
        "weekStart": "monday",
        "schemaVersion": SCHEMA_VERSION,
        "editable": False,
        "graphTooltip": 1,
        "liveNow": False,
        "refresh": "1m" if watching else "",
        "time": _HOURS if watching else _TERM,
        "timepicker": {"refresh_intervals": _INTERVALS, "hidden": not _has_lines(board)},
        "annotations": {"list": breaks(board, place)},
        "links": board_links(board, boards, place),
        "templating": {"list": variables(board, place, asked_of(board))},
        "panels": _panels(board, {one.board_id: one for one in boards}, place),
    }


def _panels(board: Board, boards: Mapping[str, Board], place: Place) -> list[Json]:
    shown = [panel for panel in board.panels if panel.face != "built_in"]
    spots = _spots([(panel.width, panel.height) for panel in shown])
    below = max((spot["y"] + spot["h"] for spot in spots), default=0)
    drawn = [
        _panel(panel, board, boards, place, spot) for panel, spot in zip(shown, spots, strict=True)
    ]
    return [*drawn, _footer(below, place)]


def _panel(
    panel: Panel, board: Board, boards: Mapping[str, Board], place: Place, spot: Mapping[str, int]
) -> Json:
    links = links_of(panel, board, boards, place)
    return {
        "id": panel_number(panel.panel_id),
        "type": kind_of(panel),
        "title": said(panel.title, place.language),
        "description": said(panel.question, place.language),
        "gridPos": dict(spot),
        "datasource": place.datasource(board),
        "targets": [target(panel, board, place)],
        "fieldConfig": field_config(panel, place.language, links, custom_of(panel)),
        "options": options_of(panel, place.language),
        "links": [],
        "transparent": False,
    }


def _footer(below: int, place: Place) -> Json:
    text = said(FOOTER, place.language)
    return {
        "id": panel_number(_FOOTER_ID),
        "type": "text",
        "title": "",
        "gridPos": {"x": 0, "y": below, "w": WIDTH, "h": _FOOTER_HEIGHT},
        "options": {"mode": "markdown", "content": text},
        "transparent": True,
    }


def _spots(sizes: Sequence[tuple[int, int]]) -> list[dict[str, int]]:
    """Where panels stand, from left to right; a row is as high as its highest panel."""
    spots: list[dict[str, int]] = []
    left = top = row_height = 0
    for width, height in sizes:
        if left + width > WIDTH:
            left, top, row_height = 0, top + row_height, 0
        spots.append({"x": left, "y": top, "w": width, "h": height})
        left, row_height = left + width, max(row_height, height)
    return spots


def _has_lines(board: Board) -> bool:
    return any(kind_of(panel) == "timeseries" for panel in board.panels)

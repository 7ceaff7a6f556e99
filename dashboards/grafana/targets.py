"""What a panel asks its datasource."""

from collections.abc import Mapping

from dashboards.grafana.naming import Json, Place
from dashboards.grafana.statements import labels, statement, values
from dashboards.model import Board, Panel
from dashboards.query_files import parameters, read_query
from wuguan.domain.errors import Misconfigured

SERIES = "series"
"""The label by which an expression names the column that a line is."""


def target(panel: Panel, board: Board, place: Place) -> Json:
    """The one question of a panel, in the language of its datasource."""
    source = {"refId": "A", "datasource": place.datasource(board)}
    if board.datasource == "prometheus":
        return {**source, **_promql(panel)}
    sql = statement(panel, _checked(panel, board), place.language)
    series = panel.chart == "lines" and '"time"' in sql
    return {
        **source,
        "rawSql": sql,
        "rawQuery": True,
        "editorMode": "code",
        "format": "time_series" if series else "table",
    }


def asked_of(board: Board) -> frozenset[str]:
    """What the queries of a board's panels ask readers for."""
    if board.datasource == "prometheus":
        return frozenset()
    return frozenset(
        name
        for panel in board.panels
        if panel.face != "built_in"
        for name in parameters(read_query(panel.query))
        if name not in panel.given
    )


def _promql(panel: Panel) -> Json:
    lines = panel.chart == "lines"
    return {
        # A comment is one to Prometheus too.
        "expr": read_query(panel.query, "promql").strip(),
        "range": lines,
        "instant": not lines,
        "format": "time_series" if panel.chart in {"lines", "number"} else "table",
        "legendFormat": _legend(panel),
        "editorMode": "code",
    }


def _legend(panel: Panel) -> str:
    """What a line is called: by labels, or by a column's name, in whose place its title comes."""
    if named := [f"{{{{{one.name}}}}}" for one in labels(panel)]:
        return " ".join(named)
    columns = values(panel)
    return columns[0].name if len(columns) == 1 else f"{{{{{SERIES}}}}}"


def _checked(panel: Panel, board: Board) -> str:
    query = read_query(panel.query)
    known = {*board.variables, *panel.given, *_following(board)}
    if unknown := [name for name in parameters(query) if name not in known]:
        raise Misconfigured([_nobody_chooses(name, panel, board) for name in unknown])
    return query


def _following(board: Board) -> Mapping[str, str]:
    return {"term": "period"} if "period" in board.variables else {}


def _nobody_chooses(name: str, panel: Panel, board: Board) -> str:
    where = f"{board.board_id}/{panel.panel_id} ({panel.query}.sql)"
    return (
        f"{where}: 没有人给出参数 :{name}；请将它加入看板的 variables，或在面板的 given 中写明"
        f" / {where}: nobody says what :{name} is: add it to `variables` of the board, or to"
        " `given` of the panel"
    )

"""Ways from a board to the others: from a row, and from its head."""

from collections.abc import Mapping, Sequence

from dashboards.grafana.naming import Json, Place
from dashboards.model import Board, Panel
from dashboards.words import Text, said
from wuguan.domain.errors import Misconfigured

_TO = Text("打开{title}", "Open {title}")


def links_of(
    panel: Panel, board: Board, boards: Mapping[str, Board], place: Place
) -> Mapping[str, Sequence[Json]]:
    """Where each column leads to: the first label where its row does, a number to a board."""
    label = panel.column("label")
    of_rows = row_links(panel, board, boards, place)
    found = {one.name: _to(panel, one.leads_to, board, boards, place) for one in panel.columns}
    if label:
        found[label.name] = of_rows
    return {name: links for name, links in found.items() if links}


def row_links(
    panel: Panel, board: Board, boards: Mapping[str, Board], place: Place
) -> Sequence[Json]:
    """Where the rows of a panel lead: to a board, for the unit of the row."""
    return _to(panel, panel.links_to, board, boards, place)


def _to(
    panel: Panel, wanted: str | None, board: Board, boards: Mapping[str, Board], place: Place
) -> Sequence[Json]:
    if wanted is None:
        return ()
    if (to := boards.get(wanted)) is None:
        raise Misconfigured([_no_such_board(board, panel)])
    link = panel.column("link")
    unit = f"var-unit=${{__data.fields.{link.name}}}" if link else "${unit:queryparam}"
    title = _TO.filled(title=said(to.title, place.language))
    address = _address(to, [unit, *_kept(board, to)], place)
    return ({"title": said(title, place.language), "url": address, "targetBlank": False},)


def board_links(board: Board, boards: Sequence[Board], place: Place) -> list[Json]:
    """The links in the head of a board to those that ask the same datasource."""
    others = [one for one in boards if one.datasource == board.datasource and one is not board]
    return [_board_link(board, one, place) for one in others]


def _board_link(board: Board, to: Board, place: Place) -> Json:
    # A unit is taken along only where the other board can be looked at for it.
    unit = ["${unit:queryparam}"] if _same_units(board, to) else []
    return {
        "type": "link",
        "title": said(to.title, place.language),
        "tooltip": said(to.question, place.language),
        "url": _address(to, [*unit, *_kept(board, to)], place),
        "icon": "dashboard",
        "asDropdown": False,
        "includeVars": False,
        "keepTime": False,
        "targetBlank": False,
        "tags": [],
    }


def _same_units(board: Board, to: Board) -> bool:
    return "unit" in board.variables and "unit" in to.variables and (
        set(board.levels) <= set(to.levels)
    )  # fmt: skip


def _kept(board: Board, to: Board) -> list[str]:
    both = [name for name in board.variables if name in to.variables and name != "unit"]
    return [f"${{{name}:queryparam}}" for name in both]


def _address(to: Board, parameters: Sequence[str], place: Place) -> str:
    asked = "&".join(parameters)
    return f"/d/{place.board_uid(to.board_id)}" + (f"?{asked}" if asked else "")


def _no_such_board(board: Board, panel: Panel) -> str:
    where = f"{board.board_id}/{panel.panel_id}"
    return (
        f"{where}: links_to 或 leads_to 指向不存在的看板；请改为目录中某个看板的 board_id，或删去"
        f" / {where}: links_to or leads_to names no board of the catalogue: write the board_id of"
        " one, or leave it out"
    )

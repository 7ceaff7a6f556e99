"""What a board in Grafana sends, with what a reader chose put in."""

import re
from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from dashboards.grafana.naming import Place
from dashboards.grafana.targets import target
from dashboards.model import Board, Panel
from dashboards.query_files import literal
from wuguan.domain.errors import Misconfigured

_VARIABLE = re.compile(r"\$\{(\w+):sqlstring\}")


class Question(Struct, frozen=True):
    """A panel on its board, and the SQL that it sends, variables not yet put in."""

    board: Board
    panel: Panel
    statement: str

    @property
    def where(self) -> str:
        """What names it in errors and tables: `overview/matrix`."""
        return f"{self.board.board_id}/{self.panel.panel_id}"


def questions(boards: Sequence[Board], place: Place) -> Iterator[Question]:
    """The questions of all panels that Grafana sends to the database, board by board."""
    for board in boards:
        if board.datasource != "figures":
            continue
        for panel in board.panels:
            if panel.face != "built_in":
                yield Question(board, panel, str(target(panel, board, place)["rawSql"]))


def put_in(statement: str, chosen: Mapping[str, str]) -> str:
    """The statement with each `${unit:sqlstring}` as a literal, as Grafana writes it.

    Misconfigured where nothing was chosen.
    """
    if unknown := sorted(set(_VARIABLE.findall(statement)) - set(chosen)):
        raise Misconfigured([_nothing_chosen(name) for name in unknown])
    return _VARIABLE.sub(lambda found: literal(chosen[found[1]]), statement)


def _nothing_chosen(name: str) -> str:
    return (
        f"没有可供选择的变量 {name}；请将它加入看板的 variables"
        f" / there is no variable {name} to choose: add it to `variables` of the board"
    )

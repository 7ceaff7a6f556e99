"""A board as a page: its panels with their answers, its choices, and the ways to other boards."""

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlencode

from msgspec import Struct

from dashboards.built_in.choices import Choice, Choices
from dashboards.built_in.panels import Shown
from dashboards.model import Board
from dashboards.words import Text


class Way(Struct, frozen=True):
    """A link to a board."""

    title: Text
    address: str
    is_here: bool = False


class BoardPage(Struct, frozen=True, kw_only=True):
    """All that the page says."""

    board: Board
    unit_id: str
    name: str
    """Of the unit."""
    choices: Choices
    fields: Sequence[Choice]
    banner: Text | None
    """What must be known of today: a vacation, a year without national days off."""
    is_as_asked: bool
    """False where the period that the address asks for has no figures."""
    panels: Sequence[Shown]
    ways: Sequence[Way]
    above: Way | None
    """The unit above, as far as the reader may see it."""
    as_of: datetime
    settled: bool | None
    """None: unknown, because what waits is in Kafka."""

    @property
    def query(self) -> str:
        """What the address of this page says, for the files of its panels."""
        return urlencode(self.choices.kept(self.board))


def ways(
    boards: Sequence[Board], level: str, unit_id: str, choices: Choices | None, here: str
) -> list[Way]:
    """The boards that a unit can be looked at with; `here` is the one that is open."""
    return [
        Way(one.title, address(one, unit_id, choices), one.board_id == here)
        for one in boards
        if level in one.levels and one.datasource == "figures"
    ]


def address(board: Board, unit_id: str, choices: Choices | None) -> str:
    """The address of a board for a unit, with what is chosen taken along."""
    query = urlencode(choices.kept(board)) if choices else ""
    return f"/board/{unit_id}/{board.board_id}" + (f"?{query}" if query else "")

"""All that `check` looks at, one by one."""

from collections.abc import Iterator, Sequence
from functools import partial

from dashboards.checking.asking import questions
from dashboards.checking.board_check import BoardCheck, Check
from dashboards.checking.places import Places
from dashboards.grafana.naming import Place
from dashboards.model import Board
from dashboards.words import LANGUAGES


def checks(boards: Sequence[Board], places: Places) -> Iterator[Check]:
    """Choices, breaks and panels of every board that asks the database, in both languages."""
    for place in map(Place, LANGUAGES):
        for board in boards:
            if board.datasource == "figures":
                check = BoardCheck(board, place, places)
                yield check.of_variables
                yield check.of_breaks
                yield from (partial(check.of_panel, one) for one in questions([board], place))


def wrong(found: Sequence[Sequence[str]]) -> list[str]:
    """What was found, each once: what both languages have is one fault."""
    return list(dict.fromkeys(fault for faults in found for fault in faults))

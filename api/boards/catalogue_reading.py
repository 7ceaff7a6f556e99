"""Reads what a board of the catalogue shows: the very SQL of Grafana, in one moment."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import NamedTuple

from dashboards.built_in.cells import Row
from dashboards.built_in.choices import Choices, Period, chosen_period, term_of
from dashboards.built_in.panels import MOST_ROWS, rows_of
from dashboards.model import Board, Panel
from dashboards.query_files import for_psycopg, read_query
from wuguan.domain.instants import CHINA
from wuguan.ports import BoardLook, BoardQueries

_FRESHNESS = "SELECT as_of, settled FROM board.freshness"


class Asked(NamedTuple):
    """What an address asks for, as it stands there."""

    period: str
    stage: str
    grade: str
    metric: str


class Answers(NamedTuple):
    """What the queries of a board gave."""

    periods: Sequence[Period]
    choices: Choices
    is_as_asked: bool
    rows: Mapping[str, Sequence[Row]]
    """By panel."""
    breaks: Mapping[str, Sequence[Row]]
    """By query."""
    as_of: datetime
    settled: bool | None


def read_board(
    queries: BoardQueries, viewer: str, unit_id: str, panels: Sequence[Panel], asked: Asked
) -> Answers:
    """The answers for a unit, as seen from the unit of whoever looks."""
    with queries.looking_from(viewer) as look:
        periods = _periods(look, unit_id)
        period, is_as_asked = chosen_period(periods, asked.period)
        choices = Choices(period, term_of(periods, period), asked.stage, asked.grade, asked.metric)
        fresh = look.rows(_FRESHNESS, {}, 1).rows[0]
        return Answers(
            periods=periods,
            choices=choices,
            is_as_asked=is_as_asked,
            rows={one.panel_id: _rows(look, one, unit_id, choices) for one in panels if one.query},
            breaks={
                name: _answer(look, name, choices.parameters(unit_id, {}))
                for name in dict.fromkeys(one.breaks for one in panels if one.breaks)
            },
            as_of=fresh[0].astimezone(CHINA),
            settled=fresh[1],
        )


def panels_of(board: Board) -> list[Panel]:
    """The panels that the built-in boards show."""
    return [panel for panel in board.panels if panel.face != "grafana"]


def _periods(look: BoardLook, unit_id: str) -> list[Period]:
    return [
        Period(row["grain"], row["first_day"], row["last_day"], row["is_current"])
        for row in _answer(look, "periods", {"unit": unit_id})
    ]


def _rows(look: BoardLook, panel: Panel, unit_id: str, choices: Choices) -> Sequence[Row]:
    return _answer(look, panel.query, choices.parameters(unit_id, panel.given))


def _answer(look: BoardLook, query: str, parameters: Mapping[str, object]) -> Sequence[Row]:
    return rows_of(look.rows(_statement(query), parameters, MOST_ROWS))


@cache
def _statement(query: str) -> str:
    return for_psycopg(read_query(query))

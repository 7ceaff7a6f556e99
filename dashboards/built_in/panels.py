"""A panel with its answer: a table, and a chart or numbers beside it."""

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from msgspec import Struct

from dashboards.built_in.cells import Cell, Row, cell, plain, printed
from dashboards.built_in.charts import bars, lines
from dashboards.model import Column, Panel
from dashboards.words import Language, Text, said
from wuguan.ports import BoardRows

Leads = Callable[[str, str | None], str]
"""The address of a board, for a unit or (None) for the one that is looked at; empty for none."""
TODAY = ""
"""No board of the catalogue: the page of a unit as it stands."""
MOST_ROWS = 10_000


class Shown(Struct, frozen=True):
    """A panel as a page shows it."""

    panel: Panel
    headings: Sequence[Text]
    rows: Sequence[Sequence[Cell]]
    figure: Mapping[str, Any] | None
    """For Plotly; None where the table or the numbers are all."""
    numbers: Sequence[tuple[Text, str]] = ()
    """Numbers that stand alone, with their titles."""

    @property
    def is_cut(self) -> bool:
        """Whether there are more rows than are shown."""
        return len(self.rows) >= MOST_ROWS


def rows_of(answer: BoardRows) -> list[Row]:
    """The rows of an answer by the names of its columns."""
    return [dict(zip(answer.columns, row, strict=True)) for row in answer.rows]


def shown(
    panel: Panel, rows: Sequence[Row], breaks: Sequence[Row], language: Language, leads: Leads
) -> Shown:
    """A panel with its answer, in a language."""
    columns = printed_columns(panel)
    return Shown(
        panel=panel,
        headings=[one.title for one in columns],
        rows=[_cells(panel, columns, row, language, leads) for row in rows],
        figure=_figure(panel, rows, breaks, language, leads) if rows else None,
        numbers=_numbers(columns, rows, language) if panel.chart == "number" else (),
    )


def printed_columns(panel: Panel) -> list[Column]:
    """The columns that are printed: not the id of a row, which is where its name leads."""
    return [one for one in panel.columns if one.role != "link"]


def as_csv(panel: Panel, rows: Sequence[Row], language: Language) -> bytes:
    """All columns of a panel for a spreadsheet: UTF-8 with the mark that Excel looks for."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([said(one.title, language) for one in panel.columns])
    for row in rows:
        writer.writerow([plain(one, row, language) for one in panel.columns])
    return text.getvalue().encode("utf-8-sig")


def leads_to_day(leads: Leads, day: date) -> str:
    """The address of the unit's page as it was on a day."""
    return f"{leads(TODAY, None)}?day={day}"


def _cells(
    panel: Panel, columns: Sequence[Column], row: Row, language: Language, leads: Leads
) -> list[Cell]:
    link = panel.column("link")
    unit = row[link.name] if link else None
    first = panel.column("label")
    return [
        cell(one, row, language, _address(panel, one, one is first, unit, leads)) for one in columns
    ]


def _address(panel: Panel, column: Column, is_first: bool, unit: str | None, leads: Leads) -> str:
    board = column.leads_to or (panel.links_to if is_first else None)
    return leads(board, unit) if board else ""


def _figure(
    panel: Panel,
    rows: Sequence[Row],
    breaks: Sequence[Row],
    language: Language,
    leads: Leads,
) -> Mapping[str, Any] | None:
    match panel.chart:
        case "lines":
            return lines(panel, rows, breaks, language, lambda day: leads_to_day(leads, day))
        case "bars" | "histogram":
            return bars(panel, rows, language)
    return None


def _numbers(
    columns: Sequence[Column], rows: Sequence[Row], language: Language
) -> list[tuple[Text, str]]:
    return [
        (one.title, printed(one, row[one.name_in(language)], language))
        for row in rows
        for one in columns
    ]

"""Figures for Plotly: lines over the school days of a term, and bars by bin."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import Any

from dashboards.built_in.cells import LEAST_COVERAGE, Row, number, printed
from dashboards.model import Column, Panel
from dashboards.trend import range_of_shares
from dashboards.words import Language, Text, said, spoken_day

BLUE, PALE, GREY, SHADE, RULE = "#1F5AA6", "#9DBBE3", "#8A919F", "#E5E8ED", "#2A2F3A"
_FONT = {"size": 12, "color": "#2A2F3A"}
_LINES_HEIGHT, _BARS_HEIGHT = 260, 260


def lines(
    panel: Panel,
    rows: Sequence[Row],
    breaks: Sequence[Row],
    language: Language,
    leads: Callable[[date], str],
) -> Mapping[str, Any]:
    """Each value over the days that have figures, one under the other; breaks shaded between.

    A point is hollow where under 60 % was reported, and leads to the page of its day.
    """
    days: list[date] = [row["day"] for row in rows]
    drawn = [one for one in panel.columns if one.role == "value"]
    names = [said(spoken_day(day), language) for day in days]
    traces = [_line(one, rows, names, place, language) for place, one in enumerate(drawn)]
    coverage = next((one.name for one in drawn if one.is_coverage), None)
    colours = [GREY if coverage and (row[coverage] or 0) < LEAST_COVERAGE else BLUE for row in rows]
    traces[0]["marker"] = {
        "size": 5,
        "color": ["#FFFFFF" if colour == GREY else colour for colour in colours],
        "line": {"color": colours, "width": 1.2},
    }
    for trace in traces:
        trace["customdata"] = [leads(day) for day in days]
    layout = {
        **_LAYOUT,
        "height": _LINES_HEIGHT,
        "hovermode": "x unified",
        "shapes": _shades(days, breaks),
        "annotations": [_caption(one, place, len(drawn), language)
                        for place, one in enumerate(drawn)],
        "xaxis": {
            "type": "category",
            "categoryarray": names,
            "categoryorder": "array",
            "tickangle": 0,
            "fixedrange": True,
            "showgrid": False,
            "anchor": _axis_name(len(drawn) - 1),
        },
    }  # fmt: skip
    for place, column in enumerate(drawn):
        name = "yaxis" + _axis_name(place)[1:]
        layout[name] = _axis(column, traces[place]["y"], *_domain(place, len(drawn)))
    return {"data": traces, "layout": layout}


def bars(panel: Panel, rows: Sequence[Row], language: Language) -> Mapping[str, Any]:
    """A bar for each row; where the rows say which keep the rule, its line stands between."""
    label, value, state = (panel.column(role) for role in ("label", "value", "state"))
    assert label and value, "bars have labels and values"
    keeps = [row[state.name] if state else None for row in rows]
    trace = {
        "type": "bar",
        "x": [printed(label, row[label.name], language) for row in rows],
        "y": [number(row[value.name] or 0) for row in rows],
        "marker": {"color": [PALE if one is False else BLUE for one in keeps]},
        "name": said(value.title, language),
        "hovertemplate": "%{x}: %{y:,}<extra></extra>",
    }
    layout = {
        **_LAYOUT,
        "height": _BARS_HEIGHT,
        "bargap": 0.06,
        "xaxis": {"type": "category", "fixedrange": True, "tickangle": 0, "automargin": True},
        "yaxis": {"fixedrange": True, "gridcolor": "#EEF0F4", "rangemode": "tozero",
                  "title": {"text": said(value.title, language), "font": _FONT}},
        **_rules(panel, rows, language),
    }  # fmt: skip
    return {"data": [trace], "layout": layout}


def _line(
    column: Column, rows: Sequence[Row], names: Sequence[str], place: int, language: Language
) -> dict[str, Any]:
    values = [row[column.name] for row in rows]
    scale = 100 if column.shows == "share" else 1
    is_main = place == 0
    return {
        "type": "scatter",
        "mode": "lines+markers" if is_main else "lines",
        "x": list(names),
        "y": [None if v is None else round(scale * float(v), 2) for v in values],
        "yaxis": _axis_name(place),
        "name": said(column.title, language),
        "connectgaps": True,
        "line": {"color": BLUE if is_main else GREY, "width": 1.5},
    }


def _axis_name(place: int) -> str:
    return "y" if place == 0 else f"y{place + 1}"


def _domain(place: int, of: int) -> tuple[float, float]:
    """The first has two thirds of the height, the others share the rest."""
    if of == 1:
        return 0.0, 0.9
    if place == 0:
        return 0.42, 0.92
    return 0.0, 0.26


def _axis(
    column: Column, values: Sequence[float | None], low: float, high: float
) -> dict[str, Any]:
    axis: dict[str, Any] = {
        "domain": [low, high],
        "fixedrange": True,
        "gridcolor": "#EEF0F4",
        "zeroline": False,
        "nticks": 4,
    }
    if column.shows != "share":
        return {**axis, "rangemode": "tozero"}
    return {**axis, **range_of_shares(values), "ticksuffix": "%"}


def _caption(column: Column, place: int, of: int, language: Language) -> dict[str, Any]:
    return {
        "text": said(column.title, language),
        "xref": "paper",
        "yref": "paper",
        "x": 0,
        "xanchor": "left",
        "y": _domain(place, of)[1] + 0.005,
        "yanchor": "bottom",
        "showarrow": False,
        "font": {"size": 12, "color": "#4A5160"},
    }


def _shades(days: Sequence[date], breaks: Sequence[Row]) -> list[dict[str, Any]]:
    """A stripe between the two days that a break lies between: the axis has school days only."""
    return [
        {
            "type": "rect",
            "xref": "x",
            "yref": "paper",
            "x0": place + 0.2,
            "x1": place + 0.8,
            "y0": 0,
            "y1": 0.92,
            "fillcolor": SHADE,
            "line": {"width": 0},
            "layer": "below",
        }
        for place, (before, after) in enumerate(pairwise(days))
        if any(before < one["first_day"] and one["last_day"] < after for one in breaks)
    ]


def _rules(panel: Panel, rows: Sequence[Row], language: Language) -> dict[str, Any]:
    """A line where each rule's bound lies: before the bin that begins with it."""
    label, asked = panel.column("label"), panel.column("extra")
    if label is None or asked is None:
        return {}
    lines, notes = [], []
    for bound in (rows[0][asked.name] or "").split(" / "):
        begins = (f"{bound}–", f"> {bound}", f"≥ {bound}")
        bins = enumerate(row[label.name] for row in rows)
        if place := next((n for n, one in bins if bound and one.startswith(begins)), None):
            text = said(Text("规定 {}", "rule: {}"), language).format(bound)
            lines.append({**_RULE_LINE, "x0": place - 0.5, "x1": place - 0.5})
            notes.append({**_RULE_NOTE, "x": place - 0.5, "text": text})
    return {"shapes": lines, "annotations": notes}


_RULE_LINE: Mapping[str, Any] = {
    "type": "line",
    "xref": "x",
    "yref": "paper",
    "y0": 0,
    "y1": 1,
    "line": {"color": RULE, "width": 1.5, "dash": "dash"},
}
_RULE_NOTE: Mapping[str, Any] = {
    "xref": "x",
    "yref": "paper",
    "y": 1,
    "yanchor": "bottom",
    "showarrow": False,
    "font": _FONT,
}
_LAYOUT: Mapping[str, Any] = {
    "margin": {"l": 48, "r": 12, "t": 24, "b": 36},
    "showlegend": False,
    "font": _FONT,
    "plot_bgcolor": "#FFFFFF",
    "paper_bgcolor": "#FFFFFF",
}

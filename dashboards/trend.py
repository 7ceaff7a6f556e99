"""The trend over the term: five small charts on one axis of school days."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, Literal, NamedTuple

from msgspec import Struct

from dashboards.figures import is_withheld
from dashboards.overview_figures import OverviewFigures, TrendDay
from dashboards.words import Language, Text, said, spoken_day
from wuguan.domain.schools_in_line import is_covered


class TrendLine(Struct, frozen=True):
    """One small chart: a metric, and what of it is drawn."""

    metric: str
    shows: Literal["share", "total", "per_hundred"]
    title: Text


LINES = (
    TrendLine(
        "homework.minutes", "share",
        Text("作业时长符合规定班次 %", "Class-days within the homework limit, %"),
    ),
    TrendLine(
        "sleep.duration", "share",
        Text("睡眠达到要求人次 %（问卷日）", "Pupil-nights with enough sleep, % (survey days)"),
    ),
    TrendLine("phone.classroom", "total", Text("手机进课堂（起）", "Phones found in class")),
    TrendLine(
        "reading.loans", "per_hundred",
        Text("借阅（册/百人·日）", "Loans a hundred pupils and day"),
    ),
    TrendLine(
        "fitness.sport_time", "share",
        Text("体育2小时落实班次 %", "Class-days with two hours of sport, %"),
    ),
)  # fmt: skip
METRICS = tuple(line.metric for line in LINES)
COLOUR = "#1F5AA6"
UNCERTAIN = "#8A919F"
BREAK_LINE = "#C5CAD3"
ROW_HEIGHT = 112
LEAST_POINTS = 20.0
_BREAK_DAYS = 4
"""Days from one school day to the next from which on a break is drawn."""


def trend(of: OverviewFigures, language: Language) -> Mapping[str, Any] | None:
    """The figure for Plotly; None where there is no school day."""
    if not of.trend:
        return None
    rows = len(LINES)
    days = [said(spoken_day(one.day), language) for one in of.trend]
    traces = [_trace(of, line, place, days, language) for place, line in enumerate(LINES)]
    layout: dict[str, Any] = {
        "height": ROW_HEIGHT * rows + 50,
        "margin": {"l": 44, "r": 12, "t": 8, "b": 36},
        "showlegend": False,
        "font": {"size": 12, "color": "#2A2F3A"},
        "hovermode": "x unified",
        "plot_bgcolor": "#FFFFFF",
        "paper_bgcolor": "#FFFFFF",
        "shapes": _breaks(of.trend),
        "annotations": [_title(line, place, rows, language) for place, line in enumerate(LINES)],
        "xaxis": {
            "type": "category",
            "categoryarray": days,
            "categoryorder": "array",
            "nticks": 12,
            "tickangle": 0,
            "anchor": f"y{rows}",
            "fixedrange": True,
            "showgrid": False,
        },
    }
    for place, line in enumerate(LINES):
        axis = _axis(line, traces[place]["y"], place, rows)
        layout["yaxis" if place == 0 else f"yaxis{place + 1}"] = axis
    return {"data": traces, "layout": layout}


def _axis(
    line: TrendLine, values: Sequence[float | None], place: int, rows: int
) -> Mapping[str, Any]:
    top = 1 - place / rows
    return {
        "domain": [top - 1 / rows + 0.012, top - 0.055],
        "fixedrange": True,
        "gridcolor": "#EEF0F4",
        "zeroline": False,
        "nticks": 4,
        **(range_of_shares(values) if line.shows == "share" else {"rangemode": "tozero"}),
    }


def range_of_shares(values: Sequence[float | None]) -> Mapping[str, Any]:
    """At least so many points from bottom to top: a change of half a point is no mountain."""
    known = [value for value in values if value is not None]
    if not known:
        return {"range": [0, 100]}
    middle = (min(known) + max(known)) / 2
    half = max(LEAST_POINTS, 1.2 * (max(known) - min(known))) / 2
    low = max(0.0, min(middle - half, 100.0 - 2 * half))
    return {"range": [low, min(low + 2 * half, 100.0) + 1]}


def _title(line: TrendLine, place: int, rows: int, language: Language) -> Mapping[str, Any]:
    return {
        "text": said(line.title, language),
        "xref": "paper",
        "yref": "paper",
        "x": 0,
        "xanchor": "left",
        "y": 1 - place / rows,
        "yanchor": "top",
        "showarrow": False,
        "font": {"size": 12, "color": "#4A5160"},
    }


def _trace(
    of: OverviewFigures, line: TrendLine, place: int, days: Sequence[str], language: Language
) -> Mapping[str, Any]:
    covered = [_is_covered(line.metric, one, of) for one in of.trend]
    usual = _usual(line, of)
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "x": list(days),
        "y": [_value(line, one, of.stages_shown, usual) for one in of.trend],
        "yaxis": "y" if place == 0 else f"y{place + 1}",
        "name": said(line.title, language),
        "connectgaps": True,
        "line": {"color": COLOUR, "width": 1.5},
        "marker": {
            "size": 5,
            # Hollow and grey where too little was reported.
            "color": [COLOUR if certain else "#FFFFFF" for certain in covered],
            "line": {"color": [COLOUR if c else UNCERTAIN for c in covered], "width": 1.2},
        },
    }


class _Usual(NamedTuple):
    """The most that is due, and that is judged, on any day."""

    due: int
    judged: int


def _usual(line: TrendLine, of: OverviewFigures) -> _Usual:
    found = [one.figures.of(line.metric, of.stages_shown) for one in of.trend]
    tallies = [figure.tally for figure in found if figure is not None]
    return _Usual(
        max((tally.expected for tally in tallies), default=0),
        max((tally.judged for tally in tallies), default=0),
    )


def _value(
    line: TrendLine, one: TrendDay, stages: Sequence[str], usual: _Usual
) -> float | int | None:
    figure = one.figures.of(line.metric, stages)
    # Where most have a break, or one school alone is asked, a day cannot be compared with others.
    if figure is None or 2 * figure.tally.expected < usual.due:
        return None
    if is_withheld(line.metric, figure.tally):
        return None
    tally = figure.tally
    match line.shows:
        case "total":
            return tally.total if tally.reported else None
        case "per_hundred":
            return round(100 * tally.total / tally.reported, 1) if tally.reported else None
    # Nor on a day of rain, on which next to nothing is judged.
    if not tally.judged or 2 * tally.judged < usual.judged:
        return None
    return round(100 * tally.compliant / tally.judged, 1)


def _is_covered(metric: str, one: TrendDay, of: OverviewFigures) -> bool:
    coverage = of.judging.coverage(metric, one.figures, of.stages_shown)
    return is_covered(coverage)


def _breaks(days: Sequence[TrendDay]) -> list[Mapping[str, Any]]:
    """A line between two school days with a break between them."""
    return [
        {
            "type": "line",
            "xref": "x",
            "yref": "paper",
            "x0": place + 0.5,
            "x1": place + 0.5,
            "y0": 0,
            "y1": 1,
            "line": {"color": BREAK_LINE, "width": 1, "dash": "dot"},
        }
        for place, (before, after) in enumerate(pairwise(days))
        if (after.day - before.day).days >= _BREAK_DAYS
    ]

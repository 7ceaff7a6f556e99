"""The graph of an alert: the figure over the school days, what is asked, the days in breach."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from msgspec import Struct

from dashboards.alert_figures import metric_name
from dashboards.trend import range_of_shares
from dashboards.words import Language, Text, said, spoken_day
from wuguan.domain.alerting.rule import AlertRule, Statistic

BLUE, RED, RULE = "#1F5AA6", "#C0362C", "#2A2F3A"
IN_BREACH = Text("超出界限的上学日", "school days in breach")
ASKED = Text("界限", "threshold")
_OF_SHARES: tuple[Statistic, ...] = ("compliance", "reporting", "silent", "identical")
_DRAWN: Mapping[Statistic, Text] = {
    "compliance": Text("符合规定率 %", "in line, %"),
    "mean": Text("均值", "mean"),
    "percentile": Text("百分位", "percentile"),
    "count": Text("合计", "sum"),
    "drop": Text("上报率下降（百分点）", "reporting fell by (points)"),
    "rejects": Text("被退回（条）", "events refused"),
}
_REPORTED = Text("上报率 %", "reported, %")


class DrawnDay(Struct, frozen=True):
    """A school day of the graph."""

    day: date
    value: float | None
    """None: the day says nothing."""
    threshold: float | None
    in_breach: bool


def title(rule: AlertRule) -> Text:
    """What is drawn: of what is silent or all the same, how much was reported."""
    name, drawn = metric_name(rule.metric), _DRAWN.get(rule.statistic, _REPORTED)
    return Text(f"{name.zh}：{drawn.zh}", f"{name.en}: {drawn.en}")


def chart(rule: AlertRule, days: Sequence[DrawnDay], language: Language) -> Mapping[str, Any]:
    """The figure for Plotly."""
    names = [said(spoken_day(one.day), language) for one in days]
    values = [_rounded(one.value) for one in days]
    breaches = [value if one.in_breach else None for one, value in zip(days, values, strict=True)]
    traces = [
        {**_LINE, "x": names, "y": values, "name": said(title(rule), language)},
        {**_BREACHES, "x": names, "y": breaches, "name": said(IN_BREACH, language)},
    ]
    if any(one.threshold is not None for one in days):
        bounds = [_rounded(one.threshold) for one in days]
        traces.append({**_BOUND, "x": names, "y": bounds, "name": said(ASKED, language)})
    return {"data": traces, "layout": _layout(rule, names, values)}


def _layout(
    rule: AlertRule, names: Sequence[str], values: Sequence[float | None]
) -> Mapping[str, Any]:
    is_share = rule.statistic in _OF_SHARES
    return {
        "height": 280,
        "margin": {"l": 48, "r": 12, "t": 8, "b": 36},
        "font": {"size": 12, "color": RULE},
        "plot_bgcolor": "#FFFFFF",
        "paper_bgcolor": "#FFFFFF",
        "hovermode": "x unified",
        "legend": {"orientation": "h", "y": 1.12, "x": 0},
        "xaxis": {
            "type": "category",
            "categoryarray": names,
            "categoryorder": "array",
            "tickangle": 0,
            "fixedrange": True,
            "showgrid": False,
        },
        "yaxis": {
            "fixedrange": True,
            "gridcolor": "#EEF0F4",
            "zeroline": False,
            **(range_of_shares(values) if is_share else {"rangemode": "tozero"}),
        },
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)


_LINE: Mapping[str, Any] = {
    "type": "scatter",
    "mode": "lines+markers",
    "line": {"color": BLUE, "width": 1.5},
    "marker": {"size": 4},
    "connectgaps": False,
    "cliponaxis": False,
}
_BREACHES: Mapping[str, Any] = {
    "type": "scatter",
    "mode": "markers",
    "marker": {"color": RED, "symbol": "square", "size": 9},
    "cliponaxis": False,
}
_BOUND: Mapping[str, Any] = {
    "type": "scatter",
    "mode": "lines",
    "line": {"color": RULE, "width": 1.5, "dash": "dash"},
    "connectgaps": True,
}

"""How each kind of chart looks in Grafana: the panel's type, its options and its fields."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from dashboards.grafana.naming import Json
from dashboards.grafana.statements import day_of, labels
from dashboards.model import Chart, Panel
from dashboards.words import Language, said

_LEGEND: Json = {"displayMode": "list", "placement": "bottom", "showLegend": True, "calcs": []}
_NO_LEGEND: Json = {**_LEGEND, "showLegend": False}
_TOOLTIP: Json = {"mode": "multi", "sort": "none"}
_AXIS: Json = {
    "axisCenteredZero": False,
    "axisColorMode": "text",
    "axisLabel": "",
    "axisPlacement": "auto",
    "scaleDistribution": {"type": "linear"},
    "hideFrom": {"legend": False, "tooltip": False, "viz": False},
}


def kind_of(panel: Panel) -> str:
    """The type of a panel in Grafana; lines along anything but days are bars."""
    if panel.chart == "lines" and day_of(panel) is None:
        return "barchart"
    return _KINDS[panel.chart]


def options_of(panel: Panel, language: Language) -> Json:
    """The options of a panel."""
    return _OPTIONS[kind_of(panel)](panel, language)


def custom_of(panel: Panel) -> Json:
    """What is set for all fields of a panel's type."""
    kind = kind_of(panel)
    if kind == "timeseries":
        return {**_AXIS, **_LINE}
    if kind == "barchart":
        return {**_AXIS, "fillOpacity": 85, "gradientMode": "none", "lineWidth": 0}
    return _CELL if kind == "table" else {}


_CELL: Json = {"align": "auto", "displayMode": "auto", "inspect": False, "minWidth": 60}


_LINE: Json = {
    "drawStyle": "line",
    "lineInterpolation": "linear",
    "lineWidth": 2,
    "fillOpacity": 0,
    "gradientMode": "none",
    "pointSize": 5,
    "showPoints": "auto",
    "spanNulls": False,
    "stacking": {"group": "A", "mode": "none"},
    "thresholdsStyle": {"mode": "off"},
}


def _number(panel: Panel, language: Language) -> Json:
    # Grafana shows numbers alone unless it is told which words to show as well.
    shown = [said(one.title, language) for one in panel.columns if one.role in {"value", "state"}]
    worded = any(one.role == "state" or one.shows == "text" for one in panel.columns)
    fields = f"/^({'|'.join(map(_plain, shown))})$/" if worded else ""
    several = bool(labels(panel))
    return {
        "reduceOptions": {"values": several, "calcs": ["lastNotNull"], "fields": fields},
        "orientation": "auto",
        "textMode": "value_and_name" if several or len(shown) > 1 else "auto",
        "colorMode": "value",
        "graphMode": "none",
        "justifyMode": "auto",
    }


def _plain(text: str) -> str:
    return "".join(f"\\{sign}" if sign in r"\^$.|?*+()[]{}/" else sign for sign in text)


def _table(_panel: Panel, _language: Language) -> Json:
    return {"showHeader": True, "frameIndex": 0}


def _lines(_panel: Panel, _language: Language) -> Json:
    return {"legend": _LEGEND, "tooltip": _TOOLTIP}


def _bars(panel: Panel, _language: Language) -> Json:
    along = labels(panel)
    state = panel.column("state")
    several = sum(one.role == "value" for one in panel.columns) > 1
    histogram = panel.chart == "histogram"
    return {
        **({"xField": along[0].name} if along else {}),
        **({"colorByField": state.name} if state else {}),
        "barRadius": 0,
        "barWidth": 0.97 if histogram or several else 0.7,
        "groupWidth": 0.98 if histogram else 0.7,
        # The names of units are long.
        "orientation": "horizontal" if panel.column("link") else "auto",
        "showValue": "auto",
        "stacking": "none",
        "xTickLabelRotation": -30 if len(along) > 1 else 0,
        "xTickLabelSpacing": 0,
        "xTickLabelMaxLength": 0,
        "legend": _LEGEND if several or state else _NO_LEGEND,
        "tooltip": _TOOLTIP if several else {**_TOOLTIP, "mode": "single"},
    }


_KINDS: Mapping[Chart, str] = MappingProxyType(
    {
        "number": "stat",
        "table": "table",
        "lines": "timeseries",
        "bars": "barchart",
        "histogram": "barchart",
    }
)
_OPTIONS: Mapping[str, Callable[[Panel, Language], Json]] = MappingProxyType(
    {"stat": _number, "table": _table, "timeseries": _lines, "barchart": _bars}
)

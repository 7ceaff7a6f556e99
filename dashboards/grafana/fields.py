"""How Grafana prints the columns of a panel: unit, title, words, colour, and where a row leads."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from dashboards.codes import words_of
from dashboards.grafana.colours import BLUE, LOW, SERIES, fixed, mappings, series_colours
from dashboards.grafana.naming import Json
from dashboards.grafana.statements import SERIES_NAME, labels, values
from dashboards.model import Column, Panel, Shows
from dashboards.words import Language, Text, said

_TEXTS: frozenset[Shows] = frozenset({"text", "unit", "metric"})
# The names of months would be in the language of the browser.
_DAYS = Text("time:M月D日", "time:YYYY-MM-DD")
_POINTS = Text("suffix: 个百分点", "suffix: points")
_MINUTES = Text("suffix: 分钟", "suffix: min")
_STRING = Text("string", "string")
_UNITS: Mapping[Shows, tuple[Text, int | None]] = MappingProxyType(
    {
        # Else Grafana takes the digits of a unit's code for a number, and prints it as the others.
        "text": (_STRING, None),
        "unit": (_STRING, None),
        "metric": (_STRING, None),
        "share": (Text("percentunit", "percentunit"), 1),
        "points": (_POINTS, 1),
        "count": (Text("locale", "locale"), 0),
        "number": (Text("none", "none"), 1),
        "hundredths": (Text("none", "none"), 2),
        "minutes": (_MINUTES, 0),
        "clock": (Text("time:HH:mm", "time:HH:mm"), None),
        "day": (_DAYS, None),
    }
)
_LEAST_COVERAGE = 0.6
_EMPTY = Text(
    "本时段没有数据，或没有需要列出的。", "There are no figures of this period, or nothing to list."
)
_ROOM: Mapping[str, int] = MappingProxyType(
    {
        "name": 160,
        "metric": 120,
        "title_zh": 200,
        "kind": 130,
        "text": 560,
        "share": 125,
        "reporting": 115,
    }
)
"""The least width of a column in pixels, where it takes more than another."""


def field_config(
    panel: Panel, language: Language, links: Mapping[str, Sequence[Json]], custom: Json
) -> Json:
    """The settings of all fields of a panel, and of each of its columns; `links` by column."""
    drawn = values(panel)
    of_rows = [one for of_column in links.values() for one in of_column]
    links_of_all = of_rows if panel.chart in {"bars", "number"} else ()
    defaults = {
        **(_settings(drawn[0], language) if drawn else {}),
        "custom": custom,
        "thresholds": _thresholds(),
        "links": list(links_of_all),
        "noValue": said(_EMPTY, language),
    }
    # What has no settings of its own takes these: of a line that a column names, Grafana knows the
    # name alone. Words for nothing would be taken by texts too, which are no numbers.
    for own in ("displayName", "mappings"):
        defaults.pop(own, None)
    return {"defaults": defaults, "overrides": _overrides(panel, language, links)}


def name_in(panel: Panel, column: Column) -> str:
    """What Grafana calls the field of a column."""
    return "time" if panel.chart == "lines" and column.shows == "day" else column.name


def _overrides(panel: Panel, language: Language, links: Mapping[str, Sequence[Json]]) -> list[Json]:
    told = [_override(panel, one, language, links.get(one.name, ())) for one in panel.columns]
    return [*told, *_colours_of_series(panel, language)]


def _override(panel: Panel, column: Column, language: Language, links: Sequence[Json]) -> Json:
    settings = _settings(column, language)
    if panel.chart == "lines" and labels(panel) and len(values(panel)) > 1:
        settings["displayName"] = f"${{__field.labels.{SERIES_NAME}}} {settings['displayName']}"
    if panel.chart == "number" and labels(panel):
        # Grafana then shows the row's label.
        del settings["displayName"]
    settings |= _drawn(panel, column)
    if panel.chart == "table":
        settings |= _cell(panel, column, links)
    return _for_name(name_in(panel, column), settings)


def _settings(column: Column, language: Language) -> Json:
    unit, decimals = _UNITS.get(column.shows, (None, None))
    settings: Json = {"displayName": said(column.title, language)}
    if unit is not None:
        settings["unit"] = said(unit, language)
    if decimals is not None:
        settings["decimals"] = decimals
    if told := mappings(column, language):
        settings["mappings"] = told
    return settings


def _drawn(panel: Panel, column: Column) -> Json:
    if panel.chart in {"bars", "histogram"} and column.role == "state":
        return {"color": fixed(BLUE)}
    if panel.chart in {"table", "number"} or column not in values(panel):
        return {}
    settings: Json = {"color": fixed(SERIES[values(panel).index(column) % len(SERIES)])}
    if labels(panel) and panel.chart == "lines":
        # Many lines of one column: each has the colour of its name.
        settings = {"color": {"mode": "continuous-blues"}}
    return {**settings, "min": 0, "max": 1} if column.shows == "share" else settings


def _cell(panel: Panel, column: Column, links: Sequence[Json]) -> Json:
    if column.role == "link":
        return {"custom.hidden": True}
    # Grafana draws what leads somewhere at the left, whatever is said.
    at_left = column.shows in _TEXTS or column.role in {"label", "state"} or links
    settings: Json = {"custom.align": "left" if at_left else "right"}
    if room := _ROOM.get(column.name):
        settings["custom.minWidth"] = room
    if column.role == "state":
        settings["custom.displayMode"] = "color-text"
    if column.is_coverage:
        settings |= {"custom.displayMode": "color-text", "thresholds": _coverage()}
    if links:
        settings["links"] = list(links)
    return settings


def _colours_of_series(panel: Panel, language: Language) -> list[Json]:
    named = labels(panel)
    if panel.chart != "lines" or len(named) != 1 or len(values(panel)) != 1:
        return []
    words = [said(text, language) for text in words_of(named[0]).values()]
    return [
        _for_name(name, {"color": fixed(colour)}) for name, colour in series_colours(words).items()
    ]


def _for_name(name: str, settings: Json) -> Json:
    properties = [{"id": key, "value": value} for key, value in settings.items()]
    return {"matcher": {"id": "byName", "options": name}, "properties": properties}


def _thresholds() -> Json:
    return {"mode": "absolute", "steps": [{"color": "text", "value": None}]}


def _coverage() -> Json:
    steps = [{"color": LOW, "value": None}, {"color": "text", "value": _LEAST_COVERAGE}]
    return {"mode": "absolute", "steps": steps}

"""What readers choose at the head of a dashboard: unit, stage, grade, metric and period."""

from collections.abc import Mapping

from dashboards.codes import GRADES
from dashboards.grafana import choices
from dashboards.grafana.naming import Json, Place
from dashboards.model import Board, Variable
from dashboards.words import METRICS, STAGES, Language, Text, said

_TITLES: Mapping[Variable, Text] = {
    "unit": Text("单位", "Unit"),
    "stage": Text("学段", "Stage"),
    "grade": Text("年级", "Grade"),
    "metric": Text("指标", "Metric"),
    "period": Text("时段", "Period"),
}
_ALL_STAGES = Text("全部学段", "all stages")
_ALL_GRADES = Text("全部年级", "all grades")
_TEXTS: Mapping[Variable, Mapping[str, Text]] = {
    "metric": METRICS,
    "stage": {"all": _ALL_STAGES, **STAGES},
    "grade": {"0": _ALL_GRADES, **GRADES},
}
_HIDDEN = 2
_ON_LOAD = 1


def variables(board: Board, place: Place, asked: frozenset[str]) -> list[Json]:
    """The variables of a board; `asked` is what its queries ask for."""
    told = [_variable(name, board, place) for name in board.variables]
    term = [_query("term", "", choices.term(), place, hide=_HIDDEN)] if "term" in asked else []
    return [*told, *term]


def _variable(name: Variable, board: Board, place: Place) -> Json:
    title = said(_TITLES[name], place.language)
    if name == "unit":
        return _query(name, title, choices.units(board.levels), place)
    if name == "period":
        return _query(name, title, choices.periods(place.language), place)
    return _custom(name, title, _options(name, place.language))


def _options(name: Variable, language: Language) -> dict[str, str]:
    texts = _TEXTS[name]
    return {code: said(text, language) for code, text in texts.items()}


def _query(name: str, title: str, sql: str, place: Place, *, hide: int = 0) -> Json:
    return {
        "type": "query",
        "name": name,
        "label": title,
        "datasource": place.figures,
        "query": sql,
        "definition": sql,
        "refresh": _ON_LOAD,
        "sort": 0,
        "hide": hide,
        **_PLAIN,
        # What follows another choice is not kept in addresses.
        "skipUrlSync": hide == _HIDDEN,
    }


def _custom(name: str, title: str, options: Mapping[str, str]) -> Json:
    listed: list[Json] = [
        {"text": text, "value": code, "selected": place == 0}
        for place, (code, text) in enumerate(options.items())
    ]
    return {
        "type": "custom",
        "name": name,
        "label": title,
        "query": ", ".join(f"{_plain(text)} : {code}" for code, text in options.items()),
        "hide": 0,
        **_PLAIN,
        "options": listed,
        "current": listed[0],
    }


def _plain(text: str) -> str:
    # A comma would begin the next option.
    return text.replace(",", "\\,")


_PLAIN: Mapping[str, object] = {
    "multi": False,
    "includeAll": False,
    "regex": "",
    "skipUrlSync": False,
}

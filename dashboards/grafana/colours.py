"""The colours of the boards, and the words that go with the codes in a column."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from dashboards.codes import words_of
from dashboards.grafana.naming import Json
from dashboards.grafana.reasons import reasons_of
from dashboards.model import Column
from dashboards.states import SHAPES, STATE_WORDS, State
from dashboards.words import Language, Text, said

BLUE = "#1F5AA6"
SERIES = (BLUE, "#7A5195", "#2B8A9E", "#8C6D46", "#5A6272", "#6B9BD8")
"""None of them means a state: no red, no green."""
LOW = "#8A919F"
_SOFT = "#5A6272"
_COLOURS: Mapping[State, str] = MappingProxyType(
    {
        State.IN_LINE: "#1B7F5C",
        State.WATCH: "#9A5B00",
        State.CHECK: "#C0362C",
        State.LOW: LOW,
        State.SCALE: BLUE,
    }
)
_STANDINGS: Mapping[str, State] = MappingProxyType(
    {
        "needs-checking": State.CHECK,
        "low-coverage": State.LOW,
        "not-expected": State.NOTHING_DUE,
    }
)
"""What the view `board.standing` calls a state."""
_FOR_INFORMATION = Text("供参考", "for information")
_KEPT: Mapping[str, tuple[Text, str]] = MappingProxyType(
    {
        # Pale, not red: what is drawn may happen at home.
        "true": (Text("在规定内", "within the rule"), BLUE),
        "false": (Text("在规定外", "outside the rule"), "#9DBBE3"),
    }
)
_NOTHING = "–"
"""What the built-in boards print as well where there is no number."""


def mappings(column: Column, language: Language) -> list[Json]:
    """The value mappings of a column: words for codes, colours for states, words for nothing."""
    if column.role == "state":
        return [_valued(_state_options(language))]
    named: dict[str, Json] = {
        **{code: {"text": said(text, language)} for code, text in words_of(column).items()},
        **{
            code: {"text": said(text, language), "color": _SOFT}
            for code, text in reasons_of(column).items()
        },
    }
    known = [_valued(_numbered(named))] if named else []
    return [*known, *_for_nothing(column, len(named))]


def series_colours(names: Iterable[str]) -> dict[str, str]:
    """A colour for each name, the same in every chart that has these names."""
    return {name: SERIES[place % len(SERIES)] for place, name in enumerate(names)}


def fixed(colour: str) -> Json:
    """One colour, whatever the value."""
    return {"mode": "fixed", "fixedColor": colour}


def _state_options(language: Language) -> dict[str, Json]:
    states = {state.value: state for state in State} | dict(_STANDINGS)
    told = {code: _told(state, language) for code, state in states.items()}
    kept: dict[str, Json] = {
        code: {"text": said(text, language), "color": colour}
        for code, (text, colour) in _KEPT.items()
    }
    return _numbered({**told, **kept})


def _told(state: State, language: Language) -> Json:
    word = said(_FOR_INFORMATION if state is State.SCALE else STATE_WORDS[state], language)
    return {
        "text": f"{SHAPES[state]} {word}" if state in SHAPES else word,
        "color": _COLOURS.get(state, _SOFT),
    }


def _for_nothing(column: Column, place: int) -> list[Json]:
    if column.role in {"label", "link"} or column.shows == "text":
        return []
    result = {"text": _NOTHING, "color": _SOFT, "index": place}
    return [{"type": "special", "options": {"match": "null+nan", "result": result}}]


def _numbered(options: Mapping[str, Json]) -> dict[str, Json]:
    return {code: {**one, "index": place} for place, (code, one) in enumerate(options.items())}


def _valued(options: Mapping[str, Json]) -> Json:
    return {"type": "value", "options": dict(options)}

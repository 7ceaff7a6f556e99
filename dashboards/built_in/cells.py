"""A value of a query's answer as it is printed, and as it is copied into a file."""

from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any

from msgspec import Struct

from dashboards.codes import words_of
from dashboards.model import Column, Shows
from dashboards.states import SHAPES, STATE_WORDS, State
from dashboards.words import Language, Text, count, said, signed_points, spoken_day

Row = Mapping[str, Any]
_NOON = 12 * 60
_DAY_MINUTES = 24 * 60
NOTHING = "–"
_KEPT: Mapping[str, Text] = MappingProxyType(
    {"true": Text("在规定内", "within the rule"), "false": Text("在规定外", "outside the rule")}
)
LEAST_COVERAGE = 0.6


class Cell(Struct, frozen=True):
    """What is printed in a place of a table."""

    text: str
    kind: str = ""
    """A state, `low` for little reported, `label` or `number`: how it is drawn."""
    address: str = ""
    """Where it leads."""


def cell(column: Column, row: Row, language: Language, address: str = "") -> Cell:
    """A column of a row as it is printed."""
    value = row[column.name_in(language)]
    if value is None and column.why and row[column.why]:
        return Cell(said(STATE_WORDS[State(row[column.why])], language), row[column.why], address)
    if column.role == "state":
        return Cell(_state(value, language), str(value))
    text = printed(column, value, language)
    if column.role == "label":
        return Cell(text, "label", address)
    if column.state and row[column.state]:
        state = State(row[column.state])
        return Cell(f"{SHAPES.get(state, '')} {text}".strip(), state, address)
    is_low = column.is_coverage and value is not None and value < LEAST_COVERAGE
    return Cell(text, "low" if is_low else "number", address)


def printed(column: Column, value: Any, language: Language) -> str:
    """A value in the words of a language."""
    if value is None:
        return NOTHING
    words = words_of(column).get(str(value))
    if words is not None:
        return said(words, language)
    return said(_PRINTED.get(column.shows, _as_it_is)(value), language)


def plain(column: Column, row: Row, language: Language) -> str | int | float | None:
    """A value for a file: numbers as they are, to six digits; codes in words; days as ISO."""
    value = row[column.name_in(language)]
    if value is None:
        why = row[column.why] if column.why else None
        return said(STATE_WORDS[State(why)], language) if why else ""
    if isinstance(value, bool):
        return str(value).lower()
    if column.shows == "count":
        return int(value)
    words = words_of(column).get(str(value))
    if words is not None:
        return said(words, language)
    if isinstance(value, date):
        return value.isoformat()
    return _harmless(value) if isinstance(value, str) else number(value)


def number(value: Any) -> int | float:
    """A number as it was asked for: sums come as decimals."""
    rounded = round(float(value), 6)
    return int(rounded) if rounded.is_integer() and abs(rounded) > 1 else rounded


def _harmless(text: str) -> str:
    """A name that a spreadsheet will not take for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def _state(value: Any, language: Language) -> str:
    if value is None:
        return NOTHING
    if (kept := _KEPT.get(str(value).lower())) is not None:
        return said(kept, language)
    state = State(value)
    return f"{SHAPES.get(state, '')} {said(STATE_WORDS[state], language)}".strip()


def _share(value: Any) -> Text:
    percent = 100 * float(value)
    # 100 % only where all are.
    text = f"{min(percent, 99.9) if percent < 100 else percent:.1f}%"
    return Text(text, text)


def _minutes(value: Any) -> Text:
    return Text(f"{float(value):.0f}分钟", f"{float(value):.0f} min")


def _clock(value: Any) -> Text:
    minutes = (round(float(value)) + _NOON) % _DAY_MINUTES
    text = f"{minutes // 60}:{minutes % 60:02}"
    return Text(text, text)


def _rounded(digits: int) -> Callable[[Any], Text]:
    def text(value: Any) -> Text:
        rounded = f"{float(value):,.{digits}f}"
        return Text(rounded, rounded)

    return text


def _as_it_is(value: Any) -> Text:
    return Text(str(value), str(value))


def _count(value: Any) -> Text:
    text = count(int(value))
    return Text(text, text)


_PRINTED: Mapping[Shows, Callable[[Any], Text]] = MappingProxyType(
    {
        "share": _share,
        "points": lambda value: signed_points(100 * float(value)),
        "count": _count,
        "number": _rounded(1),
        "hundredths": _rounded(2),
        "minutes": _minutes,
        "clock": _clock,
        "day": spoken_day,
    }
)

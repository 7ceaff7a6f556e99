"""The SQL of a panel: its query, and around it what its chart wants of the answer."""

from collections.abc import Sequence

from dashboards.codes import words_of
from dashboards.grafana.reasons import or_reason
from dashboards.model import Column, Panel
from dashboards.query_files import bound, limited, literal
from dashboards.states import STATE_WORDS, State
from dashboards.words import Language, Text, said

SERIES_NAME = "metric"
"""Grafana names a series by the column of this name."""
_MS_OF_A_MINUTE = 60_000
# Minutes after noon as milliseconds that a clock in China shows as the time meant: Grafana counts
# from midnight of Greenwich, which is 8:00 there.
_NOON_IN_CHINA = 12 * 60 - 8 * 60


def statement(panel: Panel, query: str, language: Language) -> str:
    """The SQL that a panel sends."""
    return limited(bound(query, panel.given), ",\n       ".join(_asked(panel, language)))


def labels(panel: Panel) -> list[Column]:
    """The columns that name a bar, a row or a line; the days of a line do not."""
    day = day_of(panel)
    return [one for one in panel.columns if one.role == "label" and one is not day]


def day_of(panel: Panel) -> Column | None:
    """The column with the days of a line."""
    found = (one for one in panel.columns if one.shows == "day")
    return next(found, None) if panel.chart == "lines" else None


def values(panel: Panel) -> list[Column]:
    """The columns that are drawn."""
    return [one for one in panel.columns if one.role == "value"]


def _asked(panel: Panel, language: Language) -> list[str]:
    if panel.chart == "lines" and (day := day_of(panel)):
        return _of_lines(day, panel, language)
    if panel.chart != "table":
        return _of_bars(panel, language)
    return [_column(one, language) for one in panel.columns]


def _of_lines(day: Column, panel: Panel, language: Language) -> list[str]:
    named = labels(panel)
    series = [f'{_joined(named, language)} AS "{SERIES_NAME}"'] if named else []
    return [
        f'{_name(day.name)} AS "time"',
        *series,
        *(_column(one, language) for one in values(panel)),
    ]


def _of_bars(panel: Panel, language: Language) -> list[str]:
    along = labels(panel)
    axis = [f"{_joined(along, language)} AS {_name(along[0].name)}"] if along else []
    rest = [one for one in panel.columns if one.role in {"value", "link"}]
    state = [_told_state(panel, language)] if panel.column("state") else []
    return [*axis, *(_column(one, language) for one in rest), *state]


def _told_state(panel: Panel, language: Language) -> str:
    # The legend tells states. Where a bar has none there are several rules, which stand beside, or
    # there is none.
    state, beside = panel.column("state"), panel.column("extra")
    assert state is not None, "asked for panels with a state only"
    name = _name(state.name)
    rules = f", {_quoted(beside.title, language)} || ' ' || {_name(beside.name)}" if beside else ""
    not_judged = _quoted(STATE_WORDS[State.NOT_JUDGED], language)
    return f"coalesce({name}::text{rules}, {not_judged}) AS {name}"


def _quoted(text: Text, language: Language) -> str:
    return literal(said(text, language)).strip()


def _joined(along: Sequence[Column], language: Language) -> str:
    told = [_in_words(one, language) for one in along]
    return told[0] if len(told) == 1 else f"concat_ws(' ', {', '.join(told)})"


def _in_words(column: Column, language: Language) -> str:
    words = words_of(column)
    text = f"{_name(column.name)}::text"
    if not words:
        return text
    cases = (
        f" WHEN {literal(code).strip()} THEN {_quoted(word, language)}"
        for code, word in words.items()
    )
    return f"CASE {text}{''.join(cases)} ELSE {text} END"


def _column(column: Column, language: Language) -> str:
    name = _name(column.name)
    if (own := column.name_in(language)) != column.name:
        return f"{_name(own)} AS {name}"
    if column.shows == "clock":
        return f"({name} + {_NOON_IN_CHINA}) * {_MS_OF_A_MINUTE} AS {name}"
    if column.shows == "points":
        return f"100 * {name} AS {name}"
    if column.why:
        return f"{or_reason(name, _name(column.why))} AS {name}"
    return _text(column) if column.role == "state" or words_of(column) else name


def _text(column: Column) -> str:
    return f"{_name(column.name)}::text AS {_name(column.name)}"


def _name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'

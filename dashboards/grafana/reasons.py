"""Why there is no number, said by a number below zero: in Grafana a column cannot hold both."""

from collections.abc import Mapping
from types import MappingProxyType

from dashboards.model import Column
from dashboards.states import STATE_WORDS, State
from dashboards.words import Text

_STATES = (
    State.NOT_JUDGED,
    State.NOT_REPORTED,
    State.NOTHING_DUE,
    State.NONE_FOUND,
    State.WITHHELD,
)
_NUMBERS: Mapping[State, int] = MappingProxyType(
    {state: -place for place, state in enumerate(_STATES, 1)}
)
"""No rate and no count is below zero."""


def reasons_of(column: Column) -> Mapping[str, Text]:
    """What the numbers below zero of a column mean; empty where it has no reasons."""
    if column.why is None:
        return MappingProxyType({})
    return {str(number): STATE_WORDS[state] for state, number in _NUMBERS.items()}


def or_reason(number: str, why: str) -> str:
    """The SQL of a column that has a number, or else a reason."""
    cases = "".join(f" WHEN '{state}' THEN {code}" for state, code in _NUMBERS.items())
    return f"coalesce({number}, CASE {why}{cases} END)"

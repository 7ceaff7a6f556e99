"""What a figure may be called: a state with its shape and words, never by colour alone."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from dashboards.figures import is_withheld, points
from dashboards.words import Text
from wuguan.domain.rollup import Figure
from wuguan.domain.schools_in_line import is_covered

FALLING_POINTS = 2.0
"""A fall by so many percentage points since the last half-month is worth a look."""
NEAR_POINTS = 1.0
"""So close above what is asked a figure is worth a look."""


class State(StrEnum):
    """What a figure is."""

    IN_LINE = "in-line"
    WATCH = "watch"
    CHECK = "check"
    LOW = "low"
    NOT_JUDGED = "not-judged"
    NOT_REPORTED = "not-reported"
    NOTHING_DUE = "nothing-due"
    NONE_FOUND = "none-found"
    WITHHELD = "withheld"
    NUMBER = "number"
    """A number without a verdict: of a grade, or of stages together."""
    SCALE = "scale"
    """Of what happens at home, and of rules that advise: a blue scale."""


STATE_WORDS: Mapping[State, Text] = MappingProxyType(
    {
        State.IN_LINE: Text("符合", "in line"),
        State.WATCH: Text("关注", "watch"),
        State.CHECK: Text("需核查", "needs checking"),
        State.LOW: Text("数据不足", "low coverage"),
        State.NOT_JUDGED: Text("不评定", "not judged"),
        State.NOT_REPORTED: Text("未上报", "not reported"),
        State.NOTHING_DUE: Text("无需上报", "nothing due"),
        State.NONE_FOUND: Text("未发现", "none found"),
        State.WITHHELD: Text("人数过少，不予显示", "withheld"),
        State.NUMBER: Text("", ""),
        State.SCALE: Text("", ""),
    }
)
SHAPES: Mapping[State, str] = MappingProxyType(
    {State.IN_LINE: "●", State.WATCH: "▲", State.CHECK: "■"}
)
SAYS_NOTHING = frozenset(State) - {
    State.IN_LINE,
    State.WATCH,
    State.CHECK,
    State.NUMBER,
    State.SCALE,
}
"""States of figures that cannot be compared with others."""
WORDS_INSTEAD = frozenset(
    {
        State.NOT_REPORTED,
        State.NOTHING_DUE,
        State.NONE_FOUND,
        State.WITHHELD,
    }
)
"""States that are said in words, where a number would mislead."""


def state_of(
    metric: str,
    figure: Figure | None,
    coverage: Figure | None,
    *,
    asked: int | None,
    before: Figure | None = None,
    own: bool = False,
) -> State:
    """The state of a figure.

    `coverage` is the figure whose reporting rate tells how much of it is known; it is the figure
    itself unless the metric's expected is only what was found. `asked` is how much must
    be in line: None for what happens at home and where a rule only advises. `before` is the
    figure of the span before; `own` says that the school looks at itself.
    """
    unjudgeable = _unjudgeable(metric, figure, coverage, own=own)
    if unjudgeable is not None:
        return unjudgeable
    assert figure is not None, "what is not there is unjudgeable"
    if not figure.tally.judged:
        return State.NOT_JUDGED
    if asked is None:
        return State.SCALE
    if 100 * figure.tally.compliant < asked * figure.tally.judged:
        return State.CHECK
    return State.WATCH if _watched(figure, before, asked) else State.IN_LINE


def by_verdict(state: State, *, needs_checking: bool) -> State:
    """The state of a sum over stages, by the verdicts on the stages themselves.

    A school in one stage is what has a verdict. Where a sum is below what is asked and no stage
    needs checking (too little of it is known), it is a number; where a stage does, the sum says so.
    """
    if needs_checking and state in (State.IN_LINE, State.WATCH, State.NUMBER):
        return State.CHECK
    return State.NUMBER if state is State.CHECK and not needs_checking else state


def _unjudgeable(
    metric: str, figure: Figure | None, coverage: Figure | None, *, own: bool
) -> State | None:
    found_only = coverage is not figure
    if figure is None or not figure.tally.expected:
        if not found_only or coverage is None or not coverage.tally.expected:
            return State.NOTHING_DUE
        return State.NONE_FOUND if coverage.tally.reported else State.NOT_REPORTED
    if not own and is_withheld(metric, figure.tally):
        return State.WITHHELD
    if not figure.tally.reported:
        return State.NOT_REPORTED
    return None if is_covered(coverage) else State.LOW


def _watched(figure: Figure, before: Figure | None, asked: int) -> bool:
    tally = figure.tally
    near = 100 * tally.compliant < (asked + NEAR_POINTS) * tally.judged
    if asked < 100 and near:
        return True
    change = points(tally, before.tally) if before is not None else None
    return change is not None and change <= -FALLING_POINTS

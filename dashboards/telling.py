"""A management's figures as numbers and words: what the tiles, the matrix and the rows print."""

from collections.abc import Sequence

from msgspec import Struct

from dashboards.figures import UnitFigures, nearly, percent
from dashboards.headlines import Headline
from dashboards.judging import Judging
from dashboards.states import STATE_WORDS, WORDS_INSTEAD, State
from dashboards.words import Text, count
from wuguan.domain.rollup import Figure
from wuguan.domain.schools_in_line import is_covered


class Told(Struct, frozen=True, kw_only=True):
    """A headline figure as it is printed."""

    state: State
    number: Text
    """The number, or the words that stand instead of one."""
    counted: Text
    """What it counts: 符合 120 / 123 班次. Empty where words stand instead."""
    reported: int = 0
    expected: int = 0
    """Of the coverage: what the reporting bar shows."""
    covered: bool = False
    """Whether enough was reported for a colour; else the bar is hatched."""
    reporting: Text = Text("", "")

    @property
    def bar_width(self) -> str:
        """How wide the reporting bar is drawn, in per cent."""
        return f"{100 * self.reported / self.expected:.0f}" if self.expected else "0"


def told(
    headline: Headline,
    figures: UnitFigures,
    stages: Sequence[str],
    judging: Judging,
    *,
    before: UnitFigures | None = None,
    own: bool = False,
) -> Told:
    """The headline of a unit's figures."""
    figure, coverage, state = judging.judged(headline.metric, figures, stages, before, own=own)
    number, counted = _number(headline, state, figure)
    tally = coverage.tally if coverage and state is not State.WITHHELD else None
    return Told(
        state=state,
        number=number,
        counted=counted,
        reported=tally.reported if tally else 0,
        expected=tally.expected if tally else 0,
        covered=is_covered(coverage),
        reporting=reporting_text(headline, coverage, state),
    )


def reporting_text(headline: Headline, coverage: Figure | None, state: State) -> Text:
    """How much was reported, in words: 上报率 97.6%."""
    if coverage is None or not coverage.tally.expected or state is State.WITHHELD:
        return Text("", "")
    if not coverage.tally.reported:
        # No rate: a zero in per cent would read like a verdict.
        silent = f"0/{count(coverage.tally.expected)}"
        return Text(f"已报 {silent}", f"reported {silent}")
    share = percent(coverage.tally.reported, coverage.tally.expected)
    if headline.kind == "home":
        return Text(f"问卷填答率 {share}", f"survey response {share}")
    return Text(f"上报率 {share}", f"reporting rate {share}")


def _number(headline: Headline, state: State, figure: Figure | None) -> tuple[Text, Text]:
    if state in WORDS_INSTEAD or figure is None:
        return STATE_WORDS[state], Text("", "")
    if state is State.NOT_JUDGED or (state is State.LOW and not figure.tally.judged):
        return STATE_WORDS[State.NOT_JUDGED], Text("", "")
    tally = figure.tally
    share = percent(tally.compliant, tally.judged)
    match headline.kind:
        case "found":
            return (
                Text(f"{count(tally.total)} 起", f"{count(tally.total)} found"),
                Text(
                    f"检查 {count(tally.reported)} 班次",
                    f"{count(tally.reported)} class-days checked",
                ),
            )
        case "removed":
            whole = f"{count(tally.compliant)}/{count(tally.judged)}"
            return Text(f"{whole} 册", whole), Text("已处置/发现", "removed / found unfit")
        case "home":
            nights = f"{count(tally.compliant)} / {count(tally.judged)}"
            return Text(share, share), Text(f"{nights} 人次(夜)", f"{nights} pupil-nights")
    within = f"{count(tally.compliant)} / {count(tally.judged)}"
    return Text(share, share), Text(f"符合 {within} 班次", f"{within} class-days in line")


def met_or_nearly(figures: UnitFigures, stages: Sequence[str], judging: Judging) -> Text | None:
    """达到或接近: slept no more than half an hour less than asked; from the bins."""
    close = judged = 0
    for stage in stages:
        figure = figures.of("sleep.duration", (stage,))
        rules = judging.rules_of(figure) if figure else []
        # Of two rules in one span the bins cannot tell which nights each was for.
        if figure is None or len(rules) != 1 or rules[0].value is None:
            continue
        found = nearly("sleep.duration", figure.tally, rules[0].value - 30)
        if found is not None and figure.tally.judged:
            close += min(found, figure.tally.judged)
            judged += figure.tally.judged
    if not judged:
        return None
    share = percent(close, judged)
    return Text(f"达到或接近 {share}", f"met or nearly {share}")

"""The five tiles of the overview: a headline, how much was reported, what changed."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from msgspec import Struct, structs

from dashboards.figures import UnitFigures, percent, points
from dashboards.headlines import HEADLINES, Headline
from dashboards.overview_figures import OverviewFigures
from dashboards.states import SAYS_NOTHING, State, by_verdict
from dashboards.telling import Told, met_or_nearly, told
from dashboards.words import METRICS, Text, count, signed_points

Line = Callable[[UnitFigures, Sequence[str]], Text | None]


class Tile(Struct, frozen=True, kw_only=True):
    """One management of the unit."""

    headline: Headline
    told: Told
    change: Text | None
    """Since the half-month before."""
    in_line: Text | None
    """Of the schools that are judged, how many are in line."""
    checking: int
    """How many schools need checking for anything in this management."""
    lines: Sequence[Text]


def tiles(of: OverviewFigures) -> Sequence[Tile]:
    """The five, in their fixed order."""
    return [_tile(of, headline) for headline in HEADLINES]


def _tile(of: OverviewFigures, headline: Headline) -> Tile:
    stages = of.stages_shown
    checking = {
        one.school_id for one in of.checking if one.metric.partition(".")[0] == headline.management
    }
    shown = told(headline, of.now, stages, of.judging, before=of.before)
    headline_checked = any(one.metric == headline.metric for one in of.checking)
    state = by_verdict(shown.state, needs_checking=headline_checked)
    shown = structs.replace(shown, state=state)
    lines = [line(of.now, stages) for line in _LINES[headline.management]]
    if headline.management == "sleep" and shown.state is not State.WITHHELD:
        lines.append(met_or_nearly(of.now, stages, of.judging))
    return Tile(
        headline=headline,
        told=shown,
        change=_change(of, headline, shown.state),
        in_line=_in_line(of, headline.metric),
        checking=len(checking),
        lines=[line for line in lines if line is not None],
    )


def _change(of: OverviewFigures, headline: Headline, state: State) -> Text | None:
    now = of.now.of(headline.metric, of.stages_shown)
    before = of.judging.comparable(headline.metric, of.before, of.stages_shown)
    if now is None or before is None or state in SAYS_NOTHING:
        return None
    if headline.kind == "found":
        total = count(before.tally.total)
        return Text(f"上半月 {total} 起", f"{total} in the half-month before")
    if headline.kind == "removed":
        return None
    change = points(now.tally, before.tally)
    if change is None:
        return None
    said = signed_points(change)
    return Text(f"较上半月 {said.zh}", f"{said.en} since the half-month before")


def _in_line(of: OverviewFigures, metric: str) -> Text | None:
    share = of.shares.get(metric)
    if share is None or not share.judged:
        return None
    whole = f"{count(share.compliant)}/{count(share.judged)}"
    return Text(f"符合规定学校 {whole}", f"schools in line {whole}")


def _counted(metric: str, unit: Text) -> Line:
    """How often a rule was broken: 一二年级书面作业 3 班次."""

    def line(figures: UnitFigures, stages: Sequence[str]) -> Text | None:
        figure = figures.of(metric, stages)
        if figure is None or not figure.tally.judged:
            return None
        broken = count(figure.tally.judged - figure.tally.compliant)
        name = METRICS[metric]
        return Text(f"{name.zh} {broken} {unit.zh}", f"{name.en}: {broken} {unit.en}")

    return line


def _kept(metric: str) -> Line:
    def line(figures: UnitFigures, stages: Sequence[str]) -> Text | None:
        figure = figures.of(metric, stages)
        if figure is None or not figure.tally.judged:
            return None
        share = percent(figure.tally.compliant, figure.tally.judged)
        name = METRICS[metric]
        return Text(f"{name.zh} {share}", f"{name.en} {share}")

    return line


def _taken(figures: UnitFigures, stages: Sequence[str]) -> Text | None:
    figure = figures.of("fitness.pe_kept", stages)
    if figure is None or not figure.tally.judged:
        return None
    tally = figure.tally
    taken = count(tally.judged - tally.compliant)
    return Text(
        f"体育课被占 {taken} / {count(tally.judged)} 节",
        f"PE lessons not kept: {taken} of {count(tally.judged)}",
    )


def _loans(figures: UnitFigures, stages: Sequence[str]) -> Text | None:
    figure = figures.of("reading.loans", stages)
    if figure is None or not figure.tally.reported or figure.tally.reported < 5:
        return None
    tally = figure.tally
    each = f"{tally.total / tally.reported:.3f}"
    return Text(f"借阅 {each} 册/人·日", f"{each} loans a pupil and day")


_LINES: Mapping[str, Sequence[Line]] = MappingProxyType(
    {
        "homework": (
            _counted("homework.written_set", Text("班次", "class-days")),
            _counted("homework.channel", Text("班次", "class-days")),
        ),
        "sleep": (),
        "phone": (_kept("phone.custody"),),
        "reading": (_loans,),
        "fitness": (_kept("fitness.exercise"), _kept("fitness.big_break"), _taken),
    }
)

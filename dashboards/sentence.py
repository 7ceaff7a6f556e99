"""The one sentence of the overview: who reported, and what needs checking."""

from collections.abc import Sequence

from dashboards.figures import percent
from dashboards.headlines import HEADLINES
from dashboards.overview_figures import Checking, OverviewFigures
from dashboards.words import BREACHES, Text, count, listed

MOST_REASONS = 4


def sentence(of: OverviewFigures) -> Text:
    """The sentence, as 本半月应报12所，11所已报，上报率93.4%。需核查3所：作业超时14班次."""
    return _reported(of).then(_checked(of.checking))


def reasons(checking: Sequence[Checking]) -> list[Text]:
    """What breaks the rules, summed by metric, in the order of the managements."""
    broken: dict[str, int] = {}
    for one in checking:
        tally = one.figure.tally
        broken[one.metric] = broken.get(one.metric, 0) + tally.judged - tally.compliant
    return [
        BREACHES[metric].filled(n=count(broken[metric])) for metric in BREACHES if metric in broken
    ]


def _reported(of: OverviewFigures) -> Text:
    expected = reported = due = heard = 0
    for school in of.schools:
        found = [school.figures.of(one.reporting, of.stages_shown) for one in HEADLINES]
        tallies = [figure.tally for figure in found if figure is not None]
        due += any(tally.expected for tally in tallies)
        heard += any(tally.reported for tally in tallies)
        expected += sum(tally.expected for tally in tallies)
        reported += sum(tally.reported for tally in tallies)
    if not expected:
        return Text("本半月假期，无需上报。", "Nothing is due in this half-month.")
    if not reported:
        return Text(
            f"本半月应报{count(due)}所，尚无上报。",
            f"{count(due)} schools are due in this half-month; none has reported yet. ",
        )
    return Text(
        f"本半月应报{count(due)}所，{count(heard)}所已报，上报率{percent(reported, expected)}。",
        f"Of {count(due)} schools due in this half-month {count(heard)} have reported; reporting"
        f" rate {percent(reported, expected)}. ",
    )


def _checked(checking: Sequence[Checking]) -> Text:
    schools = len({one.school_id for one in checking})
    if not schools:
        return Text("没有需核查的学校。", "No school needs checking.")
    told = reasons(checking)
    more = Text("等", " and more") if len(told) > MOST_REASONS else Text("", "")
    head = Text(f"需核查{count(schools)}所：", f"To be checked: {count(schools)} — ")
    return head.then(listed(told[:MOST_REASONS])).then(more).then(Text("。", "."))

"""The one sentence of the overview: who reported, and what needs checking."""

from collections.abc import Sequence

from dashboards.figures import percent
from dashboards.headlines import HEADLINES
from dashboards.overview_figures import Checking, OverviewFigures
from dashboards.words import BREACHES, Text, count, listed


def sentence(of: OverviewFigures) -> Text:
    """The sentence, as 本半月应报12所，11所已报，上报率93.4%。需核查3所：作业超时14班次."""
    heard, unsummed = _heard(of)
    # Once all is in, a school without figures has none.
    waiting = 0 if of.settled else unsummed
    return _reported(of, heard).then(_unsummed(waiting)).then(_checked(of, waiting))


def reasons(checking: Sequence[Checking]) -> list[Text]:
    """What breaks the rules, summed by metric, in the order of the managements."""
    broken = _broken(checking)
    return [_reason(metric, broken) for metric in BREACHES if metric in broken]


def _weightiest(checking: Sequence[Checking]) -> list[Text]:
    """Of each management the metric that is broken most often."""
    broken = _broken(checking)
    told = []
    for headline in HEADLINES:
        own = [one for one in broken if one.partition(".")[0] == headline.management]
        if own:
            told.append(_reason(max(own, key=lambda metric: broken[metric]), broken))
    return told


def _broken(checking: Sequence[Checking]) -> dict[str, int]:
    broken: dict[str, int] = {}
    for one in checking:
        tally = one.figure.tally
        broken[one.metric] = broken.get(one.metric, 0) + tally.judged - tally.compliant
    return broken


def _reason(metric: str, broken: dict[str, int]) -> Text:
    return BREACHES[metric].filled(n=count(broken[metric]))


def _heard(of: OverviewFigures) -> tuple[int, int]:
    """Of the schools due: how many have reported anything, and how many are not summed yet."""
    heard = unsummed = 0
    for school in of.schools:
        if school.school_id in of.due:
            found = [school.figures.of(one.reporting, of.stages_shown) for one in HEADLINES]
            heard += any(figure is not None and figure.tally.reported for figure in found)
            unsummed += all(figure is None for figure in found)
    return heard, unsummed


def _reported(of: OverviewFigures, heard: int) -> Text:
    due = count(len(of.due))
    found = [of.now.of(one.reporting, of.stages_shown) for one in HEADLINES]
    tallies = [figure.tally for figure in found if figure is not None]
    expected = sum(tally.expected for tally in tallies)
    reported = sum(tally.reported for tally in tallies)
    if not of.due:
        return Text("本半月假期，无需上报。", "Nothing is due in this half-month. ")
    if not reported:
        return Text(
            f"本半月应报{due}所，尚无上报。",
            f"{due} schools are due in this half-month; none has reported yet. ",
        )
    rate = percent(reported, expected)
    return Text(
        f"本半月应报{due}所，{count(heard)}所已报，上报率{rate}。",
        f"Of {due} schools due in this half-month {count(heard)} have reported; reporting rate"
        f" {rate}. ",
    )


def _unsummed(waiting: int) -> Text:
    if not waiting:
        return Text("", "")
    return Text(
        f"另有{count(waiting)}所的半月合计正在汇总，稍后显示。",
        f"The half-month of {count(waiting)} more is being summed and follows soon. ",
    )


def _checked(of: OverviewFigures, waiting: int) -> Text:
    schools = len({one.school_id for one in of.checking})
    if not schools:
        if waiting or not of.due:
            return Text("", "")
        return Text("没有需核查的学校。", "No school needs checking.")
    head = Text(f"需核查{count(schools)}所：", f"To be checked: {count(schools)} — ")
    return head.then(listed(_weightiest(of.checking))).then(Text("。", "."))

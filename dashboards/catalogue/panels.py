"""Panels that several boards share, each for a metric or a management."""

from dashboards.catalogue.columns import (
    BROKEN,
    DAY,
    GRADE,
    JUDGED,
    METRIC,
    NAME,
    REPORTING,
    RULE,
    SCHOOL,
    SHARE,
    STAGE,
    value,
)
from dashboards.model import Column, Level, Panel, Shows
from dashboards.words import METRICS, Text

ALL_LEVELS: tuple[Level, ...] = ("school", "area", "district", "city", "province")

_MINUTES = Text("分档(分钟)", "bin (minutes)")


def _begun(text: str) -> str:
    """A text as a title begins."""
    return text[:1].upper() + text[1:]


def spread(panel_id: str, metric: str, unit: Text, bins: Text = _MINUTES) -> Panel:
    """How the values of a metric spread over its bins, and where the rule lies among them."""
    name = METRICS[metric]
    return Panel(
        panel_id=panel_id,
        title=Text(f"{name.zh}分布", f"How {name.en} spreads"),
        question=Text(f"{name.zh}落在哪些分档？", f"In which bins does {name.en} fall?"),
        query="histogram",
        given={"metric": metric},
        chart="histogram",
        width=16,
        columns=(
            value("bin", bins.zh, bins.en, "text", "label"),
            value("counted", unit.zh, unit.en, "count"),
            value("keeps_rule", "在规定内", "within the rule", "text", "state"),
            value("asked", "规定", "rule", "text", "extra"),
        ),
    )


def middle(panel_id: str, metric: str, shows: Shows = "minutes") -> Panel:
    """The mean of a metric, and between which values most of it lies."""
    name = METRICS[metric]
    return Panel(
        panel_id=panel_id,
        title=Text(f"{name.zh}：均值与分位数", f"{_begun(name.en)}: mean and percentiles"),
        question=Text(
            f"{name.zh}的均值、中位数是多少，中间八成在哪两个值之间？",
            f"What are mean and median of {name.en}, and between which values lie eight in ten?",
        ),
        query="by_grade",
        given={"metric": metric, "parts": "whole"},
        chart="number",
        width=8,
        columns=values_of(shows),
    )


def values_of(shows: Shows) -> tuple[Column, ...]:
    """The mean and the percentiles of a metric."""
    return (
        value("mean", "均值", "mean", shows),
        value("tenth", "第10百分位", "10th percentile", shows),
        value("median", "中位数", "median", shows),
        value("ninetieth", "第90百分位", "90th percentile", shows),
    )


def grades(
    panel_id: str,
    metric: str,
    *,
    values: Shows | None = "minutes",
    reporting: Column | None = REPORTING,
    broken: Column = BROKEN,
) -> Panel:
    """A metric by stage and grade; with the mean and percentiles where it has values.

    No reporting rate of what counts only what was found: all of that was reported.
    """
    name = METRICS[metric]
    share = value("share", "符合规定率", "compliance rate", "share", why="why")
    return Panel(
        panel_id=panel_id,
        title=Text(f"{name.zh}：各年级", f"{_begun(name.en)}: by grade"),
        question=Text(
            f"各学段、各年级的{name.zh}如何？", f"How does {name.en} differ by stage and grade?"
        ),
        query="by_grade",
        given={"metric": metric, "parts": "grade"},
        chart="table",
        width=24 if values else 12,
        columns=(
            STAGE,
            GRADE,
            share,
            *((reporting,) if reporting else ()),
            broken,
            JUDGED,
            *(values_of(values) if values else ()),
        ),
    )


def over_the_term(
    panel_id: str,
    metric: str,
    shown: Column = SHARE,
    reporting: Column = REPORTING,
    grade: str | None = None,
) -> Panel:
    """A metric over the term, school day by school day, with the breaks shaded.

    `grade` is for a board on which nobody chooses one: 0 for all.
    """
    name = METRICS[metric]
    given = {"metric": metric} if grade is None else {"metric": metric, "grade": grade}
    return Panel(
        panel_id=panel_id,
        title=Text(
            f"{name.zh}：本学期（按上学日）", f"{_begun(name.en)}: this term, by school day"
        ),
        question=Text(
            f"{name.zh}在本学期逐个上学日如何变化？",
            f"How did {name.en} move over the term, school day by school day?",
        ),
        query="trend",
        given=given,
        chart="lines",
        width=24,
        columns=(DAY, shown, reporting),
        breaks="vacations",
    )


def checking(management: str) -> Panel:
    """The schools that need checking, for all managements or for one."""
    return Panel(
        panel_id="checking",
        title=Text("需核查", "Needs checking"),
        question=Text(
            "哪些学校的哪项规定需要核查？由人判断。不分年级。",
            "Which schools need checking for which rule? A person decides. All grades.",
        ),
        query="checking",
        given={"management": management},
        chart="table",
        width=14,
        height=10,
        columns=(SCHOOL, NAME, STAGE, METRIC, BROKEN, JUDGED, SHARE, REPORTING),
        links_to="school",
    )


def breaches(management: str) -> Panel:
    """What breaks must-rules, by rule, of all managements or of one."""
    return Panel(
        panel_id="breaches",
        title=Text("不符合规定的次数（按条款）", "What breaks the rules, by clause"),
        question=Text(
            "哪条规定有多少次不符合，涉及几所学校？待人核实。不分年级。",
            "Which rule was broken how often, in how many schools? To be confirmed by a person."
            " All grades.",
        ),
        query="breaches",
        given={"management": management},
        chart="table",
        width=10,
        height=10,
        columns=(
            METRIC,
            RULE,
            BROKEN,
            JUDGED,
            value("schools", "学校数", "schools", "count"),
        ),
    )

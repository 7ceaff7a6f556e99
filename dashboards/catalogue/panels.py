"""Panels that the boards of the managements share, each for a metric."""

from dashboards.catalogue.columns import (
    DAY,
    GRADE,
    METRIC,
    NAME,
    REPORTING,
    SCHOOL,
    SHARE,
    STAGE,
    value,
)
from dashboards.model import Level, Panel
from dashboards.words import METRICS, Text

ALL_LEVELS: tuple[Level, ...] = ("school", "area", "district", "city", "province")


def spread(panel_id: str, metric: str, unit: Text) -> Panel:
    """How the values of a metric spread over its bins."""
    name = METRICS[metric]
    return Panel(
        panel_id=panel_id,
        title=Text(f"{name.zh}分布", f"How {name.en} spreads"),
        question=Text(f"{name.zh}落在哪些分档？", f"In which bins does {name.en} fall?"),
        query="histogram",
        given={"metric": metric},
        chart="histogram",
        columns=(
            value("bin", "分档", "bin", "text", "label"),
            value("counted", unit.zh, unit.en, "count"),
        ),
    )


def grades(panel_id: str, metric: str, *, values: bool = True) -> Panel:
    """A metric by stage and grade; with the mean and percentiles where it has values."""
    name = METRICS[metric]
    of_values = (
        value("mean", "均值", "mean", "number"),
        value("tenth", "第10百分位", "10th percentile", "number"),
        value("median", "中位数", "median", "number"),
        value("ninetieth", "第90百分位", "90th percentile", "number"),
    )
    return Panel(
        panel_id=panel_id,
        title=Text(f"{name.zh}：各年级", f"{name.en}: by grade"),
        question=Text(
            f"各学段、各年级的{name.zh}如何？", f"How does {name.en} differ by stage and grade?"
        ),
        query="by_grade",
        given={"metric": metric},
        chart="table",
        columns=(
            STAGE,
            GRADE,
            SHARE,
            REPORTING,
            value("broken", "不符合", "not in line", "count"),
            value("judged", "可评定", "judged", "count"),
            *(of_values if values else ()),
        ),
    )


def over_the_term(panel_id: str, metric: str) -> Panel:
    """A metric over the term, school day by school day."""
    name = METRICS[metric]
    return Panel(
        panel_id=panel_id,
        title=Text(f"{name.zh}：本学期（按上学日）", f"{name.en}: this term, by school day"),
        question=Text("本学期如何变化？", "How did it move over the term?"),
        query="trend",
        given={"metric": metric},
        chart="lines",
        width=24,
        columns=(DAY, SHARE, REPORTING),
    )


def checking(management: str) -> Panel:
    """The schools that need checking, for all managements or for one."""
    return Panel(
        panel_id="checking",
        title=Text("需核查", "Needs checking"),
        question=Text(
            "哪些学校的哪项规定需要核查？由人判断。",
            "Which schools need checking for which rule? A person decides.",
        ),
        query="checking",
        given={"management": management},
        chart="table",
        width=14,
        height=10,
        columns=(
            SCHOOL,
            NAME,
            STAGE,
            METRIC,
            value("broken", "不符合", "not in line", "count"),
            value("judged", "可评定", "judged", "count"),
            SHARE,
            REPORTING,
        ),
    )


def breaches(management: str) -> Panel:
    """What breaks must-rules, by rule, of all managements or of one."""
    return Panel(
        panel_id="breaches",
        title=Text("不符合规定的次数", "What breaks the rules"),
        question=Text(
            "哪条规定有多少次不符合，涉及几所学校？待人核实。",
            "Which rule was broken how often, in how many schools? To be confirmed by a person.",
        ),
        query="breaches",
        given={"management": management},
        chart="table",
        width=10,
        height=10,
        columns=(
            METRIC,
            value("title_zh", "规定", "rule", "text", "label"),
            value("broken", "不符合", "not in line", "count"),
            value("judged", "可评定", "judged", "count"),
            value("schools", "学校数", "schools", "count"),
        ),
    )

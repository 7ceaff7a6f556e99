"""Panels about what was sent: missing, refused, in doubt."""

from dashboards.catalogue.columns import NAME, SCHOOL, of_managements, value
from dashboards.model import Panel
from dashboards.words import Text

MANAGEMENT = value("management", "管理", "management", "text", "label")


def not_reported(*, width: int, height: int) -> Panel:
    """The class returns that are missing of the last school day that is due."""
    return Panel(
        panel_id="not-reported",
        title=Text("未上报（班数）", "Not reported (classes)"),
        question=Text(
            "本期最近一个应报的上学日（当天17:30后为当天），哪些学校还有班级未上报？睡眠看前一晚。",
            "On the last school day of the period that is due (today from 17:30 on), in which"
            " schools are class returns missing? Of sleep the night before.",
        ),
        query="not_reported",
        chart="table",
        width=width,
        height=height,
        columns=(SCHOOL, NAME, *of_managements("count")),
        links_to="school",
    )


SYSTEMS = Panel(
    panel_id="systems",
    title=Text("各校各系统上报", "Reporting by school and system"),
    question=Text(
        "本期末（或当前）半月内，各校每个来源系统上报了应报班次的多少？近一个月来最近一次是哪天？"
        "学段只用于选择学校。",
        "In the last half-month of the period, or the present one: of the class returns due, how"
        " many came by each source system of a school, and on which day last? Also named is what"
        " was heard in the month before. The stage only chooses schools.",
    ),
    query="systems",
    chart="table",
    width=24,
    height=12,
    columns=(
        SCHOOL,
        NAME,
        value("system", "来源系统", "source system", "text", "label"),
        *of_managements("share"),
        value("heard", "最近上报", "last heard", "day", "extra"),
    ),
    links_to="school",
)
REJECTS = Panel(
    panel_id="rejects",
    title=Text("被退回数据", "Rejected data"),
    question=Text("各校有多少事件被退回，原因是什么？", "How many events were refused, and why?"),
    query="rejects_by_code",
    chart="table",
    width=12,
    height=10,
    columns=(
        SCHOOL,
        NAME,
        value("code", "原因", "code", "text", "label"),
        value("events", "事件数", "events", "count"),
    ),
    links_to="school",
)
FINDINGS = Panel(
    panel_id="findings",
    title=Text("待核对的数据", "Findings"),
    question=Text(
        "已接收的数据里有哪些疑问，涉及多少班次？",
        "What looks wrong in what was accepted, on how many class-days?",
    ),
    query="findings_by_kind",
    chart="table",
    width=12,
    height=10,
    columns=(
        SCHOOL,
        NAME,
        value("kind", "类型", "kind", "text", "label"),
        MANAGEMENT,
        value("classes", "班次", "class-days", "count"),
    ),
    links_to="school",
)
REPLIES = Panel(
    panel_id="replies",
    title=Text("学校说明", "Replies"),
    question=Text("学校对待核对的数据作了哪些说明？", "What do schools say to the findings?"),
    query="replies",
    chart="table",
    width=24,
    height=10,
    columns=(
        SCHOOL,
        NAME,
        value("day", "日期", "day", "day", "label"),
        MANAGEMENT,
        value("kind", "类型", "kind", "text", "label"),
        value("text", "说明", "reply", "text", "label"),
        value("said_on", "填写", "written", "day", "label"),
    ),
    links_to="school",
)

"""Reporting and data quality 数据质量."""

from dashboards.catalogue.columns import NAME, SCHOOL, of_managements, value
from dashboards.model import Board, Panel
from dashboards.words import Text

_MANAGEMENT = value("management", "管理", "management", "text", "label")

QUALITY = Board(
    board_id="quality",
    title=Text("数据质量", "Data quality"),
    question=Text(
        "哪些学校上报不全、长时间未报，或数据有疑问？",
        "Which schools report little, have been silent, or send data in doubt?",
    ),
    levels=("area", "district", "city", "province"),
    variables=("unit", "period", "stage"),
    panels=(
        Panel(
            panel_id="reporting",
            title=Text("各校上报率", "Reporting rate by school"),
            question=Text(
                "各校各项管理上报了多少应报班次？",
                "Of the class returns due, how many came, by school and management?",
            ),
            query="reporting_by_school",
            chart="table",
            width=14,
            height=14,
            columns=(SCHOOL, NAME, *of_managements("share")),
        ),
        Panel(
            panel_id="silent",
            title=Text("连续未上报", "Silent schools"),
            question=Text(
                "哪些学校连续两个及以上上学日没有上报某项管理？",
                "Which schools reported nothing of a management for two school days and more?",
            ),
            query="silent_schools",
            chart="table",
            width=10,
            height=14,
            columns=(
                SCHOOL,
                NAME,
                _MANAGEMENT,
                value("silent_days", "未报上学日", "school days", "count"),
                value("heard", "最近上报", "last heard", "day", "extra"),
            ),
        ),
        Panel(
            panel_id="rejects",
            title=Text("被退回数据", "Rejected data"),
            question=Text(
                "各校有多少事件被退回，原因是什么？", "How many events were refused, and why?"
            ),
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
        ),
        Panel(
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
                _MANAGEMENT,
                value("classes", "班次", "class-days", "count"),
            ),
        ),
    ),
)

"""Reporting and data quality 数据质量."""

from dashboards.catalogue.columns import NAME, SCHOOL, of_managements, value
from dashboards.catalogue.data import FINDINGS, MANAGEMENT, REJECTS, REPLIES, SYSTEMS
from dashboards.model import Board, Panel
from dashboards.words import Text

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
            columns=(SCHOOL, NAME, *of_managements("share", is_coverage=True)),
            links_to="school",
        ),
        Panel(
            panel_id="silent",
            title=Text("连续未上报", "Silent schools"),
            question=Text(
                "哪些学校连续两个及以上上学日没有上报某项管理？睡眠问卷每周一次，不在此列。",
                "Which schools reported nothing of a management for two school days and more? Not"
                " looked at: sleep, which is asked about weekly.",
            ),
            query="silent_schools",
            chart="table",
            width=10,
            height=14,
            columns=(
                SCHOOL,
                NAME,
                MANAGEMENT,
                value("silent_days", "未报上学日", "school days", "count"),
                value("heard", "最近上报", "last heard", "day", "extra"),
            ),
            links_to="school",
        ),
        SYSTEMS,
        REJECTS,
        FINDINGS,
        REPLIES,
    ),
)

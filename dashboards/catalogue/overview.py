"""The district overview 全区总览."""

from dashboards.model import Board, Column, Panel
from dashboards.words import Text

SCHOOL = Column(name="unit_id", title=Text("学校代码", "school id"), shows="unit", role="link")
NAME = Column(name="name", title=Text("学校", "school"), shows="text", role="label")

OVERVIEW = Board(
    board_id="overview",
    title=Text("全区总览", "District overview"),
    question=Text(
        "本期各校五项管理如何，哪些学校需核查，谁还没上报？",
        "How do the five managements stand, which schools need checking, who has not reported?",
    ),
    levels=("area", "district", "city", "province"),
    variables=("unit", "period", "stage"),
    panels=(
        Panel(
            panel_id="headlines",
            title=Text("五项管理", "The five managements"),
            question=Text(
                "每项管理的主要指标：符合多少、上报多少、几所学校需核查？",
                "Of each management's headline: how much is in line, how much was reported, how"
                " many schools need checking?",
            ),
            query="headlines",
            chart="table",
            width=24,
            height=7,
            columns=(
                Column(name="metric", title=Text("指标", "metric"), shows="metric", role="label"),
                Column(name="share", title=Text("符合规定率", "compliance rate"), shows="share"),
                Column(name="change", title=Text("较上期", "change"), shows="share", role="extra"),
                Column(name="reporting", title=Text("上报率", "reporting rate"), shows="share"),
                Column(name="compliant", title=Text("符合", "in line"), shows="count"),
                Column(name="judged", title=Text("可评定", "judged"), shows="count"),
                Column(
                    name="schools_in_line",
                    title=Text("符合规定学校", "schools in line"),
                    shows="count",
                ),
                Column(
                    name="schools_judged", title=Text("已评定学校", "schools judged"), shows="count"
                ),
                Column(name="checking", title=Text("需核查(所)", "to be checked"), shows="count"),
            ),
        ),
    ),
)

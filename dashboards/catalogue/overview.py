"""The district overview 全区总览."""

from dashboards.catalogue.columns import (
    DAY,
    FIVE,
    METRIC,
    NAME,
    REPORTING,
    SCHOOL,
    SHARE,
    of_managements,
    value,
)
from dashboards.catalogue.panels import breaches, checking
from dashboards.model import Board, Panel
from dashboards.words import Text

_HEADLINES = Panel(
    panel_id="headlines",
    title=Text("五项管理", "The five managements"),
    question=Text(
        "每项管理的主要指标：符合多少、上报多少、几所学校需核查？",
        "Of each management's headline: how much is in line, how much was reported, how many"
        " schools need checking?",
    ),
    query="headlines",
    chart="table",
    width=24,
    height=7,
    columns=(
        METRIC,
        SHARE,
        value("change", "较上期", "change", "points", "extra"),
        REPORTING,
        value("compliant", "符合", "in line", "count"),
        value("judged", "可评定", "judged", "count"),
        value("schools_in_line", "符合规定学校", "schools in line", "count"),
        value("schools_judged", "已评定学校", "schools judged", "count"),
        value("checking", "需核查(所)", "to be checked", "count"),
    ),
)
_MATRIX = Panel(
    panel_id="matrix",
    title=Text("学校 × 五项管理", "Schools × five managements"),
    question=Text(
        "各校五项管理的主要指标如何？按名册顺序。",
        "How do the five headlines stand in each school, in the order of the roster?",
    ),
    query="matrix",
    chart="table",
    width=16,
    height=14,
    columns=(SCHOOL, NAME, *FIVE, REPORTING),
)
_NOT_REPORTED = Panel(
    panel_id="not-reported",
    title=Text("未上报（班数）", "Not reported (classes)"),
    question=Text(
        "本期最后一个上学日，哪些学校还有班级未上报？",
        "On the last school day of the period, in which schools are class returns missing?",
    ),
    query="not_reported",
    chart="table",
    width=8,
    height=14,
    columns=(SCHOOL, NAME, *of_managements("count")),
)
_TREND = Panel(
    panel_id="trend",
    title=Text("作业时长符合规定班次（按上学日）", "Class-days within the homework limit"),
    question=Text(
        "本学期逐个上学日如何变化？", "How did it move over the term, school day by school day?"
    ),
    query="trend",
    given={"metric": "homework.minutes", "grade": "0"},
    chart="lines",
    width=24,
    columns=(DAY, SHARE, REPORTING),
)
_DISTRIBUTION = Panel(
    panel_id="distribution",
    title=Text("各校作业符合规定率的分布", "How schools' homework rates spread"),
    question=Text(
        "各校的符合规定率落在哪里？不显示校名。",
        "Where do the schools' compliance rates lie? No school is named.",
    ),
    query="distribution_of_schools",
    given={"metric": "homework.minutes", "grade": "0"},
    chart="histogram",
    width=24,
    columns=(
        value("rate", "符合规定率", "compliance rate", "text", "label"),
        value("schools", "学校数", "schools", "count"),
    ),
)

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
        _HEADLINES,
        _MATRIX,
        _NOT_REPORTED,
        checking("all"),
        breaches("all"),
        _TREND,
        _DISTRIBUTION,
    ),
)

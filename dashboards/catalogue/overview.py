"""The district overview 全区总览."""

from msgspec.structs import replace

from dashboards.catalogue.alerts import NUMBERS
from dashboards.catalogue.columns import (
    CHECKED,
    FIVE,
    FOUND,
    LOANS,
    METRIC,
    NAME,
    REPORTING,
    SCHOOL,
    SHARE,
    SURVEYED,
    value,
)
from dashboards.catalogue.data import not_reported
from dashboards.catalogue.panels import breaches, checking, over_the_term
from dashboards.model import Board, Panel
from dashboards.words import Text

_HEADLINES = Panel(
    panel_id="headlines",
    title=Text("五项管理", "The five managements"),
    question=Text(
        "每项管理的主要指标：符合多少、上报多少、多少学校需核查？只看主要指标，一校每个学段计一次。",
        "Of each management's headline: how much is in line, how much was reported, how many"
        " schools need checking? The headline alone; each stage of a school counts once.",
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
        value("schools_in_line", "符合(校·学段)", "in line (school-stages)", "count"),
        value("schools_judged", "已评定(校·学段)", "judged (school-stages)", "count"),
        value("checking", "需核查(校·学段)", "to be checked (school-stages)", "count"),
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
    columns=(
        SCHOOL,
        NAME,
        *(replace(one, state=f"{one.name}_state") for one in FIVE),
        REPORTING,
    ),
    links_to="school",
)
_TRENDS = (
    over_the_term("trend", "homework.minutes", grade="0"),
    over_the_term("trend-sleep", "sleep.duration", reporting=SURVEYED, grade="0"),
    over_the_term("trend-phone", "phone.classroom", shown=FOUND, reporting=CHECKED, grade="0"),
    over_the_term("trend-reading", "reading.loans", shown=LOANS, grade="0"),
    over_the_term("trend-fitness", "fitness.sport_time", grade="0"),
)
_DISTRIBUTION = Panel(
    panel_id="distribution",
    title=Text("各校符合规定率的分布（所选指标）", "How schools' rates spread (chosen metric)"),
    question=Text(
        "所选指标上，各校的符合规定率落在哪里？不显示校名；上报率不低于60%的学校才计入。",
        "Where do the schools' compliance rates of the chosen metric lie? No school is named; those"
        " with at least 60 % reported.",
    ),
    query="distribution_of_schools",
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
    variables=("unit", "period", "stage", "metric"),
    panels=(
        _HEADLINES,
        NUMBERS,
        _MATRIX,
        not_reported(width=8, height=14),
        checking("all"),
        breaches("all"),
        *_TRENDS,
        _DISTRIBUTION,
    ),
)

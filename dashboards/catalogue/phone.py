"""Phones 手机: found in class by checks made, permits, screen time."""

from dashboards.catalogue.columns import CHECKED, FOUND, STAGE, value
from dashboards.catalogue.panels import (
    ALL_LEVELS,
    breaches,
    checking,
    grades,
    middle,
    over_the_term,
    spread,
)
from dashboards.model import Board, Panel
from dashboards.words import UNITS, Text

PHONE = Board(
    board_id="phone",
    title=Text("手机", "Phones"),
    question=Text(
        "检查中发现多少，带手机的有没有审批，看屏幕多久？",
        "How many are found in checks, do those brought have a permit, how long is the screen on?",
    ),
    levels=ALL_LEVELS,
    variables=("unit", "period", "stage", "grade"),
    panels=(
        Panel(
            panel_id="found",
            title=Text("进课堂：每百次检查发现", "Found in a hundred checks"),
            question=Text(
                "各学段检查了多少班次，发现多少？", "By stage: how many checks, how many found?"
            ),
            query="found_in_checks",
            chart="table",
            columns=(
                STAGE,
                value("found", "发现(起)", "found", "count"),
                value("checked", "检查(班次)", "class-days checked", "count"),
                value("found_in_a_hundred", "每百次", "in a hundred", "number"),
            ),
        ),
        grades("permits", "phone.custody", values=None, reporting=None),
        spread("screen", "phone.screen_time", UNITS["pupil-day"]),
        middle("screen-middle", "phone.screen_time"),
        grades("grades", "phone.screen_time"),
        over_the_term("trend", "phone.classroom", shown=FOUND, reporting=CHECKED),
        checking("phone"),
        breaches("phone"),
    ),
)

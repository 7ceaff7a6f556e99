"""Reading matter 读物: sweeps, and loans."""

from dashboards.catalogue.columns import (
    GRADE,
    LOANS,
    NAME,
    REPORTING,
    SCHOOL,
    SHARE,
    STAGE,
    value,
)
from dashboards.catalogue.panels import ALL_LEVELS, breaches, checking, over_the_term
from dashboards.model import Board, Panel
from dashboards.words import Text

READING = Board(
    board_id="reading",
    title=Text("读物", "Reading matter"),
    question=Text(
        "问题读物处置了吗，学生借书多不多？",
        "Is unfit reading matter removed, and do pupils borrow books?",
    ),
    levels=ALL_LEVELS,
    variables=("unit", "period", "stage", "grade"),
    panels=(
        Panel(
            panel_id="sweeps",
            title=Text("问题读物", "Unfit reading matter"),
            question=Text(
                "各校发现多少册，处置多少册？", "How many were found in each school and removed?"
            ),
            query="sweeps",
            chart="table",
            columns=(
                SCHOOL,
                NAME,
                value("unfit", "发现(册)", "found", "count"),
                value("removed", "已处置(册)", "removed", "count"),
                SHARE,
            ),
            links_to="school",
        ),
        Panel(
            panel_id="loans-of-grades",
            title=Text("借阅：各年级", "Loans: by grade"),
            question=Text("各年级人均每日借多少册？", "How many loans a pupil and day, by grade?"),
            query="by_grade",
            given={"metric": "reading.loans", "parts": "grade"},
            chart="table",
            columns=(STAGE, GRADE, LOANS, REPORTING),
        ),
        over_the_term("loans", "reading.loans", shown=LOANS),
        checking("reading"),
        breaches("reading"),
    ),
)

"""Reading matter 读物: sweeps, and loans."""

from dashboards.catalogue.columns import DAY, NAME, REPORTING, SCHOOL, SHARE, value
from dashboards.catalogue.panels import ALL_LEVELS, checking
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
        ),
        Panel(
            panel_id="loans",
            title=Text("借阅（册/人·日，按上学日）", "Loans a pupil and day, by school day"),
            question=Text("本学期借阅如何变化？", "How did loans move over the term?"),
            query="trend",
            given={"metric": "reading.loans"},
            chart="lines",
            columns=(DAY, value("mean", "册/人·日", "loans a pupil", "number"), REPORTING),
        ),
        checking("reading"),
    ),
)

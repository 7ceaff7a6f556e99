"""A school 学校: the five figures by grade."""

from dashboards.catalogue.columns import FIVE, GRADE, STAGE
from dashboards.catalogue.panels import over_the_term
from dashboards.model import Board, Panel
from dashboards.words import Text

SCHOOL_BOARD = Board(
    board_id="school",
    title=Text("学校", "School"),
    question=Text("本校各年级五项管理如何？", "How do the five managements stand by grade?"),
    levels=("school",),
    variables=("unit", "period", "stage", "grade"),
    panels=(
        Panel(
            panel_id="five",
            title=Text("各年级五项管理", "The five by grade"),
            question=Text(
                "各年级的五项主要指标如何？", "How do the five headlines differ by grade?"
            ),
            query="five_by_grade",
            chart="table",
            width=24,
            height=10,
            columns=(STAGE, GRADE, *FIVE),
        ),
        over_the_term("homework", "homework.minutes"),
        over_the_term("fitness", "fitness.sport_time"),
    ),
)

"""City and province 市级: districts side by side, in the tree's order."""

from dashboards.catalogue.columns import FIVE, REPORTING, STAGE, value
from dashboards.model import Board, Panel
from dashboards.words import Text

CITY = Board(
    board_id="city",
    title=Text("市级", "City"),
    question=Text(
        "各区县五项管理的主要指标如何？按名册顺序。",
        "How do the five headlines stand in each district, in the tree's order?",
    ),
    levels=("city", "province"),
    variables=("unit", "period", "stage"),
    panels=(
        Panel(
            panel_id="districts",
            title=Text("各区县", "Districts"),
            question=Text(
                "各区县、各学段的主要指标和上报率如何？",
                "How do headlines and reporting stand in each, by stage?",
            ),
            query="districts",
            chart="table",
            width=24,
            height=14,
            columns=(
                value("unit_id", "代码", "id", "unit", "link"),
                value("name", "单位", "unit", "text", "label"),
                STAGE,
                *FIVE,
                REPORTING,
            ),
            links_to="overview",
        ),
    ),
)

"""Fitness 体质: the two hours, the hour, big breaks, and PE lessons that are kept."""

from dashboards.catalogue.panels import (
    ALL_LEVELS,
    breaches,
    checking,
    grades,
    over_the_term,
    spread,
)
from dashboards.model import Board
from dashboards.words import UNITS, Text

FITNESS = Board(
    board_id="fitness",
    title=Text("体质", "Fitness"),
    question=Text(
        "两小时、一小时、大课间落实了吗，体育课有没有被占？",
        "Are the two hours, the hour and the big breaks kept, and are PE lessons held?",
    ),
    levels=ALL_LEVELS,
    variables=("unit", "period", "stage", "grade"),
    panels=(
        spread("sport", "fitness.sport_time", UNITS["class-day"]),
        spread("exercise", "fitness.exercise", UNITS["class-day"]),
        grades("grades", "fitness.sport_time"),
        grades("breaks", "fitness.big_break", values=False),
        grades("lessons", "fitness.pe_kept", values=False),
        spread("out-of-school", "fitness.out_of_school", UNITS["pupil-day"]),
        over_the_term("trend", "fitness.sport_time"),
        checking("fitness"),
        breaches("fitness"),
    ),
)

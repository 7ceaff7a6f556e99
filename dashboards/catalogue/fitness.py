"""Fitness 体质: the two hours, the hour, big breaks, and PE lessons that are kept."""

from dashboards.catalogue.columns import value
from dashboards.catalogue.panels import (
    ALL_LEVELS,
    breaches,
    checking,
    grades,
    middle,
    over_the_term,
    spread,
)
from dashboards.model import Board
from dashboards.words import UNITS, Text

_TAKEN = value("broken", "被占(节)", "not kept", "count")

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
        middle("sport-middle", "fitness.sport_time"),
        spread("exercise", "fitness.exercise", UNITS["class-day"]),
        middle("exercise-middle", "fitness.exercise"),
        grades("grades", "fitness.sport_time"),
        grades("breaks", "fitness.big_break", values=None),
        grades("lessons", "fitness.pe_kept", values=None, reporting=None, broken=_TAKEN),
        spread("out-of-school", "fitness.out_of_school", UNITS["pupil-day"]),
        middle("out-of-school-middle", "fitness.out_of_school"),
        over_the_term("trend", "fitness.sport_time"),
        checking("fitness"),
        breaches("fitness"),
    ),
)

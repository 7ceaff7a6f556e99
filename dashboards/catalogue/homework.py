"""Homework 作业: minutes, weekend minutes, tasks, channels, marking."""

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

HOMEWORK = Board(
    board_id="homework",
    title=Text("作业", "Homework"),
    question=Text(
        "书面作业多长时间，布置了什么，怎么布置，谁批改？",
        "How long does homework take, what is set, by which channel, and who marks it?",
    ),
    levels=ALL_LEVELS,
    variables=("unit", "period", "stage", "grade"),
    panels=(
        spread("minutes", "homework.minutes", UNITS["class-day"]),
        middle("minutes-middle", "homework.minutes"),
        spread("weekend", "homework.weekend_minutes", UNITS["class-day"]),
        middle("weekend-middle", "homework.weekend_minutes"),
        grades("grades", "homework.minutes"),
        grades("tasks", "homework.written_set", values=None),
        grades("channels", "homework.channel", values=None),
        grades("marking", "homework.marking", values=None, reporting=None),
        over_the_term("trend", "homework.minutes"),
        checking("homework"),
        breaches("homework"),
    ),
)

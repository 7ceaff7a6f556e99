"""Sleep 睡眠: durations beside bedtimes, and how many met or nearly met what is asked."""

from dashboards.catalogue.columns import STAGE, SURVEYED, value
from dashboards.catalogue.panels import ALL_LEVELS, grades, middle, over_the_term, spread
from dashboards.model import Board, Panel
from dashboards.words import UNITS, Text

SLEEP = Board(
    board_id="sleep",
    title=Text("睡眠", "Sleep"),
    question=Text(
        "学生睡了多久，几点入睡，多少人达到或接近要求？",
        "How long do pupils sleep, when do they fall asleep, how many meet what is asked?",
    ),
    levels=ALL_LEVELS,
    variables=("unit", "period", "stage", "grade"),
    panels=(
        spread("durations", "sleep.duration", UNITS["pupil-night"]),
        middle("durations-middle", "sleep.duration"),
        spread("bedtimes", "sleep.bedtime", UNITS["pupil-night"], Text("时刻", "bedtime")),
        middle("bedtimes-middle", "sleep.bedtime", "clock"),
        Panel(
            panel_id="nearly",
            title=Text("达到或接近", "Met or nearly"),
            question=Text(
                "各学段多少人次达到要求，多少达到或接近（差半小时以内）？",
                "By stage: how many nights met what is asked, how many met it or came within half"
                " an hour?",
            ),
            query="nearly",
            chart="table",
            width=24,
            height=6,
            columns=(
                STAGE,
                value("asked", "要求(分钟)", "asked", "minutes"),
                value("judged", "人次(夜)", "pupil-nights", "count"),
                value("met", "达到", "met", "share"),
                value("met_or_nearly", "达到或接近", "met or nearly", "share"),
            ),
        ),
        grades("grades", "sleep.duration", reporting=SURVEYED),
        grades("bedtimes-of-grades", "sleep.bedtime", values="clock", reporting=SURVEYED),
        over_the_term("trend", "sleep.duration", reporting=SURVEYED),
    ),
)

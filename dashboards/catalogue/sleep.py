"""Sleep 睡眠: durations beside bedtimes, and how many met or nearly met what is asked."""

from dashboards.catalogue.columns import DAY, GRADE, REPORTING, SHARE, STAGE, value
from dashboards.model import Board, Panel
from dashboards.words import Text

_BINS = (
    value("bin", "分档(分钟)", "minutes", "text", "label"),
    value("counted", "人次(夜)", "pupil-nights", "count"),
)

SLEEP = Board(
    board_id="sleep",
    title=Text("睡眠", "Sleep"),
    question=Text(
        "学生睡了多久，几点入睡，多少人达到或接近要求？",
        "How long do pupils sleep, when do they fall asleep, how many meet what is asked?",
    ),
    levels=("school", "area", "district", "city", "province"),
    variables=("unit", "period", "stage", "grade"),
    panels=(
        Panel(
            panel_id="durations",
            title=Text("睡眠时长分布", "How long pupils sleep"),
            question=Text("每夜睡多少分钟？", "How many minutes a night?"),
            query="histogram",
            given={"metric": "sleep.duration"},
            chart="histogram",
            columns=_BINS,
        ),
        Panel(
            panel_id="bedtimes",
            title=Text("就寝时间分布（中午12点起的分钟数）", "Bedtimes (minutes after noon)"),
            question=Text("几点入睡？", "When do they fall asleep?"),
            query="histogram",
            given={"metric": "sleep.bedtime"},
            chart="histogram",
            columns=_BINS,
        ),
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
            columns=(
                STAGE,
                value("asked", "要求(分钟)", "asked", "minutes"),
                value("judged", "人次(夜)", "pupil-nights", "count"),
                value("met", "达到", "met", "share"),
                value("met_or_nearly", "达到或接近", "met or nearly", "share"),
            ),
        ),
        Panel(
            panel_id="grades",
            title=Text("各年级睡眠时长", "By grade"),
            question=Text(
                "各年级的达到率、均值和分位数如何？", "How do rate, mean and percentiles differ?"
            ),
            query="by_grade",
            given={"metric": "sleep.duration"},
            chart="table",
            columns=(
                STAGE,
                GRADE,
                SHARE,
                value("reporting", "问卷填答率", "survey response", "share"),
                value("mean", "均值", "mean", "minutes"),
                value("tenth", "第10百分位", "10th percentile", "minutes"),
                value("median", "中位数", "median", "minutes"),
                value("ninetieth", "第90百分位", "90th percentile", "minutes"),
            ),
        ),
        Panel(
            panel_id="trend",
            title=Text("达到要求的人次（问卷日）", "Nights with enough sleep (survey days)"),
            question=Text("本学期如何变化？", "How did it move over the term?"),
            query="trend",
            given={"metric": "sleep.duration"},
            chart="lines",
            width=24,
            columns=(DAY, SHARE, REPORTING),
        ),
    ),
)

"""A school 学校: the five by grade and on the district's band, and what is to be mended."""

from dashboards.catalogue.alerts import NUMBERS
from dashboards.catalogue.columns import FIVE, GRADE, METRIC, STAGE, value
from dashboards.catalogue.data import FINDINGS, REJECTS, REPLIES, not_reported
from dashboards.catalogue.panels import over_the_term
from dashboards.model import Board, Panel
from dashboards.words import Text

_BAND = Panel(
    panel_id="band",
    title=Text("本校与全区中间一半学校", "The school and the district's middle half"),
    question=Text(
        "本校的符合规定率在全区中间一半学校的区间中吗？不显示校名；可比学校不足6所时没有区间，"
        "学校自己的密钥在「今天」页查看。",
        "Does the school lie in the band of the district's middle half? No names; no band of fewer"
        " than six schools. With the school's own key see the page of today.",
    ),
    query="band",
    chart="table",
    columns=(
        METRIC,
        value("share", "本校", "this school", "share"),
        value("low", "中间一半：下", "middle half from", "share"),
        value("high", "上", "to", "share"),
        value("schools", "可比学校", "schools compared", "count"),
    ),
)
_CLASSES = Panel(
    panel_id="classes",
    title=Text("班级 × 上学日", "Classes by school days"),
    question=Text(
        "本校各班每个上学日如何？只有本校自己看得到。",
        "How does each class stand, day by day? For the school itself alone.",
    ),
    query="",
    chart="table",
    width=24,
    columns=(),
    face="built_in",
)

SCHOOL_BOARD = Board(
    board_id="school",
    title=Text("学校", "School"),
    question=Text(
        "本校各年级五项管理如何，还缺什么，哪些数据要改？",
        "How do the five managements stand by grade, what is missing, what is to be mended?",
    ),
    levels=("school",),
    variables=("unit", "period", "stage", "grade"),
    panels=(
        not_reported(width=12, height=8),
        _BAND,
        NUMBERS,
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
        _CLASSES,
        over_the_term("homework", "homework.minutes"),
        over_the_term("fitness", "fitness.sport_time"),
        REJECTS,
        FINDINGS,
        REPLIES,
    ),
)

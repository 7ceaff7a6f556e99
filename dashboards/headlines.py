"""The five managements on a board: one named headline metric each, and the lines under it."""

from typing import Literal

from msgspec import Struct

from dashboards.words import Text

Kind = Literal["compliance", "found", "removed", "home"]


class Headline(Struct, frozen=True, kw_only=True):
    """How a management is shown: the metric that stands for it, and what else is told."""

    management: str
    metric: str
    kind: Kind
    title: Text
    """Names the metric, with what one unit of count is."""
    beside: tuple[str, ...] = ()
    """Metrics told in lines under the headline."""

    @property
    def reporting(self) -> str:
        """The metric that counts the class-days on which anything was reported."""
        return f"{self.management}.reporting"

    @property
    def metrics(self) -> tuple[str, ...]:
        """All metrics that the tile needs."""
        return (self.reporting, self.metric, *self.beside)


HEADLINES = (
    Headline(
        management="homework",
        metric="homework.minutes",
        kind="compliance",
        title=Text("作业时长符合规定班次", "class-days within the homework limit"),
        beside=("homework.written_set", "homework.channel"),
    ),
    Headline(
        management="sleep",
        metric="sleep.duration",
        kind="home",
        title=Text("睡眠达到要求人次", "pupil-nights with enough sleep"),
    ),
    Headline(
        management="phone",
        metric="phone.classroom",
        kind="found",
        title=Text("手机进课堂", "phones found in class"),
        beside=("phone.custody",),
    ),
    Headline(
        management="reading",
        metric="reading.swept",
        kind="removed",
        title=Text("问题读物处置", "unfit books removed"),
        beside=("reading.loans",),
    ),
    Headline(
        management="fitness",
        metric="fitness.sport_time",
        kind="compliance",
        title=Text("体育2小时落实班次", "class-days with two hours of sport"),
        beside=("fitness.exercise", "fitness.big_break", "fitness.pe_kept"),
    ),
)
TILE_METRICS = tuple(dict.fromkeys(m for one in HEADLINES for m in one.metrics))

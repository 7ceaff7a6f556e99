"""The five managements on a board: one named headline metric each."""

from typing import Literal

from msgspec import Struct

from dashboards.words import Text

Kind = Literal["compliance", "found", "removed", "home"]


class Headline(Struct, frozen=True, kw_only=True):
    """How a management is shown: the metric that stands for it."""

    management: str
    metric: str
    kind: Kind
    title: Text
    """Names the metric, with what one unit of count is."""

    @property
    def reporting(self) -> str:
        """The metric that counts the class-days on which anything was reported."""
        return f"{self.management}.reporting"


HEADLINES = (
    Headline(
        management="homework",
        metric="homework.minutes",
        kind="compliance",
        title=Text("作业时长符合规定班次", "class-days within the homework limit"),
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
    ),
    Headline(
        management="reading",
        metric="reading.swept",
        kind="removed",
        title=Text("问题读物处置", "unfit books removed"),
    ),
    Headline(
        management="fitness",
        metric="fitness.sport_time",
        kind="compliance",
        title=Text("体育2小时落实班次", "class-days with two hours of sport"),
    ),
)

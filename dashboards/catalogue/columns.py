"""Columns that several boards share."""

from dashboards.model import Column, Role, Shows
from dashboards.words import Text

SCHOOL = Column(name="unit_id", title=Text("代码", "id"), shows="unit", role="link")
NAME = Column(name="name", title=Text("学校", "school"), shows="text", role="label")
STAGE = Column(name="stage", title=Text("学段", "stage"), shows="text", role="label")
GRADE = Column(name="grade", title=Text("年级", "grade"), shows="number", role="label")
METRIC = Column(name="metric", title=Text("指标", "metric"), shows="metric", role="label")
DAY = Column(name="day", title=Text("上学日", "school day"), shows="day", role="label")


def value(name: str, zh: str, en: str, shows: Shows, role: Role = "value") -> Column:
    """A column of numbers."""
    return Column(name=name, title=Text(zh, en), shows=shows, role=role)


SHARE = value("share", "符合规定率", "compliance rate", "share")
REPORTING = value("reporting", "上报率", "reporting rate", "share")


def of_managements(shows: Shows) -> tuple[Column, ...]:
    """A column for each management, all of them printed alike."""
    return (
        value("homework", "作业", "homework", shows),
        value("sleep", "睡眠", "sleep", shows),
        value("phone", "手机", "phones", shows),
        value("reading", "读物", "reading", shows),
        value("fitness", "体质", "fitness", shows),
    )


_FOUND = value("phone", "手机(起)", "phones found", "count")
FIVE = tuple(_FOUND if one.name == "phone" else one for one in of_managements("share"))
"""The five headlines side by side: rates, and of phones how many were found."""

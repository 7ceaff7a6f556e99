"""Columns that several boards share."""

from typing import Any

from dashboards.model import Column, Role, Shows
from dashboards.words import MANAGEMENTS, Text

SCHOOL = Column(name="unit_id", title=Text("代码", "id"), shows="unit", role="link")
NAME = Column(name="name", title=Text("学校", "school"), shows="text", role="label")
STAGE = Column(name="stage", title=Text("学段", "stage"), shows="text", role="label")
GRADE = Column(name="grade", title=Text("年级", "grade"), shows="number", role="label")
METRIC = Column(name="metric", title=Text("指标", "metric"), shows="metric", role="label")
DAY = Column(name="day", title=Text("上学日", "school day"), shows="day", role="label")


def value(  # A column as a line of a catalogue, in the order in which it is read.
    name: str, zh: str, en: str, shows: Shows, role: Role = "value", **more: Any
) -> Column:
    """A column of numbers."""
    return Column(name=name, title=Text(zh, en), shows=shows, role=role, **more)


SHARE = value("share", "符合规定率", "compliance rate", "share")
REPORTING = value("reporting", "上报率", "reporting rate", "share", is_coverage=True)
CHECKED = value("reporting", "检查了的班次占比", "class-days checked", "share", is_coverage=True)
SURVEYED = value("reporting", "问卷填答率", "survey response", "share", is_coverage=True)
FOUND = value("total", "发现(起)", "found", "count")
LOANS = value("mean", "册/人·日", "loans a pupil", "hundredths")
BROKEN = value("broken", "不符合", "not in line", "count")
JUDGED = value("judged", "可评定", "judged", "count")
RULE = value("title_zh", "规定", "rule", "text", "label", english="title")


def of_managements(shows: Shows, *, is_coverage: bool = False) -> tuple[Column, ...]:
    """A column for each management, all of them printed alike, that leads to its board."""
    return tuple(
        value(name, said.zh, said.en, shows, leads_to=name, is_coverage=is_coverage)
        for name, said in MANAGEMENTS.items()
    )


_SHOWN = {"phone": ("手机(起)", "phones found", "count")}
FIVE = tuple(
    value(name, zh, en, shows, leads_to=name, why=f"{name}_why")  # type: ignore[arg-type]  # one of Shows
    for name, said in MANAGEMENTS.items()
    for zh, en, shows in [_SHOWN.get(name, (said.zh, said.en, "share"))]
)
"""The five headlines side by side: rates, and of phones how many were found."""

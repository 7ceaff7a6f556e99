"""The heat map class × day, with its numbers; only the school itself sees it."""

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import date
from types import MappingProxyType

from msgspec import Struct

from dashboards.figures import percent
from dashboards.judging import Judging
from dashboards.school_figures import ClassFigures, OwnFigures
from dashboards.states import STATE_WORDS, State
from dashboards.words import Language, Text, count, said, spoken_grade
from wuguan.domain.rollup import Figure

SHOWN: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "homework": ("homework.minutes", "homework.weekend_minutes"),
        "sleep": ("sleep.duration",),
        "phone": ("phone.classroom",),
        "reading": ("reading.loans",),
        "fitness": ("fitness.sport_time",),
    }
)
"""By management the metrics of a cell; of two the one that the day is for."""
LEGENDS: Mapping[str, Text] = MappingProxyType(
    {
        "homework": Text(
            "书面作业分钟数；灰底为周末作业，不评定",
            "minutes of written homework; grey: the weekend's, not judged",
        ),
        "sleep": Text(
            "睡眠达到要求的学生占比（问卷夜）", "share of pupils with enough sleep (survey nights)"
        ),
        "phone": Text("课堂上发现的手机数", "phones found in class"),
        "reading": Text("借阅册数", "books lent"),
        "fitness": Text("综合体育分钟数", "minutes of sport"),
    }
)


class HeatCell(Struct, frozen=True):
    """One class on one day."""

    state: State
    text: Text
    shade: int = 0
    """0 to 4, of the blue scale."""


class HeatRow(Struct, frozen=True):
    """A class, and its days."""

    class_id: str
    grade: Text
    cells: Sequence[HeatCell]


class HeatMap(Struct, frozen=True):
    """The whole table."""

    management: str
    legend: Text
    days: Sequence[date]
    rows: Sequence[HeatRow]


def heat_map(own: OwnFigures, judging: Judging) -> HeatMap:
    """The heat map of a school's own figures."""
    rows = [
        HeatRow(
            one.class_id,
            spoken_grade(one.grade, one.stage),
            [_cell(one, day, own.management, judging) for day in own.days],
        )
        for one in own.classes
    ]
    return HeatMap(own.management, LEGENDS[own.management], own.days, rows)


def classes_as_csv(of: HeatMap, language: Language) -> bytes:
    """The table for a spreadsheet: UTF-8 with the mark that Excel looks for."""
    text = io.StringIO()
    writer = csv.writer(text)
    heading = said(Text("班级", "class"), language), said(Text("年级", "grade"), language)
    writer.writerow([*heading, *(day.isoformat() for day in of.days)])
    for row in of.rows:
        cells = [said(cell.text, language) for cell in row.cells]
        writer.writerow([row.class_id, said(row.grade, language), *cells])
    return text.getvalue().encode("utf-8-sig")


def _cell(one: ClassFigures, day: date, management: str, judging: Judging) -> HeatCell:
    for metric in SHOWN[management]:
        figure = one.days.get((day, metric))
        if figure is not None and figure.tally.expected:
            return _filled(metric, figure, judging)
    return HeatCell(State.NOTHING_DUE, Text("–", "–"))


def _filled(metric: str, figure: Figure, judging: Judging) -> HeatCell:
    tally = figure.tally
    if not tally.reported:
        return HeatCell(State.NOT_REPORTED, STATE_WORDS[State.NOT_REPORTED])
    if metric == "sleep.duration":
        if not tally.judged:
            return HeatCell(State.NOT_JUDGED, STATE_WORDS[State.NOT_JUDGED])
        share = percent(tally.compliant, tally.judged)
        return HeatCell(State.SCALE, Text(share, share), 4 * tally.compliant // tally.judged)
    number = Text(count(tally.total), count(tally.total))
    if not tally.judged:
        return HeatCell(State.NOT_JUDGED, number)
    if judging.asked_percent(metric, figure) is None:
        return HeatCell(State.SCALE, number)
    kept = tally.compliant == tally.judged
    return HeatCell(State.IN_LINE if kept else State.CHECK, number)

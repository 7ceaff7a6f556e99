"""What the demonstration shows: five managements, one line each, in words where no number is."""

from collections.abc import Iterable, Mapping
from datetime import date

from msgspec import Struct

from wuguan.client.answers import Figures, Row

WEEKDAYS = "一二三四五六日"


class Headline(Struct, frozen=True):
    """The one metric by which a management is shown, and its names."""

    management: str
    name: str
    metric: str
    metric_name: str


HEADLINES = (
    Headline("homework", "作业 homework", "homework.minutes", "作业时长符合规定班次 time set"),
    Headline("sleep", "睡眠 sleep", "sleep.duration", "睡眠达到要求 hours slept"),
    Headline("phone", "手机 phones", "phone.classroom", "手机未进课堂 none in class"),
    Headline("reading", "读物 reading", "reading.swept", "问题读物已处置 unfit removed"),
    Headline("fitness", "体质 fitness", "fitness.sport_time", "体育2小时落实班次 2 h of sport"),
)
METRICS = tuple(
    metric for line in HEADLINES for metric in (f"{line.management}.reporting", line.metric)
)


class Line(Struct, frozen=True):
    """One management as shown."""

    name: str
    metric_name: str
    term_reporting: str
    term_compliance: str
    day_reporting: str
    day_compliance: str
    events: str


class Board(Struct, frozen=True):
    """The whole of what is shown at one moment."""

    title: str
    day: str
    notes: tuple[str, ...]
    lines: tuple[Line, ...]
    state: str


def board(
    *,
    title: str,
    shown_day: date,
    notes: Iterable[str],
    term: Figures,
    day: Figures,
    events: Mapping[str, int],
) -> Board:
    """The board of a term's and of one day's figures."""
    of_term = {row.metric: row for row in term.rows}
    of_day = {row.metric: row for row in day.rows}
    lines = tuple(_line(one, of_term, of_day, events) for one in HEADLINES)
    settled = "已收数据均已计入 all in" if term.settled and day.settled else "仍在更新 updating"
    as_of = f"数据截至 as of {day.as_of[:19].replace('T', ' ')} · {settled}"
    return Board(title, spoken(shown_day), tuple(notes), lines, as_of)


def spoken(day: date) -> str:
    """A date as people say it: 11月23日(周一)."""
    return f"{day.month}月{day.day}日(周{WEEKDAYS[day.weekday()]})"


def reporting_text(row: Row | None) -> str:
    """A reporting rate; where nothing is due or nothing has come, it says so."""
    if row is None:
        return "无需上报 nothing due"
    if row.withheld:
        return "人数过少，不予显示 withheld"
    if not row.reported:
        return "未上报 not reported"
    return _share(row.reported, row.expected)


def compliance_text(row: Row | None) -> str:
    """A compliance rate with its numbers; silence and what has no rule are words, never 0 %."""
    if row is not None and row.withheld:
        return "人数过少，不予显示 withheld"
    if row is None or not row.reported:
        return "无数据 no data"
    if not row.judged:
        return "不评定 not judged"
    return f"{_share(row.compliant, row.judged)} ({row.compliant:,}/{row.judged:,})"


def _share(part: int | None, whole: int | None) -> str:
    return f"{100 * (part or 0) / whole:.1f}%" if whole else "无数据 no data"


def _line(
    one: Headline, term: Mapping[str, Row], day: Mapping[str, Row], events: Mapping[str, int]
) -> Line:
    reporting = f"{one.management}.reporting"
    return Line(
        one.name,
        one.metric_name,
        reporting_text(term.get(reporting)),
        compliance_text(term.get(one.metric)),
        reporting_text(day.get(reporting)),
        compliance_text(day.get(one.metric)),
        f"{events.get(one.management, 0):,}",
    )

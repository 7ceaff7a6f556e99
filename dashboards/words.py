"""The words of the boards, in Chinese and in English."""

from collections.abc import Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Literal, NamedTuple

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")


class Text(NamedTuple):
    """One thing said in both languages."""

    zh: str
    en: str

    def filled(self, **values: object) -> "Text":
        """The text with its places filled."""
        return Text(self.zh.format(**values), self.en.format(**values))

    def then(self, other: "Text") -> "Text":
        """Both texts, one after the other."""
        return Text(self.zh + other.zh, self.en + other.en)


def said(text: Text, language: Language) -> str:
    """A text in one of the languages."""
    return text.zh if language == "zh" else text.en


def listed(texts: list[Text]) -> Text:
    """Several texts as one enumeration."""
    return Text("，".join(text.zh for text in texts), ", ".join(text.en for text in texts))


STAGES: Mapping[str, Text] = MappingProxyType(
    {
        "primary": Text("小学", "primary"),
        "junior": Text("初中", "junior"),
        "senior": Text("高中", "senior"),
    }
)
MANAGEMENTS: Mapping[str, Text] = MappingProxyType(
    {
        "homework": Text("作业", "Homework"),
        "sleep": Text("睡眠", "Sleep"),
        "phone": Text("手机", "Phones"),
        "reading": Text("读物", "Reading"),
        "fitness": Text("体质", "Fitness"),
    }
)
METRICS: Mapping[str, Text] = MappingProxyType(
    {
        "homework.minutes": Text("书面作业时长", "written homework"),
        "homework.weekend_minutes": Text("周末书面作业时长", "weekend homework"),
        "homework.written_set": Text("一二年级书面作业", "written tasks in grades 1–2"),
        "homework.channel": Text("手机或家长作业", "tasks by phone or for parents"),
        "homework.marking": Text("教师批改", "marked by the teacher"),
        "sleep.duration": Text("睡眠时长", "hours slept"),
        "sleep.bedtime": Text("就寝时间", "bedtime"),
        "phone.custody": Text("手机入校有审批", "phones with a permit"),
        "phone.classroom": Text("手机进课堂", "phones found in class"),
        "phone.screen_time": Text("屏幕时间", "screen time"),
        "reading.loans": Text("借阅", "loans"),
        "reading.swept": Text("问题读物处置", "unfit books removed"),
        "fitness.exercise": Text("体育活动1小时", "the hour of exercise"),
        "fitness.sport_time": Text("综合体育2小时", "the two hours of sport"),
        "fitness.big_break": Text("大课间", "big breaks"),
        "fitness.pe_kept": Text("体育课开足", "PE lessons kept"),
        "fitness.out_of_school": Text("校外锻炼", "exercise out of school"),
    }
)
UNITS: Mapping[str, Text] = MappingProxyType(
    {
        "class-day": Text("班次", "class-days"),
        "pupil-night": Text("人次(夜)", "pupil-nights"),
        "pupil-day": Text("人次", "pupil-days"),
        "piece of work": Text("份", "pieces of work"),
        "phone brought": Text("部", "phones brought"),
        "unfit book": Text("册", "unfit books"),
        "PE lesson": Text("节", "PE lessons"),
    }
)
BREACHES: Mapping[str, Text] = MappingProxyType(
    {
        "homework.minutes": Text("作业超时{n}班次", "homework over the limit on {n} class-days"),
        "homework.written_set": Text(
            "一二年级布置书面作业{n}班次", "written tasks in grades 1–2 on {n} class-days"
        ),
        "homework.channel": Text(
            "手机布置或转嫁家长作业{n}班次", "tasks by phone or for parents on {n} class-days"
        ),
        "homework.marking": Text("作业未经教师批改{n}份", "{n} pieces not marked by the teacher"),
        "phone.custody": Text("手机入校无审批{n}部次", "{n} phones brought without a permit"),
        "phone.classroom": Text("手机进课堂{n}班次", "phones found in class on {n} class-days"),
        "reading.swept": Text("问题读物未处置{n}册", "{n} unfit books not removed"),
        "fitness.exercise": Text("体育活动不足{n}班次", "exercise too short on {n} class-days"),
        "fitness.sport_time": Text("综合体育时间不足{n}班次", "too little sport on {n} class-days"),
        "fitness.big_break": Text("大课间不足{n}班次", "too few big breaks on {n} class-days"),
        "fitness.pe_kept": Text("体育课被占{n}节", "{n} PE lessons not kept"),
    }
)
"""What breaks a rule about the school, with how often; said of sums of class-days."""

UPDATING = Text("仍在更新", "still updating")
SETTLED = Text("已收数据均已计入", "all received data are in")
IN_DATABASE = Text("已入库数据均已计入", "all that has arrived is in")
FOOTER = Text(
    "仅用于工作改进，不作为学校和教师考核、排名依据",
    "For improving work only; no basis for judging or comparing schools and teachers",
)

_WEEKDAYS = (
    Text("周一", "Mon"), Text("周二", "Tue"), Text("周三", "Wed"), Text("周四", "Thu"),
    Text("周五", "Fri"), Text("周六", "Sat"), Text("周日", "Sun"),
)  # fmt: skip
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_GRADES = "一二三四五六七八九"
_SENIOR = "一二三"


def settled_text(settled: bool | None) -> Text:
    """Whether figures still move; None: what waits in Kafka is not known."""
    if settled is None:
        return IN_DATABASE
    return SETTLED if settled else UPDATING


def spoken_day(day: date) -> Text:
    """A day as people say it: 11月23日(周一), Mon 23 Nov."""
    weekday = _WEEKDAYS[day.weekday()]
    return Text(
        f"{day.month}月{day.day}日({weekday.zh})",
        f"{weekday.en} {day.day} {_MONTHS[day.month - 1]}",
    )


def spoken_moment(moment: datetime) -> Text:
    """A clock reading of a day: 11月23日(周一) 08:26."""
    clock = f" {moment:%H:%M}"
    return spoken_day(moment.date()).then(Text(clock, clock))


def spoken_span(first: date, last: date) -> Text:
    """A span of days: 11月16–30日, 16–30 Nov; months where they differ."""
    if (first.year, first.month) == (last.year, last.month):
        month = _MONTHS[first.month - 1]
        return Text(f"{first.month}月{first.day}–{last.day}日", f"{first.day}–{last.day} {month}")
    return Text(
        f"{first.month}月{first.day}日–{last.month}月{last.day}日",
        f"{first.day} {_MONTHS[first.month - 1]} – {last.day} {_MONTHS[last.month - 1]}",
    )


def spoken_grade(grade: int, stage: str) -> Text:
    """A grade as schools say it: 七年级(初一); grade 6 of a 5-4 school is of the junior stage."""
    if stage == "senior":
        return Text(f"高{_SENIOR[grade - 10]}", f"Grade {grade}")
    name = f"{_GRADES[grade - 1]}年级"
    if stage == "junior" and grade >= 7:
        name += f"(初{_SENIOR[grade - 7]})"
    elif stage == "junior":
        name += "(初中)"
    return Text(name, f"Grade {grade}")


def count(number: int) -> str:
    """A whole number with its thousands apart."""
    return f"{number:,}"


def signed_points(change: float) -> Text:
    """A change in percentage points, with its sign: +1.2个百分点."""
    number = f"{change:+.1f}".replace("-", "−")
    return Text(f"{number}个百分点", f"{number} points")

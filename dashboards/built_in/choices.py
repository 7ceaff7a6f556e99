"""What a reader of a built-in board chooses: period, stage, grade and metric."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from msgspec import Struct

from dashboards.codes import GRADES
from dashboards.model import Board
from dashboards.words import METRICS, STAGES, Language, Text, said, spoken_span

FIRST_METRIC = "homework.minutes"
_ALL_STAGES = Text("全部学段", "all stages")
_ALL_GRADES = Text("全部年级", "all grades")


class Period(Struct, frozen=True):
    """A half-month, month or term that has figures."""

    grain: str
    first: date
    last: date
    is_current: bool = False

    @property
    def value(self) -> str:
        """As queries and addresses have it."""
        return f"{self.grain}/{self.first}/{self.last}"

    def spoken(self) -> Text:
        """The period in words."""
        match self.grain:
            case "month":
                name = Text(f"{self.first.year}年{self.first.month}月", f"{self.first:%b %Y}")
                now = Text("本月 ", "This month: ")
            case "term":
                name = Text(
                    f"学期：自{self.first.year}年{self.first.month}月{self.first.day}日",
                    f"term from {self.first.day} {self.first:%b %Y}",
                )
                now = Text("本", "This ")
            case _:
                span = spoken_span(self.first, self.last)
                name = Text(f"{self.first.year}年{span.zh}", f"{span.en} {self.first.year}")
                now = Text("本半月 ", "This half-month: ")
        return now.then(name) if self.is_current else name


def chosen_period(periods: Sequence[Period], asked: str) -> tuple[Period, bool]:
    """The period that is asked for, or the newest half-month; whether it is what was asked for.

    Whoever asks for a period by its first day alone, or for one whose end has moved since, gets it.
    """
    grain, _, rest = asked.partition("/")
    first = rest.partition("/")[0]
    found = [one for one in periods if (one.grain, one.first.isoformat()) == (grain, first)]
    return (found[0], True) if found else (periods[0], not asked)


def term_of(periods: Sequence[Period], period: Period) -> Period:
    """The term that a period lies in: the last that has begun by its end, else the nearest."""
    terms = [one for one in periods if one.grain == "term"] or [period]
    begun = [one for one in terms if one.first <= period.last]
    return max(begun or terms, key=lambda one: one.first if begun else -one.first.toordinal())


class Choices(Struct, frozen=True):
    """What is chosen."""

    period: Period
    term: Period
    stage: str = "all"
    grade: str = "0"
    metric: str = FIRST_METRIC

    def parameters(self, unit_id: str, given: Mapping[str, str]) -> Mapping[str, Any]:
        """The parameters of a panel's query."""
        return {
            "unit": unit_id,
            "period": self.period.value,
            "term": self.term.value,
            "stage": self.stage,
            "grade": int(self.grade),
            "metric": self.metric,
            **given,
        }

    def kept(self, board: Board) -> dict[str, str]:
        """What an address takes along to another board: nothing that it would do by itself."""
        chosen = {
            "period": self.period.value,
            "stage": self.stage,
            "grade": self.grade,
            "metric": self.metric,
        }
        usual = {"stage": "all", "grade": "0", "metric": FIRST_METRIC}
        return {
            name: value
            for name, value in chosen.items()
            if name in board.variables and value != usual.get(name)
        }


class Option(Struct, frozen=True):
    """One of what may be chosen."""

    value: str
    text: str
    is_chosen: bool


class Choice(Struct, frozen=True):
    """A field in which one is chosen."""

    name: str
    title: Text
    options: Sequence[Option]


def fields(
    board: Board, choices: Choices, periods: Sequence[Period], language: Language
) -> list[Choice]:
    """The fields at the head of a board."""
    texts: Mapping[str, tuple[Text, str, Mapping[str, Text]]] = {
        "period": (
            Text("时段", "Period"), choices.period.value,
            {one.value: one.spoken() for one in periods},
        ),
        "stage": (Text("学段", "Stage"), choices.stage, {"all": _ALL_STAGES, **STAGES}),
        "grade": (Text("年级", "Grade"), choices.grade, {"0": _ALL_GRADES, **GRADES}),
        "metric": (Text("指标", "Metric"), choices.metric, METRICS),
    }  # fmt: skip
    return [
        Choice(name, title, [Option(v, said(t, language), v == chosen) for v, t in listed.items()])
        for name, (title, chosen, listed) in texts.items()
        if name in board.variables
    ]

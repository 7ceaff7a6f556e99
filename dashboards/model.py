"""What a board is: panels, each one question, one query and one way to be drawn."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Literal

from msgspec import Struct

from dashboards.words import Language, Text

Shows = Literal[
    "text", "day", "count", "share", "points", "number", "hundredths", "minutes", "clock", "unit",
    "metric",
]  # fmt: skip
"""How a column is printed: a share is 0 to 1, points are the difference of two shares, a clock is
minutes after noon."""
Role = Literal["label", "value", "state", "link", "extra"]
"""What a column is for in a chart: along the axis, drawn, colour, or told beside."""
Chart = Literal["number", "table", "lines", "bars", "histogram"]
Variable = Literal["unit", "stage", "grade", "metric", "period"]
"""What a reader chooses; in a query `:unit`, `:stage` ('all' or one), `:grade` (0: all), `:metric`
and `:period` (grain/first day/last day, as halfmonth/2026-11-16/2026-11-30). The term that the
period lies in is `:term`, in the same form."""
Face = Literal["both", "built_in", "grafana"]
Level = Literal["province", "city", "district", "area", "school"]


class Column(Struct, frozen=True, kw_only=True):
    """A column of a query's answer."""

    name: str
    title: Text
    shows: Shows
    role: Role = "value"
    english: str | None = None
    """The column that says the same in English, where it is a text."""
    why: str | None = None
    """The column that says why there is no number: a state (`dashboards.states`)."""
    state: str | None = None
    """The column with the state of the number, which gives it colour and shape; built in only:
    Grafana colours no cell by another."""
    is_coverage: bool = False
    """Whether it is a reporting rate: hatched or grey under 60 %."""
    leads_to: str | None = None
    """The board that the number leads to, for the unit of the row."""

    def name_in(self, language: Language) -> str:
        """The column of the answer that is shown in a language."""
        return self.english or self.name if language == "en" else self.name


class Panel(Struct, frozen=True, kw_only=True):
    """One question, and how its answer is drawn."""

    panel_id: str
    """Stable: it names the panel in addresses, files and tests."""
    title: Text
    question: Text
    """The question that the panel answers, with what is counted."""
    query: str
    """The name of a file in `dashboards/queries`, without its ending; empty for what is made of
    classes, which no view shows."""
    chart: Chart
    columns: Sequence[Column]
    given: Mapping[str, str] = MappingProxyType({})
    """Parameters of the query that the panel itself decides, as the metric it is about."""
    width: int = 12
    """Of 24."""
    height: int = 8
    face: Face = "both"
    """Built in only: what is shown of classes, with the school's own key."""
    links_to: str | None = None
    """The board that a row leads to, for the unit in its column of the role `link`."""
    breaks: str | None = None
    """The query of the breaks that are shaded behind the lines: `first_day`, `last_day`."""

    def column(self, role: Role) -> Column | None:
        """The first column of a role."""
        return next((one for one in self.columns if one.role == role), None)


class Board(Struct, frozen=True, kw_only=True):
    """A page of panels for one kind of reader."""

    board_id: str
    """Stable: its address and its uid in Grafana."""
    title: Text
    question: Text
    levels: Sequence[Level]
    """The levels of the units that it can be looked at for."""
    variables: Sequence[Variable]
    panels: Sequence[Panel]
    datasource: Literal["figures", "prometheus"] = "figures"

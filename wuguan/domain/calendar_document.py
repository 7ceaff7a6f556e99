"""The calendar of one unit as it is sent: its terms, its exceptions, its plan."""

from collections.abc import Collection

from wuguan.domain.calendar import CalendarException, PlanEntry, Term, UnitCalendar
from wuguan.domain.document_reader import (
    FaultList,
    Field,
    Members,
    Read,
    boolean,
    day,
    entry,
    identifier,
    integer,
    label,
    list_of,
    read_members,
    span,
    text,
    word,
)
from wuguan.domain.forms import UNIT_ID
from wuguan.domain.organisation import Organisation
from wuguan.domain.roster import STAGES, Stage

_LONGEST_REASON = 200


def read_calendar(
    document: object, organisation: Organisation, metrics: Collection[str]
) -> UnitCalendar:
    """The calendar that a document lays down for its unit, which the roster must know.

    The lists keep their order: of two exceptions that name a day, and of two plan entries of one
    metric and `from`, the later counts. Raises `InvalidDocument` with every fault found (beyond a
    thousand, their number), and nothing else, whatever the JSON.
    """
    faults = FaultList()
    fields = {
        "unit_id": Field(_unit_of(organisation)),
        "terms": Field(list_of(_TERM), required=False),
        "exceptions": Field(list_of(_EXCEPTION), required=False),
        "plan": Field(list_of(_plan_reader(metrics)), required=False),
    }
    members = read_members(document, "", faults, fields) or {}
    faults.raise_if_any()
    return UnitCalendar(**members)


def _unit_of(organisation: Organisation) -> Read[str]:
    read_id = identifier(UNIT_ID)

    def read(value: object, path: str, faults: FaultList) -> str | None:
        unit_id = read_id(value, path, faults)
        if unit_id is None or organisation.level(unit_id) is not None:
            return unit_id
        message = "the roster has no such unit; send the roster first"
        faults.add(path, "unknown_unit", message, "名册中没有这个单位；请先提交名册")
        return None

    return read


def _metric_of(metrics: Collection[str]) -> Read[str]:
    managements = {metric.partition(".")[0] for metric in metrics}

    def read(value: object, path: str, faults: FaultList) -> str | None:
        metric = text(value, path, faults)
        if metric is None:
            return None
        management, _, what = metric.partition(".")
        if what == "reporting" and management in managements:
            message = "follows from the plan of the other metrics and cannot be planned by itself"
            message_zh = "上报率由同一管理的其他指标的计划决定，不能单独计划"
            faults.add(path, "not_plannable", message, message_zh)
        elif metric not in metrics:
            message = "no such metric; see the list of metrics in the documentation"
            faults.add(path, "unknown_metric", message, "没有这个指标；请查阅文档中的指标表")
        return metric

    return read


def _weekday_fits(members: Members, path: str, faults: FaultList) -> None:
    """A weekday goes with every week, and with nothing else."""
    every, weekday = members.get("every"), "weekday" in members
    if every == "week" and not weekday:
        message = "every week needs a weekday, 1 (Monday) to 7"
        message_zh = "每周一次（week）须写明 weekday，1（周一）至 7（周日）"
        faults.add(f"{path}/weekday", "missing_field", message, message_zh)
    if every == "day" and weekday:
        message = "every day has no weekday; leave it out, or write every: week"
        message_zh = "每日（day）不应写 weekday；请删去，或将 every 改为 week"
        faults.add(f"{path}/weekday", "out_of_range", message, message_zh)


def _stages(members: Members) -> tuple[Stage, ...]:
    return tuple(dict.fromkeys(members.get("stages", ())))


_SPAN = {
    "from": Field(day),
    "to": Field(day),
    "stages": Field(list_of(word(STAGES), may_be_empty=False), required=False),
}

_TERM = entry(
    _SPAN,
    lambda members: Term(members["from"], members["to"], _stages(members)),
    span("from", "to"),
)

_EXCEPTION = entry(
    {**_SPAN, "school_day": Field(boolean), "reason": Field(label(_LONGEST_REASON))},
    lambda members: CalendarException(
        members["from"],
        members["to"],
        members["school_day"],
        members["reason"],
        _stages(members),
    ),
    span("from", "to"),
)


def _plan_reader(metrics: Collection[str]) -> Read[PlanEntry]:
    return entry(
        {
            "metric": Field(_metric_of(metrics)),
            "every": Field(word(("day", "week"))),
            "weekday": Field(integer(1, 7), required=False),
            "from": Field(day),
        },
        lambda members: PlanEntry(
            members["metric"], members["every"], members.get("weekday"), members["from"]
        ),
        _weekday_fits,
    )

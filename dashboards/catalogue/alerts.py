"""Alerts counted 预警统计: what is open, by rule and by unit; the two kinds stand apart."""

from dashboards.alert_words import KINDS
from dashboards.catalogue.columns import value
from dashboards.catalogue.panels import ALL_LEVELS
from dashboards.model import Board, Panel
from dashboards.words import Text
from wuguan.domain.alerting.rule import Kind

_UNIT = value("unit_id", "代码", "id", "unit", "link")
_NAME = value("name", "单位", "unit", "text", "label")
_TITLE = value("title_zh", "预警", "alert", "text", "label", english="title")
_COUNTS = (
    value("pending", "待确认", "pending", "count"),
    value("firing", "预警中", "firing", "count"),
    value("acknowledged", "处理中", "in hand", "count"),
)
_SINCE = value("since", "自", "since", "day", "extra")
_RESOLVED = value("resolved", "本期已恢复", "resolved in the period", "count")


def _open(kind: Kind) -> Panel:
    name = KINDS[kind]
    return Panel(
        panel_id=f"open-{kind}",
        title=Text(f"{name.zh}：未结束的预警", f"{name.en}: open alerts"),
        question=Text(
            "本单位及下级现在有哪些预警，从哪天起，数字与界限各是多少？按单位代码排列。",
            "Which alerts of the unit and all below it are open now, since when, and how does the"
            " figure stand beside its threshold? In the order of the units' ids.",
        ),
        query="open_alerts",
        given={"kind": kind},
        chart="table",
        width=24,
        height=12,
        columns=(
            _UNIT,
            _NAME,
            _TITLE,
            value("system", "来源系统", "source system", "text", "label"),
            value("alert_state", "状态", "state", "text", "label"),
            value("severity", "程度", "severity", "text", "label"),
            value("days", "上学日", "school days", "count"),
            _SINCE,
            value("value", "数字", "figure", "number", "extra"),
            value("threshold", "界限", "threshold", "number", "extra"),
        ),
        links_to="alert-counts",
    )


def _by_rule(kind: Kind) -> Panel:
    name = KINDS[kind]
    return Panel(
        panel_id=f"rules-{kind}",
        title=Text(f"{name.zh}：各项预警", f"{name.en}: by rule"),
        question=Text(
            "每项预警现在有多少条，涉及几个单位，本期恢复了多少？",
            "How many alerts of each rule are open, in how many units, and how many were resolved"
            " in the period?",
        ),
        query="alerts_by_rule",
        given={"kind": kind},
        chart="table",
        width=12,
        height=12,
        columns=(_TITLE, *_COUNTS, value("units", "单位数", "units", "count"), _RESOLVED),
    )


def _by_unit(kind: Kind) -> Panel:
    name = KINDS[kind]
    return Panel(
        panel_id=f"units-{kind}",
        title=Text(f"{name.zh}：各单位", f"{name.en}: by unit"),
        question=Text(
            "各单位现在有多少条预警，最早从哪天起，本期恢复了多少？按单位代码排列。",
            "How many alerts has each unit now, since when, and how many were resolved in the"
            " period? In the order of the units' ids.",
        ),
        query="alerts_by_unit",
        given={"kind": kind},
        chart="table",
        width=12,
        height=12,
        columns=(_UNIT, _NAME, *_COUNTS, _SINCE, _RESOLVED),
        links_to="alert-counts",
    )


NUMBERS = Panel(
    panel_id="alerts",
    title=Text("预警", "Alerts"),
    question=Text(
        "现在有多少条预警，多少条已有人处理？两类分开计数；列表见「预警」。",
        "How many alerts are firing now, and how many has somebody in hand? The two kinds are"
        " counted apart; the list is under Alerts.",
    ),
    query="alert_counts",
    chart="number",
    width=24,
    height=4,
    columns=(
        value("compliance", "规定执行：预警中", "compliance: firing", "count"),
        value("compliance_in_hand", "规定执行：处理中", "compliance: in hand", "count"),
        value("data", "数据上报：预警中", "data: firing", "count"),
        value("data_in_hand", "数据上报：处理中", "data: in hand", "count"),
    ),
)

ALERT_COUNTS = Board(
    board_id="alert-counts",
    title=Text("预警统计", "Alerts counted"),
    question=Text(
        "现在有哪些预警，哪些规定、哪些单位较多，本期恢复了多少？",
        "Which alerts are open, of which rules and in which units, and how many were resolved?",
    ),
    levels=ALL_LEVELS,
    variables=("unit", "period"),
    panels=tuple(panel(kind) for kind in KINDS for panel in (_open, _by_rule, _by_unit)),
)

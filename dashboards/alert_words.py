"""What the words of alerts are called, in Chinese and in English, with a shape beside colours."""

from collections.abc import Mapping
from types import MappingProxyType

from dashboards.words import Text
from wuguan.domain.alerting import wording
from wuguan.domain.alerting.life import Cause, Happened, State
from wuguan.domain.alerting.rule import Kind, Severity

KINDS: Mapping[Kind, Text] = MappingProxyType(
    {
        "compliance": Text("规定执行", "Compliance"),
        "data": Text("数据上报", "Data"),
    }
)
KIND_NOTES: Mapping[Kind, Text] = MappingProxyType(
    {
        "compliance": Text(
            "关于规定的执行：上报的数据低于规定要求，校外和家庭只看全区趋势。是否属实由人核实。",
            "About the keeping of rules: what was reported is below what they ask; of what happens"
            " at home, trends of districts alone. A person checks whether it is so.",
        ),
        "data": Text(
            "关于上报的数据：没有上报、突然减少、完全相同或被退回。与规定执行无关。",
            "About what is sent: nothing, suddenly less, all the same, or refused. It says nothing"
            " of what a school does.",
        ),
    }
)
STATES: Mapping[State, Text] = MappingProxyType(
    {
        "pending": Text("待确认", "pending"),
        "firing": Text("预警中", "firing"),
        "acknowledged": Text("已签收/处理中", "acknowledged, in hand"),
        "resolved": Text("已恢复", "resolved"),
    }
)
SEVERITIES: Mapping[Severity, Text] = MappingProxyType(
    {severity: Text(*both) for severity, both in wording.SEVERITIES.items()}
)
SEVERITY_SHAPES: Mapping[Severity, str] = MappingProxyType(
    {"minor": "▲", "major": "◆", "critical": "■"}
)
HAPPENED: Mapping[Happened, Text] = MappingProxyType(
    {
        "pending": Text("待确认", "pending"),
        "dropped": Text("未成预警", "did not become an alert"),
        "fired": Text("预警", "fired"),
        "worsened": Text("程度加重", "worsened"),
        "eased": Text("程度减轻", "eased"),
        "escalated": Text("已升级", "escalated"),
        "resolved": Text("已恢复", "resolved"),
        "reopened": Text("再次出现", "reopened"),
        "acknowledged": Text("已签收", "acknowledged"),
        "assigned": Text("指定责任督学", "assigned"),
        "noted": Text("备注", "note"),
        "silenced": Text("暂停提醒", "silenced"),
        "unsilenced": Text("恢复提醒", "no longer silenced"),
    }
)
CAUSES: Mapping[Cause, Text] = MappingProxyType(
    {
        "recovered": Text("情况已好转", "the days got better"),
        "corrected": Text("数据已更正", "the data were corrected"),
        "rule_ended": Text("不再监测", "no longer watched"),
    }
)
ALERTS = Text("预警", "Alerts")
ASSIGNEE = Text("责任督学", "assigned inspector")
SILENCED = Text("暂停提醒", "silenced")
NO_VERDICT = Text(
    "预警不是结论：数据是否属实、是否违反规定，由人核实。",
    "An alert is no verdict: a person checks whether the data are true and what they mean.",
)

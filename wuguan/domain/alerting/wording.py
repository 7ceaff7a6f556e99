"""The text of a message, in plain Chinese or English.

Nobody is named, and nobody can be counted: where one unit of count is a pupil the figure itself
stays on the alert's page, which knows who may see small ones. What people note is not sent on.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from wuguan.domain.alerting.life import Alert, Entry
from wuguan.domain.alerting.message import Item, Message
from wuguan.domain.alerting.receiver import Language
from wuguan.domain.alerting.rule import AlertRule, Kind, Severity
from wuguan.domain.managements import METRICS
from wuguan.domain.policy import Rule

_MOST_DAYS = 5
_Both = tuple[str, str]

# All say 五管: it is the keyword by which a group's robot may be guarded.
_KINDS: Mapping[Kind, _Both] = MappingProxyType(
    {
        "compliance": ("五管预警", "五管 Wuguan alert"),
        "data": ("五管数据预警", "五管 Wuguan data alert"),
    }
)
SEVERITIES: Mapping[Severity, _Both] = MappingProxyType(
    {"minor": ("一般", "minor"), "major": ("较重", "major"), "critical": ("严重", "critical")}
)
"""How grave an alert is, in Chinese and English: in messages and on pages."""
_HAPPENED: Mapping[str, _Both] = MappingProxyType(
    {
        "fired": ("新预警", "new"),
        "reopened": ("再次出现", "again"),
        "worsened": ("程度加重", "worse"),
        "escalated": ("尚未签收，现告知上一级", "nobody has acknowledged it; told further up"),
        "resolved": ("已恢复", "ended"),
    }
)
_CAUSES: Mapping[str, _Both] = MappingProxyType(
    {
        "recovered": ("情况已改进", "it got better"),
        "corrected": ("补报或更正后不再成立", "late or corrected data removed it"),
        "rule_ended": ("不再监测此项", "it is watched no more"),
    }
)
_VALUES: Mapping[str, _Both] = MappingProxyType(
    {
        "compliance": ("符合规定 {value}%", "{value}% in line"),
        "reporting": ("上报率 {value}%", "{value}% reported"),
        "mean": ("平均 {value}", "mean {value}"),
        "percentile": ("第 {percentile} 百分位 {value}", "percentile {percentile}: {value}"),
        "count": ("共 {value}", "{value} in all"),
        "silent": ("没有上报", "nothing was reported"),
        "drop": ("上报率下降 {value} 个百分点", "reporting fell by {value} points"),
        "identical": (
            "数据与前一上课日完全相同且全部符合",
            "the figures are those of the school day before, all in line",
        ),
        "rejects": ("被拒收 {value} 条", "{value} events were refused"),
    }
)
_ASKED: Mapping[str, _Both] = MappingProxyType(
    {
        "below": ("，要求不低于 {threshold}{unit}", ", asked are at least {threshold}{unit}"),
        "above": ("，要求不超过 {threshold}{unit}", ", asked are at most {threshold}{unit}"),
    }
)
_UNITS = MappingProxyType({"compliance": "%", "reporting": "%"})
_SAID_BY_ITSELF = frozenset({"silent", "identical"})
_TO_DO: Mapping[Kind, _Both] = MappingProxyType(
    {
        "compliance": (
            "请核实并改进；数据有误请更正上报。",
            "Look into it and put it right; correct the data where they are wrong.",
        ),
        "data": (
            "请检查上报系统，补报缺少的数据。",
            "Look after the system that reports, and send what is missing.",
        ),
    }
)
_NO_FIGURE: _Both = ("（数值见详情页）", "(the figure is on the page)")
_FOOTER: _Both = ("消息编号 {message_id}", "Message {message_id}")


def message_of(
    items: Sequence[Item], kind: Kind, language: Language, message_id: str, at_us: int
) -> Message:
    """The message about these alerts, all of one kind; units in the order of their first alert."""
    lines: list[str] = []
    for name in dict.fromkeys(one.unit_name for one in items):
        lines.append(f"■ {name}")
        for one in items:
            if one.unit_name == name:
                lines += [*_lines(one, language), ""]
    lines.append(_said(_FOOTER, language).format(message_id=message_id))
    return Message(
        message_id=message_id,
        kind=kind,
        title=_title(items, kind, language),
        text="\n".join(lines),
        items=items,
        at_us=at_us,
    )


def trial(receiver_id: str, language: Language, message_id: str, at_us: int) -> Message:
    """A message that says no more than that messages arrive."""
    texts = (f"测试消息：收到即说明接收方 {receiver_id} 设置正确。",
             f"A test: receiver {receiver_id} is set up rightly if you read this.")  # fmt: skip
    footer = _said(_FOOTER, language).format(message_id=message_id)
    return Message(
        message_id=message_id,
        kind="data",
        title=_said(("五管测试消息", "五管 Wuguan test"), language),
        text=f"{_said(texts, language)}\n{footer}",
        at_us=at_us,
    )


def figure_text(rule: AlertRule, alert: Alert, language: Language) -> str:
    """The figure and what is asked; no figure where it would count pupils."""
    metric = METRICS.get(rule.metric)
    if alert.value is None or (metric is not None and metric.of_pupils):
        return _said(_NO_FIGURE, language)
    said = _said(_VALUES[rule.statistic], language)
    if rule.statistic not in _SAID_BY_ITSELF and alert.threshold is not None:
        said += _said(_ASKED[rule.breach], language)
    return said.format(
        value=_number(alert.value),
        threshold=_number(alert.threshold or 0.0),
        percentile=rule.percentile,
        unit=_UNITS.get(rule.statistic, ""),
    )


def days_text(alert: Alert, language: Language) -> str:
    """The school days in breach, the last ones by their dates."""
    days = [f"{one.month}月{one.day}日" if language == "zh" else f"{one:%m-%d}"
            for one in alert.breach_days[-_MOST_DAYS:]]  # fmt: skip
    number = len(alert.breach_days)
    if language == "zh":
        return f"{'、'.join(days)}（共 {number} 个上课日）"
    return f"{', '.join(days)} ({number} school day{'s' * (number != 1)})"


def clause_text(clause: Rule) -> str:
    """A clause by its document, as the document calls itself."""
    number = f"（{clause.source.document}）" if clause.source.document else ""
    return f"《{clause.source.title}》{number}{clause.source.clause}"


def title_of(item: Item, language: Language) -> str:
    """What the alert is about."""
    rule = item.rule
    said = item.alert.rule_id if rule is None else _said((rule.title_zh, rule.title), language)
    return f"{said} · {item.alert.system}" if item.alert.system else said


def happened_text(entries: Sequence[Entry], language: Language) -> str:
    """What happened, in order."""
    return " → ".join(
        _said(_HAPPENED.get(one.happened, (one.happened, one.happened)), language)
        for one in entries
    )


def _lines(item: Item, language: Language) -> list[str]:
    severity = _said(SEVERITIES[item.entries[-1].severity], language)
    happened = happened_text(item.entries, language)
    lines = [f"【{severity}】{title_of(item, language)}：{happened}"] if language == "zh" else [
        f"[{severity}] {title_of(item, language)}: {happened}"]  # fmt: skip
    if item.rule is not None and not item.is_resolved:
        lines.append(_labelled(("情况", "Figure"), figure_text(item.rule, item.alert, language),
                               language))  # fmt: skip
    lines.append(_labelled(("上课日", "School days"), days_text(item.alert, language), language))
    for clause in item.clauses if not item.is_resolved else ():
        lines.append(_labelled(("依据", "Clause"), clause_text(clause), language))
    cause = item.entries[-1].cause
    if item.is_resolved and cause is not None:
        lines.append(_labelled(("原因", "Cause"), _said(_CAUSES[cause], language), language))
    if not item.is_resolved:
        todo = _said(_TO_DO[item.alert.kind], language)
        lines.append(_labelled(("处理", "To do"), todo, language))
    if item.link:
        lines.append(_labelled(("详情", "Page"), item.link, language))
    return lines


def _title(items: Sequence[Item], kind: Kind, language: Language) -> str:
    head = _said(_KINDS[kind], language)
    names = list(dict.fromkeys(one.unit_name for one in items))
    number = len(items)
    if language == "zh":
        whose = names[0] if len(names) == 1 else f"{len(names)} 个单位"
        return f"【{head}】{whose} {number} 项"
    whose = names[0] if len(names) == 1 else f"{len(names)} units"
    return f"{head}: {whose}, {number} item{'s' * (number != 1)}"


def _labelled(label: _Both, text: str, language: Language) -> str:
    return f"{label[0]}：{text}" if language == "zh" else f"{label[1]}: {text}"


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _said(text: _Both, language: Language) -> str:
    return text[0] if language == "zh" else text[1]

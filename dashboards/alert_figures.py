"""The figure of an alert in words: what was found, and what is asked."""

from collections.abc import Mapping
from types import MappingProxyType

from dashboards.words import MANAGEMENTS, METRICS, Text
from wuguan.domain.alerting.life import Alert
from wuguan.domain.alerting.rule import AlertRule, Statistic

_SAID: Mapping[Statistic, Text] = MappingProxyType(
    {
        "compliance": Text(
            "{metric}符合规定率 {value}%，要求{side}{bound}%",
            "{metric}: {value} % keep the rule, {side} {bound} % is asked",
        ),
        "reporting": Text(
            "{metric}上报率 {value}%，应{side}{bound}%",
            "{metric}: {value} % reported, {side} {bound} % is expected",
        ),
        "mean": Text(
            "{metric}均值 {value}，应{side}{bound}",
            "{metric}: a mean of {value}, {side} {bound} is asked",
        ),
        "percentile": Text(
            "{metric}第{percentile}百分位 {value}，应{side}{bound}",
            "{metric}: percentile {percentile} is {value}, {side} {bound} is asked",
        ),
        "count": Text(
            "{metric}合计 {value}，应{side}{bound}",
            "{metric}: {value} altogether, {side} {bound} is asked",
        ),
        "silent": Text(
            "{metric}连续未报 {days} 个上学日", "{metric}: silent for {days} school days"
        ),
        "drop": Text(
            "{metric}上报率比此前下降 {value} 个百分点，应{side}{bound} 个百分点",
            "{metric}: reporting fell by {value} points, {side} {bound} is expected",
        ),
        "identical": Text(
            "{metric}连续 {days} 个上学日的数据完全相同",
            "{metric}: the very same figures on {days} school days in a row",
        ),
        "rejects": Text(
            "{metric}被退回 {value} 条，应{side}{bound} 条",
            "{metric}: {value} events refused, {side} {bound} is expected",
        ),
    }
)
_UNTITLED = Text("{value}，界限 {bound}", "{value}, threshold {bound}")
"""Of a rule that is gone: of what it was, nobody knows any more."""
_SIDES = {"below": Text("不低于 ", "at least"), "above": Text("不超过 ", "at most")}


def said_figure(alert: Alert, rule: AlertRule | None) -> Text:
    """What was found on the last day that said anything, and what is asked."""
    value, bound = printed(alert.value), printed(alert.threshold)
    if rule is None:
        return _UNTITLED.filled(value=value, bound=bound)
    metric, side, said = metric_name(rule.metric), _SIDES[rule.breach], _SAID[rule.statistic]
    given = {
        "value": value,
        "bound": bound,
        "days": len(alert.breach_days),
        "percentile": rule.percentile,
    }
    return Text(
        said.zh.format(metric=metric.zh, side=side.zh, **given),
        said.en.format(metric=metric.en, side=side.en, **given),
    )


def said_rule(rule: AlertRule) -> Text:
    """From when on it is an alert, and when no longer."""
    return Text(
        f"每个上学日看最近 {rule.window_days} 个上学日的合计；连续 {rule.for_days} 个上学日超出界限"
        f"即预警，连续 {rule.clear_days} 个上学日恢复即解除。没有数据的日子不算超出，也不算恢复。",
        f"Each school day is judged by the sums of the last {rule.window_days}; {rule.for_days} in"
        f" breach in a row are an alert, {rule.clear_days} kept in a row end it. A day without data"
        " is neither.",
    )


def metric_name(metric: str) -> Text:
    """The name of a metric, of reporting that of its management."""
    management, _, rest = metric.partition(".")
    return MANAGEMENTS[management] if rest == "reporting" else METRICS[metric]


def printed(value: float | None) -> str:
    """A number to one digit; what is not quite a hundred is not printed as one."""
    if value is None:
        return "–"
    rounded = round(value, 1)
    if value < 100 <= rounded:
        rounded = 99.9
    return f"{rounded:,.1f}".removesuffix(".0")

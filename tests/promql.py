"""Which metrics an expression of Prometheus asks for, and the labels that each is told with."""

import re

from wuguan.metric_names import METRIC_NAMES, Described

PROMETHEUS_OWN = {"up": ("job", "instance")}
SELECTOR = re.compile(r"\b(wuguan_\w+|up)\b(?:\{([^}]*)\})?")
MATCHER = re.compile(r"(\w+)\s*(?:=~|!~|!=|=)")
GROUPING = re.compile(r"\bby \(([^)]*)\)")


def described(metric: str) -> Described | None:
    """What a metric is, also by the names under which Prometheus keeps a histogram."""
    for name, one in METRIC_NAMES.items():
        parts = ("_bucket", "_count", "_sum") if one.kind == "histogram" else ("",)
        if metric in {f"{name}{part}" for part in parts}:
            return one
    return None


def labels_of(metric: str) -> set[str]:
    """The labels of a metric, which must be one that is told."""
    if metric in PROMETHEUS_OWN:
        return set(PROMETHEUS_OWN[metric])
    one = described(metric)
    assert one is not None, f"{metric} is not in wuguan.metric_names"
    return {*one.labels, *(["le"] if metric.endswith("_bucket") else [])}


def assert_told(expression: str) -> None:
    """Every metric that is asked for is told, with the labels that it is matched and grouped by."""
    found = SELECTOR.findall(expression)
    assert found, "no metric is asked for"
    for metric, matchers in found:
        assert {*MATCHER.findall(matchers)} <= labels_of(metric), metric
    grouped = {name.strip() for names in GROUPING.findall(expression) for name in names.split(",")}
    assert grouped <= {name for metric, _ in found for name in labels_of(metric)}

"""Forty rules of schools, like those that are shipped: what `make bench-alerts` evaluates."""

from collections.abc import Iterator
from typing import Any

from wuguan.domain.alerting.rule import AlertRule, SeverityStep
from wuguan.domain.managements import MANAGEMENTS, METRICS
from wuguan.domain.policy import PolicyBook

_STEPS = (SeverityStep(severity="major", beyond=10.0), SeverityStep(severity="critical", beyond=30))


def forty_rules(policy: PolicyBook) -> list[AlertRule]:
    """The compliance of all that schools are asked, and all that data rules look at."""
    judged = sorted({rule.metric for rule in policy.rules if METRICS[rule.metric].about_school})
    found = [*_of_data(), *(one for metric in judged for one in _of_metric(metric))]
    assert len(found) >= 40, len(found)
    return found[:40]


def _of_data() -> Iterator[AlertRule]:
    for name in MANAGEMENTS:
        metric = f"{name}.reporting"
        yield _rule("silent", metric, "silent", threshold=0.5, breach="above", for_days=2)
        yield _rule("silent-system", metric, "silent", by_system=True, threshold=0.5,
                    breach="above", for_days=5)  # fmt: skip
        yield _rule("drop", metric, "drop", threshold=20, breach="above", window_days=5)
        yield _rule("reporting", metric, "reporting", threshold=60, breach="below", window_days=10)
        yield _rule("rejects", metric, "rejects", threshold=50, breach="above", window_days=5)


def _of_metric(metric: str) -> Iterator[AlertRule]:
    yield _rule(
        "cap", metric, "compliance", kind="compliance", threshold="policy", breach="below",
        window_days=5, for_days=2, clear_days=3, clear_margin=1.0, steps=_STEPS,
    )  # fmt: skip
    if METRICS[metric].edges:
        yield _rule("high", metric, "percentile", kind="compliance", threshold=500, breach="above",
                    window_days=5, for_days=3)  # fmt: skip
        yield _rule("identical", metric, "identical", threshold=0.5, breach="above", for_days=5)


def _rule(name: str, metric: str, statistic: Any, **members: Any) -> AlertRule:
    usual = {"kind": "data", "title": name, "title_zh": name}
    of = {**usual, **members}
    return AlertRule(rule_id=f"{name}-{metric}", metric=metric, statistic=statistic, **of)

"""Measuring one class-day under the national rules: what the tests of all managements share."""

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any

from hypothesis import strategies as st
from msgspec import Struct

from tests.builders import TODAY, ledger_of
from tests.strategies import events_of_a_class_day
from wuguan.domain.envelope import Envelope
from wuguan.domain.managements import MANAGEMENTS, METRICS
from wuguan.domain.measure import measure
from wuguan.domain.measuring import ClassDay, Finding
from wuguan.domain.policy import PolicyBook, Rule
from wuguan.domain.tally import Tally
from wuguan.policy_packs import policy_book

_WEEKEND = frozenset({"homework.weekend_minutes"})


class Result(Struct, frozen=True):
    """The tallies of a class-day by metric, the rules in force for them, and the findings."""

    tallies: Mapping[str, Tally]
    rules: Mapping[str, str | None]
    findings: frozenset[Finding]

    def counts(self, metric: str) -> tuple[int, int, int, int, int]:
        """Expected, reported, judged, compliant and total of a metric."""
        one = self.tallies[metric]
        return (one.expected, one.reported, one.judged, one.compliant, one.total)

    def bins(self, metric: str) -> list[int]:
        """The bins of a metric."""
        return list(self.tallies[metric].bins)


@cache
def national_book() -> PolicyBook:
    """The shipped rules."""
    return policy_book(None)


def national_rules(
    management: str, stage: str = "primary", grade: int = 4, day: date = TODAY
) -> dict[str, Rule]:
    """The national rules in force for a class, by metric."""
    found = {
        metric.name: national_book().rule_for(metric.name, (), day, stage, grade)
        for metric in MANAGEMENTS[management].metrics
    }
    return {name: rule for name, rule in found.items() if rule is not None}


def class_day(
    management: str,
    *,
    stage: str = "primary",
    grade: int = 4,
    pupils: int = 6,
    day: date = TODAY,
    **changed: Any,
) -> ClassDay:
    """A weekday of a class of six in grade 4, every metric asked for; `changed` are members."""
    names = frozenset(metric.name for metric in MANAGEMENTS[management].metrics) - _WEEKEND
    members: dict[str, Any] = {
        "scope": names,
        "calendar_scope": names - {f"{management}.reporting"},
        "standing_nil": False,
        "rules": national_rules(management, stage, grade, day),
    }
    return ClassDay(stage, grade, pupils, **{**members, **changed})


def measured_of(management: str, *stated: Envelope, **of_the_day: Any) -> Result:
    """What is measured of these events on such a class-day."""
    one = measure(management, ledger_of(*stated), class_day(management, **of_the_day))
    return Result(
        {each.metric: each.tally for each in one.tallies},
        {each.metric: each.rule for each in one.tallies},
        frozenset(one.findings),
    )


def class_days(management: str) -> st.SearchStrategy[Result]:
    """What is measured of any valid events, of classes large and small, in any stage."""
    stages = st.sampled_from((("primary", 1), ("primary", 4), ("junior", 8), ("senior", 11)))
    return st.builds(
        lambda stated, stage, pupils, nil: measured_of(
            management,
            *stated,
            stage=stage[0],
            grade=stage[1],
            pupils=pupils,
            standing_nil=nil,
        ),
        events_of_a_class_day(management),
        stages,
        st.sampled_from((1, 6, 40)),
        st.booleans(),
    )


def keeps_the_invariants(result: Result) -> None:
    """Fails where more is in order than judged, than reported, than expected, or bins are off."""
    for metric, one in result.tallies.items():
        assert 0 <= one.compliant <= one.judged <= one.reported <= one.expected
        assert one.expected > 0
        assert one.total >= 0
        assert sum(one.bins) == (one.reported if METRICS[metric].edges else 0)
        assert len(one.bins) == METRICS[metric].bin_count
        assert one.judged == 0 or result.rules[metric] is not None

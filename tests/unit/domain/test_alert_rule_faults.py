"""Members of an alert rule that do not go together, and rules that could never raise or end one."""

from typing import Any

import pytest

from wuguan.domain.alerting.rule import AlertRule, SeverityStep, Telling
from wuguan.domain.alerting.rule_faults import rule_faults


def rule(**members: Any) -> AlertRule:
    usual: dict[str, Any] = {
        "rule_id": "homework-cap", "kind": "compliance", "metric": "homework.minutes",
        "statistic": "compliance", "threshold": 90.0, "breach": "below", "title": "x",
        "title_zh": "x",
    }  # fmt: skip
    return AlertRule(**{**usual, **members})


def data(**members: Any) -> AlertRule:
    usual: dict[str, Any] = {
        "kind": "data", "metric": "homework.reporting", "statistic": "silent", "threshold": 0.0,
        "breach": "above",
    }  # fmt: skip
    return rule(**{**usual, **members})


def faults(*rules: AlertRule) -> list[tuple[str, str]]:
    return [(fault.member, fault.code) for fault in rule_faults(rules)]


def telling(*days: int) -> tuple[Telling, ...]:
    return tuple(Telling(after_days=one, who=("school",)) for one in days)


CITY = (Telling(after_days=0, who=("city",)),)
MINOR, MAJOR = (
    SeverityStep(severity="minor", beyond=1.0),
    SeverityStep(severity="major", beyond=9.0),
)
CRITICAL = SeverityStep(severity="critical", after_days=5)

SOUND = [
    rule(),
    rule(threshold="policy", clear_margin=3.0),
    rule(threshold=100.0, clear_margin=3.0),
    rule(statistic="mean", threshold=60.0, breach="above", clear_margin=60.0),
    rule(statistic="percentile", threshold=60.0, breach="above"),
    rule(statistic="count", metric="phone.classroom", threshold=0.0, breach="above"),
    rule(metric="sleep.duration", level="district", tell=CITY),
    rule(metric="reading.loans", statistic="mean", threshold=0.1, level="city", tell=CITY),
    data(),
    data(by_system=True),
    data(statistic="reporting", threshold=60.0, breach="below", clear_margin=40.0),
    data(statistic="drop", threshold=25.0, window_days=10, for_days=20),
    data(statistic="identical", metric="sleep.duration"),
    data(statistic="rejects", threshold=50.0, window_days=5),
    rule(steps=(MAJOR, CRITICAL), tell=telling(1, 3, 39)),
    rule(quiet_from="23:59", quiet_until="00:00"),
]


@pytest.mark.parametrize("one", SOUND)
def test_a_rule_whose_members_go_together_has_no_fault(one: AlertRule) -> None:
    assert faults(one) == []


WRONG = [
    (rule(rule_id="a b"), "rule_id", "malformed"),
    (rule(units=("990101", "某区")), "units", "malformed"),
    (rule(quiet_from="24:00"), "quiet_from", "malformed"),
    (rule(quiet_until="7:30"), "quiet_until", "malformed"),
    (rule(quiet_until="18:00"), "quiet_until", "always_quiet"),
    (rule(metric="homework.pages"), "metric", "unknown_metric"),
    # What goes with what is watched.
    (rule(statistic="reporting"), "statistic", "other_kind"),
    (data(statistic="compliance"), "statistic", "other_kind"),
    (data(metric="homework.minutes"), "metric", "not_of_data"),
    (rule(metric="homework.reporting", statistic="mean", level="city", tell=CITY),
     "metric", "only_of_data"),
    (rule(metric="reading.loans", level="city", tell=CITY), "metric", "never_judged"),
    (data(statistic="identical"), "metric", "never_judged"),
    (rule(metric="phone.classroom", statistic="percentile"), "metric", "no_bins"),
    # What happens at home is no verdict on a school.
    (rule(metric="sleep.duration"), "level", "about_homes"),
    (rule(metric="sleep.bedtime", level="area", tell=CITY), "level", "about_homes"),
    (rule(metric="phone.screen_time", statistic="mean"), "level", "about_homes"),
    (rule(metric="fitness.out_of_school"), "level", "about_homes"),
    (rule(metric="reading.loans", statistic="count"), "level", "about_homes"),
    # What some statistics alone have.
    (rule(by_system=True), "by_system", "not_expected"),
    (data(by_system=True, level="district", tell=CITY), "by_system", "not_expected"),
    (data(statistic="rejects", threshold=5.0, level="city", tell=CITY), "level", "only_of_schools"),
    (data(statistic="rejects", threshold=5.0, stages=("primary",)), "stages", "not_expected"),
    # Thresholds that cannot be passed, and margins that cannot be reached.
    (rule(threshold="policy", breach="above"), "threshold", "policy_of_no_use"),
    (rule(threshold="policy", statistic="mean"), "threshold", "policy_of_no_use"),
    (data(statistic="rejects", threshold="policy"), "threshold", "policy_of_no_use"),
    (data(statistic="drop", breach="below", threshold=20.0), "breach", "wrong_direction"),
    (data(threshold=1.0), "threshold", "out_of_range"),
    (rule(threshold=0.0), "threshold", "out_of_range"),
    (rule(threshold=100.5), "threshold", "out_of_range"),
    (rule(threshold=100.0, breach="above"), "threshold", "out_of_range"),
    (rule(threshold=-1.0, breach="above"), "threshold", "out_of_range"),
    (rule(threshold=float("nan")), "threshold", "out_of_range"),
    (rule(statistic="mean", threshold=float("inf")), "threshold", "out_of_range"),
    (data(clear_margin=1.0), "clear_margin", "never_ends"),
    (rule(statistic="mean", threshold=60.0, breach="above", clear_margin=61.0),
     "clear_margin", "never_ends"),
    (data(statistic="reporting", threshold=60.0, breach="below", clear_margin=41.0),
     "clear_margin", "never_ends"),
    (rule(clear_margin=float("inf")), "clear_margin", "never_ends"),
    # Days that cannot be seen.
    (rule(window_days=20, for_days=21), "window_days", "too_far"),
    (data(statistic="drop", threshold=9.0, window_days=15, for_days=11), "window_days", "too_far"),
    (rule(for_days=20, tell=telling(21)), "tell", "too_far"),
    (rule(steps=(SeverityStep(severity="major", after_days=41),)), "steps", "too_far"),
    # Steps and tellings.
    (rule(steps=(MINOR,)), "steps", "not_ascending"),
    (rule(steps=(CRITICAL, MAJOR)), "steps", "not_ascending"),
    (rule(steps=(SeverityStep(severity="major", beyond=0.0),)), "steps", "not_ascending"),
    (rule(steps=(MAJOR, SeverityStep(severity="critical", beyond=9.0))), "steps", "not_ascending"),
    (rule(steps=(SeverityStep(severity="major", beyond=float("inf")),)), "steps", "not_ascending"),
    (rule(steps=(SeverityStep(severity="major"),)), "steps", "missing"),
    (rule(tell=()), "tell", "missing"),
    (rule(tell=(Telling(after_days=0, who=()),)), "tell", "missing"),
    (rule(tell=telling(0, 3, 3)), "tell", "not_ascending"),
    (rule(metric="sleep.duration", level="district"), "tell", "below_level"),
    (rule(level="city", tell=(Telling(after_days=0, who=("city", "district")),)),
     "tell", "below_level"),
]  # fmt: skip


@pytest.mark.parametrize(("one", "member", "code"), WRONG)
def test_what_does_not_go_together_is_a_fault(one: AlertRule, member: str, code: str) -> None:
    assert faults(one) == [(member, code)]


def test_an_id_that_is_used_twice_is_a_fault_of_the_second() -> None:
    (fault,) = rule_faults([rule(), data(rule_id="other"), rule()])

    assert (fault.index, fault.member, fault.code) == (2, "rule_id", "duplicate")

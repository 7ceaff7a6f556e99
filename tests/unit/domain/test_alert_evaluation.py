"""From what is known of a unit to its alerts: subjects, ends, and what inhibits."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import pytest

from wuguan.domain.alerting.evaluation import (
    Followed,
    Following,
    Subjected,
    UnitFigures,
    concerns,
    ended,
    followed,
    metrics_of,
    silent_managements,
)
from wuguan.domain.alerting.life import Alert
from wuguan.domain.alerting.rule import AlertRule
from wuguan.domain.policy import PolicyBook
from wuguan.domain.rollup import Figure
from wuguan.domain.tally import Tally

FIRST = date(2026, 9, 7)
SCHOOL, DISTRICT = "2199000001", "990101"
FOLLOWING = Following(PolicyBook(()), lambda: "new", 7)
REPORTING, MARKING = "homework.reporting", "homework.marking"


def rule(rule_id: str = "silent", **members: Any) -> AlertRule:
    usual: dict[str, Any] = {
        "rule_id": rule_id, "kind": "data", "metric": REPORTING, "statistic": "silent",
        "threshold": 0.5, "breach": "above", "title": "x", "title_zh": "x",
    }  # fmt: skip
    return AlertRule(**{**usual, **members})


def day(number: int) -> date:
    return FIRST + timedelta(days=number)


def reported(*numbers: int, of: int = 8, stage: str = "primary") -> dict[date, dict[str, Figure]]:
    """How much was reported on days one after the other."""
    return {day(n): {stage: Figure(Tally(of, one, one, one))} for n, one in enumerate(numbers)}


def figures(metrics: Mapping[str, Any], **members: Any) -> UnitFigures:
    return UnitFigures(SCHOOL, metrics, **members)


def happened(found: Sequence[Followed]) -> list[tuple[str, str, str]]:
    return [(told.alert.rule_id, told.alert.system, told.entries[-1].happened) for _, told in found]


def last(*told: Followed) -> dict[Subjected, Alert]:
    return {
        Subjected(one.told.alert.rule_id, one.told.alert.system): one.told.alert for one in told
    }


def follow(of: AlertRule, known: UnitFigures, before: Any = None) -> list[Followed]:
    return followed([of], known, before or {}, FOLLOWING)


# ---- whom a rule concerns


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({}, True),
        ({"units": (DISTRICT,)}, True),
        ({"units": (SCHOOL,)}, True),
        ({"units": ("990102",)}, False),
        ({"level": "district"}, False),
    ],
)
def test_a_rule_is_about_a_level_and_what_stands_below_its_units(
    members: Mapping[str, Any], expected: bool
) -> None:
    assert concerns(rule(**members), "school", (SCHOOL, DISTRICT)) is expected


def test_coverage_needs_the_metric_of_reporting() -> None:
    assert metrics_of(rule()) == (REPORTING,)
    assert metrics_of(rule(metric=MARKING, statistic="compliance")) == (MARKING, REPORTING)
    assert metrics_of(rule(by_system=True)) == (REPORTING, REPORTING)


# ---- what happens


def test_what_the_days_say_happens_to_the_unit() -> None:
    known = figures({REPORTING: reported(8, 8, 0, 0)})

    assert happened(follow(rule(for_days=2), known)) == [("silent", "", "fired")]
    assert happened(follow(rule(for_days=3), known)) == [("silent", "", "pending")]
    assert follow(rule(), figures({REPORTING: reported(0, 8)})) == []
    assert follow(rule(), figures({})) == []


def test_the_same_figures_again_let_nothing_happen() -> None:
    known = figures({REPORTING: reported(8, 0)})
    before = last(*follow(rule(), known))

    assert follow(rule(), known, before) == []


def test_what_is_open_ends_where_no_day_is_in_breach_any_more() -> None:
    before = last(*follow(rule(), figures({REPORTING: reported(8, 0)})))

    found = follow(rule(), figures({REPORTING: reported(8, 8)}), before)

    assert happened(found) == [("silent", "", "resolved")]
    assert found[0].told.alert.cause == "corrected"


def test_days_before_the_rule_began_say_nothing() -> None:
    known = figures({REPORTING: reported(0, 0, 0)})

    assert happened(follow(rule(for_days=2, from_day=day(1)), known)) == [("silent", "", "fired")]
    assert happened(follow(rule(for_days=2, from_day=day(2)), known)) == [("silent", "", "pending")]


def test_of_what_was_only_found_reporting_tells_how_much_is_known() -> None:
    of = rule(metric=MARKING, statistic="compliance", kind="compliance", threshold=90.0,
              breach="below", least_expected=0)  # fmt: skip
    bad = {day(0): {"primary": Figure(Tally(20, 20, 20, 5))}}

    assert happened(follow(of, figures({MARKING: bad, REPORTING: reported(8)}))) == [
        ("silent", "", "fired")
    ]
    assert follow(of, figures({MARKING: bad, REPORTING: reported(4)})) == []


def test_each_system_has_an_alert_of_its_own_since_it_was_first_heard() -> None:
    board, office = {day(n): 8 for n in range(3)}, {day(n): 3 for n in range(1, 6)}
    systems = {"homework": {"board": board, "office": office}}
    known = figures({REPORTING: reported(*[8] * 6)}, systems=systems)

    found = follow(rule(by_system=True, for_days=2), known)

    assert happened(found) == [("silent", "board", "fired")]
    assert found[0].told.alert.breach_days == (day(3), day(4), day(5))


def test_refused_events_of_days_without_school_count_to_the_next() -> None:
    refused = {day(0): 1, day(1): 30, day(2): 40, day(9): 99}
    known = figures({REPORTING: {day(0): reported(8)[day(0)], day(2): reported(8)[day(0)]}},
                    refused=refused)  # fmt: skip

    found = follow(rule(statistic="rejects", threshold=60.0), known)

    assert happened(found) == [("silent", "", "fired")]
    assert (found[0].told.alert.value, found[0].told.alert.breach_days) == (70.0, (day(2),))


# ---- what ends


def open_alert(of: AlertRule, system: str = "") -> dict[Subjected, Alert]:
    known = figures({REPORTING: reported(8, 0)})
    (one,) = last(*follow(of, known)).values()
    return {Subjected(of.rule_id, system): one}


def ends(
    of: AlertRule | None, watched: bool, management: str = "homework", system: str = ""
) -> list[Followed]:
    """What ends of an alert of the rule `silent`, where this rule is in force under its id."""
    every = {"silent": of} if of else {}
    rules = [of] if of and watched else []
    systems = {"homework": {"board": {day(0): 1}}}
    known = figures({}, systems=systems)
    return ended(rules, every, {management}, known, open_alert(rule(), system), 9)


def test_an_alert_ends_with_its_rule_and_where_the_rule_is_for_others() -> None:
    (gone,) = ends(None, watched=False)
    (others,) = ends(rule(), watched=False)

    assert gone.rule is None
    assert others.rule == rule()
    assert gone.told.alert.cause == others.told.alert.cause == "rule_ended"
    assert gone.told.alert.state == "resolved"


def test_an_alert_that_is_watched_goes_on_and_so_does_that_of_another_management() -> None:
    assert ends(rule(), watched=True) == []
    assert ends(rule(), watched=False, management="phone") == []


def test_an_alert_of_a_system_ends_when_it_is_none_of_the_school_any_more() -> None:
    of = rule(by_system=True)

    assert ends(of, watched=True, system="board") == []
    assert len(ends(of, watched=True, system="office")) == 1
    assert len(ends(of, watched=True)) == 1
    assert len(ends(rule(), watched=True, system="board")) == 1


def test_what_has_ended_does_not_end_again() -> None:
    (one,) = ends(None, watched=False)

    assert ended([], {}, {"homework"}, figures({}), last(one), 10) == []


# ---- what inhibits


def test_a_management_is_silent_while_an_alert_says_so() -> None:
    of, silent = rule(), figures({REPORTING: reported(8, 0)})
    fired = follow(of, silent)
    over = follow(of, figures({REPORTING: reported(8, 0, 8)}), last(*fired))

    assert silent_managements([of], {}, fired) == {"homework"}
    assert silent_managements([of], last(*fired), []) == {"homework"}
    assert silent_managements([of], last(*fired), over) == frozenset()
    assert silent_managements([of], {}, []) == frozenset()
    pending = follow(rule(for_days=2), silent)
    assert silent_managements([of], {}, pending) == frozenset()


def test_a_silent_system_does_not_make_a_silent_school() -> None:
    of = rule(by_system=True)
    systems = {"homework": {"board": {day(n): 8 for n in range(3)}}}
    known = figures({REPORTING: reported(8, 8, 8, 8)}, systems=systems)
    fired = follow(of, known)

    assert happened(fired) == [("silent", "board", "fired")]
    assert silent_managements([of], {}, fired) == frozenset()

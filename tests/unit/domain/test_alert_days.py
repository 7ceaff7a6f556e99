"""What school days say under a rule: by statistic, window, coverage, stage and margin."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import pytest

from wuguan.domain.alerting.days import (
    SchoolDay,
    counted_days,
    school_days,
)
from wuguan.domain.alerting.rule import AlertRule
from wuguan.domain.alerting.sums import DayFigures
from wuguan.domain.policy import PolicyBook, Rule, Source
from wuguan.domain.rollup import Figure
from wuguan.domain.tally import Tally

FIRST = date(2026, 9, 1)
SOURCE = Source(title="x", document="x", clause="x", verified="V")


def asking(rule_id: str, binding: Any = "must", percent: int = 95) -> Rule:
    return Rule(
        rule_id=rule_id, metric="homework.minutes", keeps="at_most", value=60, from_day=FIRST,
        binding=binding, in_line_percent=percent, title="x", title_zh="x", source=SOURCE,
    )  # fmt: skip


BOOK = PolicyBook([asking("cap"), asking("strict", percent=98), asking("advice", "should")])


def rule(**members: Any) -> AlertRule:
    usual: dict[str, Any] = {
        "rule_id": "r", "kind": "compliance", "metric": "homework.minutes",
        "statistic": "compliance", "threshold": 90.0, "breach": "below", "title": "x",
        "title_zh": "x",
    }  # fmt: skip
    return AlertRule(**{**usual, **members})


def data(statistic: str, **members: Any) -> AlertRule:
    usual: dict[str, Any] = {
        "kind": "data", "metric": "homework.reporting", "breach": "above", "threshold": 0.0,
    }  # fmt: skip
    return rule(statistic=statistic, **{**usual, **members})


def judged(compliant: int, of: int = 10, rules: Sequence[str] = ("cap",), **parts: Any) -> Figure:
    """A figure of which all was reported and judged."""
    counts: dict[str, Any] = {"expected": of, "reported": of, "judged": of, "compliant": compliant}
    return Figure(Tally(**{**counts, **parts}), frozenset(rules))


def reported(count: int, of: int = 10, **parts: Any) -> Figure:
    return Figure(Tally(expected=of, reported=count, **parts))


Stages = Mapping[str, Figure]


def day(place: int, of: Figure | Stages, coverage: Figure | Stages | None = None) -> DayFigures:
    """A day of one stage, or of several."""
    return DayFigures(
        FIRST + timedelta(days=place), stages(of), stages(of if coverage is None else coverage)
    )


def stages(of: Figure | Stages) -> Stages:
    return {"primary": of} if isinstance(of, Figure) else of


def days(*figures: Figure | Stages) -> list[DayFigures]:
    return [day(place, figure) for place, figure in enumerate(figures)]


def said(of: AlertRule, given: Sequence[DayFigures]) -> list[SchoolDay]:
    return school_days(of, given, BOOK)


def words(of: AlertRule, given: Sequence[DayFigures]) -> list[str]:
    return [one.says for one in said(of, given)]


def last(of: AlertRule, *figures: Figure | Stages) -> SchoolDay:
    return said(of, days(*figures))[-1]


# ---- statistics


@pytest.mark.parametrize(
    ("of", "figure", "value"),
    [
        (rule(), judged(8), 80.0),
        (rule(), judged(3, judged=4), 75.0),
        (data("reporting", breach="below", threshold=50.0), reported(4), 40.0),
        (rule(statistic="mean"), judged(9, total=455), 45.5),
        (rule(statistic="count", metric="phone.classroom"), judged(9, total=3), 3.0),
        (rule(statistic="percentile", percentile=50), judged(9, bins=(0, 0, 10, *[0] * 7)), 22.5),
        (data("silent"), reported(0), 1.0),
        (data("silent"), reported(1), 0.0),
    ],
)
def test_the_value_is_that_of_the_statistic(of: AlertRule, figure: Figure, value: float) -> None:
    assert last(of, figure).value == value


@pytest.mark.parametrize(
    ("of", "figure"),
    [
        (rule(), judged(0, judged=0)),
        (rule(statistic="percentile"), judged(9)),
        (rule(statistic="mean", least_reporting_percent=0), reported(0)),
    ],
)
def test_what_has_no_value_says_nothing(of: AlertRule, figure: Figure) -> None:
    assert last(of, figure) == SchoolDay(FIRST, "nothing")


def test_a_drop_is_that_below_the_window_before() -> None:
    of = data("drop", window_days=2, threshold=25.0)
    rates = (9, 9, 9, 3, 3, 3, 3)

    found = said(of, days(*(reported(one) for one in rates)))

    assert [one.says for one in found[:3]] == ["nothing"] * 3
    assert [one.value for one in found[3:]] == pytest.approx([30.0, 60.0, 30.0, 0.0])
    assert [one.says for one in found[3:]] == ["breach", "breach", "breach", "kept"]


def test_days_are_identical_where_all_is_in_line_and_nothing_moves() -> None:
    of = data("identical", metric="homework.minutes")
    same, other = judged(10, total=300), judged(10, total=301)
    imperfect = judged(9, total=300)
    given = days(same, same, same, other, other, imperfect, imperfect, same, judged(10, judged=0))

    assert words(of, given) == [
        "nothing", "breach", "breach", "kept", "breach", "kept", "kept", "kept", "nothing",
    ]  # fmt: skip


def test_of_identical_days_the_bins_are_the_same_too() -> None:
    of = data("identical", metric="homework.minutes")
    one, other = judged(10, total=300, bins=(5, 5)), judged(10, total=300, bins=(0, 10))

    assert words(of, days(one, other)) == ["nothing", "kept"]


def test_what_is_counted_is_summed_over_its_window() -> None:
    of = data("rejects", threshold=10.0, window_days=2, clear_margin=5.0)
    counts = {FIRST + timedelta(days=n): count for n, count in enumerate((0, 8, 8, 2, 2))}

    found = counted_days(of, counts)

    assert [one.value for one in found] == [0.0, 8.0, 16.0, 10.0, 4.0]
    assert [one.says for one in found] == ["kept", "near", "breach", "near", "kept"]


# ---- days and windows


def test_days_on_which_nothing_is_expected_are_no_school_days() -> None:
    given = [day(0, judged(10)), day(1, {}), day(2, judged(0, of=0)), day(3, judged(10))]

    assert [one.day.day for one in said(rule(), given)] == [1, 4]


def test_a_day_is_judged_by_the_sums_of_its_window() -> None:
    found = said(rule(window_days=3), days(judged(10), judged(4), judged(10), judged(10)))

    assert [one.value for one in found] == pytest.approx([100, 70, 80, 80])


def test_a_window_is_of_school_days_and_reaches_over_a_holiday() -> None:
    given = [day(0, judged(4)), day(1, {}), *(day(n, {}) for n in range(2, 9)), day(9, judged(10))]

    assert [one.value for one in said(rule(window_days=2), given)] == pytest.approx([40, 70])


# ---- coverage


@pytest.mark.parametrize(
    ("count", "says"), [(0, "nothing"), (5, "nothing"), (6, "breach"), (10, "breach")]
)
def test_with_too_little_reported_a_day_says_nothing(count: int, says: str) -> None:
    figure = judged(0, reported=count, judged=count)

    assert last(rule(), figure).says == says


def test_the_coverage_is_that_of_the_window() -> None:
    silent, full = judged(0, reported=0, judged=0), judged(5)

    assert words(rule(window_days=2), days(full, silent, full, full)) == [
        "breach", "nothing", "nothing", "breach",
    ]  # fmt: skip


def test_of_what_is_found_the_coverage_is_that_of_reporting() -> None:
    of = rule(metric="reading.swept")
    given = [day(0, judged(1, of=2), reported(9)), day(1, judged(1, of=2), reported(3))]

    assert words(of, given) == ["breach", "nothing"]


def test_where_nothing_was_found_a_day_says_nothing() -> None:
    of = rule(metric="reading.swept", threshold="policy")

    assert words(of, [day(0, {}, reported(9))]) == ["nothing"]


@pytest.mark.parametrize(("of_classes", "says"), [(4, "nothing"), (5, "breach")])
def test_few_units_of_count_say_nothing(of_classes: int, says: str) -> None:
    assert last(rule(), judged(0, of=of_classes)).says == says


@pytest.mark.parametrize(("answers", "says"), [(4, "nothing"), (5, "breach")])
def test_a_figure_of_few_pupils_says_nothing(answers: int, says: str) -> None:
    # Whoever sees the alert may not see the figure.
    of = rule(metric="sleep.duration", level="district", least_reporting_percent=10)

    assert last(of, judged(0, of=20, reported=answers, judged=answers)).says == says


@pytest.mark.parametrize("statistic", ["silent", "reporting"])
def test_what_is_about_reporting_itself_asks_for_no_coverage(statistic: str) -> None:
    above = {"threshold": 0.0, "breach": "above"}
    members = above if statistic == "silent" else {"threshold": 50.0, "breach": "below"}

    assert last(data(statistic, **members), reported(0)).says == "breach"


# ---- thresholds and margins


@pytest.mark.parametrize(
    ("compliant", "says", "beyond"),
    [(89, "breach", 1), (90, "near", 0), (92, "near", -2), (93, "kept", -3), (100, "kept", -10)],
)
def test_on_the_threshold_it_is_no_breach_and_only_beyond_the_margin_it_is_kept(
    compliant: int, says: str, beyond: float
) -> None:
    found = last(rule(clear_margin=3.0), judged(compliant, of=100))

    assert (found.says, found.threshold) == (says, 90.0)
    assert found.beyond == pytest.approx(beyond)


def test_all_in_line_is_kept_whatever_the_margin() -> None:
    of = rule(threshold="policy", clear_margin=50.0)

    assert last(of, judged(10)).says == "kept"


@pytest.mark.parametrize(
    ("total", "says"), [(610, "breach"), (600, "near"), (551, "near"), (550, "kept")]
)
def test_above_is_the_other_side(total: int, says: str) -> None:
    of = rule(statistic="mean", threshold=60.0, breach="above", clear_margin=5.0)

    assert last(of, judged(5, total=total)).says == says


@pytest.mark.parametrize(
    ("rules", "threshold"),
    [(("cap",), 95.0), (("cap", "strict"), 98.0), (("advice", "cap"), 95.0)],
)
def test_the_policy_book_asks_the_most_of_its_must_rules(
    rules: Sequence[str], threshold: float
) -> None:
    found = last(rule(threshold="policy"), judged(5, rules=rules))

    assert (found.says, found.threshold) == ("breach", threshold)


@pytest.mark.parametrize("rules", [(), ("advice",), ("gone",)])
def test_where_the_policy_book_asks_nothing_a_day_says_nothing(rules: Sequence[str]) -> None:
    assert last(rule(threshold="policy"), judged(0, rules=rules)).says == "nothing"


# ---- stages

UNKNOWN = judged(0, reported=0, judged=0)


@pytest.mark.parametrize(
    ("primary", "junior", "says"),
    [
        (judged(10), judged(10), "kept"),
        (judged(10), judged(5), "breach"),
        (UNKNOWN, judged(5), "breach"),
        (UNKNOWN, judged(10), "nothing"),
        (judged(92, of=100), judged(10), "near"),
    ],
)
def test_the_worst_stage_speaks_for_the_day(primary: Figure, junior: Figure, says: str) -> None:
    of = rule(clear_margin=5.0)

    assert last(of, {"primary": primary, "junior": junior}).says == says


def test_of_two_stages_in_breach_the_one_farther_off_is_shown() -> None:
    assert last(rule(), {"primary": judged(8), "junior": judged(5)}).value == 50.0


def test_a_rule_of_some_stages_looks_at_no_others() -> None:
    both = {"primary": judged(10), "junior": judged(5)}

    assert last(rule(stages=("primary",)), both).says == "kept"
    assert words(rule(stages=("senior",)), days(both)) == []


def test_a_stage_of_which_nothing_is_asked_keeps_no_alert_from_ending() -> None:
    both = {"primary": judged(10), "senior": judged(0, judged=0, rules=())}

    assert last(rule(threshold="policy"), both).says == "kept"

"""From a school's figures of a period to what may be said of it, and to the share of a district."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import rule
from wuguan.domain.managements import METRICS
from wuguan.domain.policy import PolicyBook
from wuguan.domain.rollup import Figure
from wuguan.domain.schools_in_line import (
    SHARED_METRICS,
    Standing,
    asked_percent,
    counted,
    share_of,
    standing,
)
from wuguan.domain.tally import Tally
from wuguan.policy_packs import shipped_rules

MINUTES, CLASSROOM, MARKING = "homework.minutes", "phone.classroom", "homework.marking"
OF_HOMEWORK = "cn-2021-homework-primary"
BOOK = PolicyBook(shipped_rules())


def figure(
    expected: int, reported: int, judged: int, compliant: int, *rules: str, metric: str = MINUTES
) -> Figure:
    """A figure under the national rule of homework minutes, unless told others."""
    named = rules or tuple(r.rule_id for r in BOOK.rules if r.metric == metric)
    return Figure(Tally(expected, reported, judged, compliant), frozenset(named))


def of(one: Figure | None, *, metric: str = MINUTES, reporting: Figure | None = None) -> Standing:
    return standing(metric, one, reporting, BOOK)


def test_the_metrics_with_a_share_are_those_about_what_schools_do() -> None:
    assert set(SHARED_METRICS) == {
        "homework.minutes", "homework.weekend_minutes", "homework.written_set", "homework.channel",
        "homework.marking", "phone.custody", "phone.classroom", "reading.swept",
        "fitness.exercise", "fitness.sport_time", "fitness.big_break", "fitness.pe_kept",
    }  # fmt: skip


def test_no_metric_of_pupils_has_a_verdict_on_a_school() -> None:
    assert not any(METRICS[name].of_pupils for name in SHARED_METRICS)


def test_where_nothing_was_due_nothing_is_expected() -> None:
    assert of(None) is Standing.NOT_EXPECTED
    assert of(figure(0, 0, 0, 0)) is Standing.NOT_EXPECTED


@pytest.mark.parametrize("rules", [("",), ("gone",), ("cn-2021-phone-custody",)])
def test_without_a_must_rule_nothing_is_expected(rules: tuple[str, ...]) -> None:
    assert of(figure(10, 10, 10, 10, *rules)) is Standing.NOT_EXPECTED


def test_what_happens_at_home_has_no_verdict_on_a_school() -> None:
    asleep = figure(10, 10, 10, 0, metric="sleep.duration")

    assert of(asleep, metric="sleep.duration") is Standing.NOT_EXPECTED


def test_what_could_not_be_judged_has_no_verdict() -> None:
    assert of(figure(10, 10, 0, 0)) is Standing.NOT_JUDGED


@pytest.mark.parametrize(
    ("reported", "found"), [(59, Standing.LOW_COVERAGE), (60, Standing.IN_LINE)]
)
def test_sixty_in_a_hundred_must_be_known(reported: int, found: Standing) -> None:
    assert of(figure(100, reported, reported, reported)) is found


@pytest.mark.parametrize(
    ("compliant", "found"), [(94, Standing.NEEDS_CHECKING), (95, Standing.IN_LINE)]
)
def test_of_a_bound_ninety_five_in_a_hundred_must_be_kept(compliant: int, found: Standing) -> None:
    assert of(figure(100, 100, 100, compliant)) is found


def test_of_a_prohibition_all_must_be_kept() -> None:
    kept, broken = (figure(100, 100, 100, n, metric=CLASSROOM) for n in (100, 99))

    assert of(kept, metric=CLASSROOM) is Standing.IN_LINE
    assert of(broken, metric=CLASSROOM) is Standing.NEEDS_CHECKING


def test_coverage_of_what_was_found_is_that_of_the_management() -> None:
    found = figure(10, 10, 10, 10, metric=MARKING)
    covered, silent = (Figure(Tally(10, reported)) for reported in (6, 5))

    assert of(found, metric=MARKING, reporting=covered) is Standing.IN_LINE
    assert of(found, metric=MARKING, reporting=silent) is Standing.LOW_COVERAGE
    assert of(found, metric=MARKING) is Standing.LOW_COVERAGE


def test_coverage_of_other_metrics_is_their_own() -> None:
    assert of(figure(10, 10, 10, 10), reporting=Figure(Tally(10, 0))) is Standing.IN_LINE


def test_a_rule_may_say_how_many_must_keep_it() -> None:
    own = rule("own", metric=MINUTES, value=50, binding="must", in_line_percent=97)
    book = PolicyBook([*BOOK.rules, own])
    both = figure(100, 100, 100, 96, OF_HOMEWORK, "own")

    assert asked_percent(MINUTES, both, book) == 97
    assert standing(MINUTES, both, None, book) is Standing.NEEDS_CHECKING
    assert standing(MINUTES, figure(100, 100, 100, 96), None, book) is Standing.IN_LINE


def test_a_share_counts_schools() -> None:
    found = [*Standing, Standing.IN_LINE]

    assert share_of(found) == Tally(expected=5, reported=3, judged=3, compliant=2)


counts = st.integers(0, 60)


@given(counts, counts, counts, counts, counts, counts, st.sampled_from(SHARED_METRICS))
def test_a_verdict_is_what_the_definition_says(
    compliant: int, more_judged: int, more_reported: int, more_expected: int,
    due: int, returned: int, metric: str,
) -> None:  # fmt: skip
    judged = compliant + more_judged
    reported = judged + more_reported
    one = figure(reported + more_expected, reported, judged, compliant, metric=metric)
    reporting = Figure(Tally(due + returned, returned))

    found = counted(standing(metric, one, reporting, BOOK))

    rules = [r for r in BOOK.rules if r.rule_id in one.rules and r.binding == "must"]
    known = reporting if METRICS[metric].coverage_by_reporting else one
    expected = bool(one.tally.expected and rules)
    covered = known.tally.expected > 0 and (
        Fraction(known.tally.reported, known.tally.expected) >= Fraction(6, 10)
    )
    share = 100 if any(r.prohibition for r in rules) else 95
    verdict = expected and judged > 0 and covered
    kept = verdict and Fraction(compliant, judged) >= Fraction(share, 100)
    assert found == Tally(int(expected), int(verdict), int(verdict), int(kept))

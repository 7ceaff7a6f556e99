"""Phones, line by line of docs/metrics.md §2."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from msgspec.structs import replace

from tests.builders import class_check, event
from tests.measuring import (
    Result,
    class_days,
    keeps_the_invariants,
    measured_of,
    national_rules,
)
from wuguan.domain.envelope import Envelope

CUSTODY, CLASSROOM, SCREEN = "phone.custody", "phone.classroom", "phone.screen_time"
NIL = event("phone.nil_reported")


def pid(pupil: int) -> str:
    """A pupil's pseudonym."""
    return f"{pupil:032x}"


def checked_in(pupil: int, *, permitted: bool = True) -> Envelope:
    """A phone handed in."""
    return event("phone.checked_in", pid=pid(pupil), permitted=permitted)


def given_back(pupil: int) -> Envelope:
    """A phone given back."""
    return event("phone.returned", pid=pid(pupil))


def screen(pupil: int, leisure: int, longest: int) -> Envelope:
    """A pupil's screen time."""
    return event(
        "phone.screen_time_reported",
        pid=pid(pupil),
        leisure_minutes=leisure,
        longest_minutes=longest,
    )


def survey(counts: Sequence[int], both_kept: int) -> Envelope:
    """A survey of the class."""
    return event(
        "phone.screen_surveyed", asked=60, leisure_counts=list(counts), both_kept=both_kept
    )


def measured(*stated: Envelope, **of_the_day: Any) -> Result:
    """What is measured of these events."""
    return measured_of("phone", *stated, **of_the_day)


@given(class_days("phone"))
def test_silence_is_never_compliance(result: Result) -> None:
    keeps_the_invariants(result)


def test_a_silent_class_expects_no_phones() -> None:
    result = measured()

    assert result.counts("phone.reporting") == result.counts(CLASSROOM) == (1, 0, 0, 0, 0)
    assert result.counts(SCREEN) == (6, 0, 0, 0, 0)
    assert CUSTODY not in result.tallies


# ---- custody


def test_phones_handed_in_are_counted_one_by_one() -> None:
    result = measured(
        checked_in(1), checked_in(2, permitted=False), checked_in(3), given_back(1), given_back(2)
    )

    assert result.counts(CUSTODY) == (3, 3, 3, 2, 2)


def test_a_phone_given_back_that_was_never_handed_in_is_none() -> None:
    assert CUSTODY not in measured(given_back(1)).tallies
    assert measured(checked_in(1), given_back(2)).counts(CUSTODY) == (1, 1, 1, 1, 0)


def test_the_class_return_comes_before_phones_one_by_one() -> None:
    returned = event("phone.day_reported", brought=5, permitted=4, stored=3, returned=2)

    assert measured(returned).counts(CUSTODY) == (5, 5, 5, 4, 2)
    both = measured(returned, checked_in(1))
    assert both.counts(CUSTODY) == (5, 5, 5, 4, 2)
    assert both.findings == {"two_sources_differ"}


def test_two_sources_that_say_the_same_are_no_finding() -> None:
    returned = event("phone.day_reported", brought=1, permitted=1, stored=1, returned=1)

    assert measured(returned, checked_in(1), given_back(1)).findings == frozenset()


def test_where_nobody_brought_a_phone_there_is_no_custody() -> None:
    nobody = event("phone.day_reported", brought=0, permitted=0, stored=0, returned=0)

    assert CUSTODY not in measured(nobody).tallies
    assert measured(nobody).counts("phone.reporting") == (1, 1, 0, 0, 0)
    # Nothing was said of the classroom.
    assert measured(nobody).counts(CLASSROOM) == (1, 0, 0, 0, 0)


# ---- classroom


@pytest.mark.parametrize(("found", "compliant"), [((0, 0), 1), ((0, 1), 0)])
def test_checks_of_a_class_are_added(found: tuple[int, int], compliant: int) -> None:
    checks = [class_check(f"c-{number}", one) for number, one in enumerate(found)]

    assert measured(*checks).counts(CLASSROOM) == (1, 1, 1, compliant, sum(found))


def test_phones_found_without_a_check_count_too() -> None:
    incident = event("phone.found_in_class", incident_id="i-1", count=2)

    assert measured(incident).counts(CLASSROOM) == (1, 1, 1, 0, 2)
    assert measured(incident, class_check("c", 1)).counts(CLASSROOM) == (1, 1, 1, 0, 3)


def test_a_nil_report_is_no_phone_in_class() -> None:
    assert measured(NIL).counts(CLASSROOM) == (1, 1, 1, 1, 0)
    assert measured(NIL).counts(SCREEN) == (6, 0, 0, 0, 0)
    assert CUSTODY not in measured(NIL).tallies


def test_a_standing_nil_is_not_judged() -> None:
    result = measured(standing_nil=True)

    assert result.counts(CLASSROOM) == (1, 1, 0, 0, 0)
    assert result.counts("phone.reporting") == (1, 1, 0, 0, 0)


# ---- screen time


def test_both_limits_must_be_kept() -> None:
    answers = [(60, 15), (61, 15), (60, 16), (0, 0)]

    result = measured(*(screen(pupil, *one) for pupil, one in enumerate(answers)))

    assert result.counts(SCREEN) == (6, 4, 4, 2, 181)
    assert result.bins(SCREEN) == [1, 0, 2, 1, 0, 0, 0, 0]


def test_a_survey_tells_itself_who_keeps_both_limits() -> None:
    result = measured(survey([2, 0, 1, 0, 0, 0, 0, 1], both_kept=1))

    assert result.counts(SCREEN) == (6, 4, 4, 1, 8 + 8 + 45 + 300)
    assert result.findings == {"mean_estimated"}


@pytest.mark.parametrize(
    "limits",
    [{"value": 30}, {"longest_at_most": 20}, {"longest_at_most": None}, {"value": 61}],
)
def test_a_survey_is_not_judged_by_other_limits(limits: dict[str, int | None]) -> None:
    rules = national_rules("phone")
    rules[SCREEN] = replace(rules[SCREEN], **limits)

    result = measured(survey([3, 0, 0, 0, 0, 0, 0, 0], both_kept=3), rules=rules)

    assert result.counts(SCREEN) == (6, 3, 0, 0, 24)


def test_answers_are_judged_by_whatever_limits_are_in_force() -> None:
    rules = national_rules("phone")
    rules[SCREEN] = replace(rules[SCREEN], value=30, longest_at_most=None)

    result = measured(screen(1, 30, 30), screen(2, 31, 1), rules=rules)

    assert result.counts(SCREEN) == (6, 2, 2, 1, 61)


def test_more_answers_of_a_survey_take_over() -> None:
    counts = [2, 0, 0, 0, 0, 0, 0, 0]

    result = measured(screen(1, 90, 10), survey(counts, both_kept=2))

    assert result.counts(SCREEN) == (6, 2, 2, 2, 16)
    assert result.findings == {"mean_estimated", "two_sources_differ"}
    assert measured(screen(1, 9, 9), screen(2, 9, 9), survey(counts, 2)).counts(SCREEN)[4] == 18


def test_more_answers_than_pupils_raise_what_is_expected() -> None:
    result = measured(survey([9, 0, 0, 0, 0, 0, 0, 0], both_kept=9))

    assert result.counts(SCREEN) == (9, 9, 9, 9, 72)
    assert "enrolment_understated" in result.findings

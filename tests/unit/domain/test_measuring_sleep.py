"""Sleep, line by line of docs/metrics.md §2."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from msgspec.structs import replace

from tests.builders import event
from tests.measuring import (
    Result,
    class_days,
    keeps_the_invariants,
    measured_of,
    national_rules,
)
from wuguan.domain.envelope import Envelope
from wuguan.domain.instants import MINUTE_US, china_datetime, instant_of

DURATION, BEDTIME = "sleep.duration", "sleep.bedtime"
WORKED_COUNTS = [0, 0, 0, 0, 0, 0, 0, 1, 5, 0, 0]


def night(pupil: int, minutes: int, slept: str = "2026-09-14T21:00:00", **fields: Any) -> Envelope:
    """A pupil's night of so many minutes."""
    slept_at = f"{slept}+08:00"
    woke = china_datetime(instant_of(slept_at) + minutes * MINUTE_US).isoformat()
    return event(
        "sleep.bedtime_reported", pid=f"{pupil:032x}", slept_at=slept_at, woke_at=woke, **fields
    )


def nights(*minutes: int) -> list[Envelope]:
    """One pupil each."""
    return [night(pupil, one) for pupil, one in enumerate(minutes)]


def survey(counts: Sequence[int], asked: int = 60, **fields: Any) -> Envelope:
    """A survey of the class."""
    return event("sleep.night_surveyed", asked=asked, duration_counts=list(counts), **fields)


def in_bin(place: int, count: int, bins: int = 11) -> list[int]:
    """Counts that all lie in one bin."""
    return [count if number == place else 0 for number in range(bins)]


def measured(*stated: Envelope, **of_the_day: Any) -> Result:
    """What is measured of these events."""
    return measured_of("sleep", *stated, **of_the_day)


@given(class_days("sleep"))
def test_silence_is_never_compliance(result: Result) -> None:
    keeps_the_invariants(result)


def test_the_worked_example() -> None:
    result = measured(*nights(600, 600, 599, 540, 610))

    assert result.counts(DURATION) == (6, 5, 5, 3, 2949)
    assert result.bins(DURATION) == [0, 0, 0, 0, 0, 0, 1, 1, 3, 0, 0]
    assert result.rules[DURATION] == "cn-2021-sleep-primary"
    assert result.findings == frozenset()


def test_a_survey_with_more_answers_takes_over() -> None:
    result = measured(*nights(600, 600, 599, 540, 610), survey(WORKED_COUNTS, 6))

    assert result.counts(DURATION) == (6, 6, 6, 5, 5 * 615 + 585)
    assert result.bins(DURATION) == WORKED_COUNTS
    assert result.findings == {"mean_estimated", "two_sources_differ"}


def test_of_as_many_answers_the_detail_counts() -> None:
    result = measured(*nights(600, 600), survey(in_bin(0, 2)))

    assert result.counts(DURATION) == (6, 2, 2, 2, 1200)
    assert result.findings == {"two_sources_differ"}


def test_duration_and_bedtime_are_each_weighed_by_their_own_list() -> None:
    result = measured(*nights(600, 600), survey(in_bin(8, 3), bedtime_counts=in_bin(0, 1, bins=10)))

    assert result.counts(DURATION) == (6, 3, 3, 3, 3 * 615)
    assert result.counts(BEDTIME) == (6, 2, 2, 2, 2 * 540)


def test_a_survey_without_bedtimes_says_nothing_of_them() -> None:
    result = measured(survey(in_bin(8, 3)))

    assert result.counts(BEDTIME) == (6, 0, 0, 0, 0)
    assert result.counts("sleep.reporting") == (1, 1, 0, 0, 0)


def test_a_stated_total_makes_the_mean_exact() -> None:
    result = measured(survey(in_bin(8, 3), minutes_total=1830))

    assert result.counts(DURATION) == (6, 3, 3, 3, 1830)
    assert result.findings == frozenset()


def test_a_stated_total_is_compared_with_the_detail() -> None:
    detail = nights(600, 600)

    assert measured(*detail, survey(in_bin(8, 2))).findings == frozenset()
    assert measured(*detail, survey(in_bin(8, 2), minutes_total=1200)).findings == frozenset()
    assert measured(*detail, survey(in_bin(8, 2), minutes_total=1201)).findings == {
        "two_sources_differ"
    }


@pytest.mark.parametrize(("value", "judged"), [(600, 4), (570, 4), (605, 0)])
def test_a_survey_is_judged_only_where_the_rule_lies_on_an_edge(value: int, judged: int) -> None:
    rules = national_rules("sleep")
    rules[DURATION] = replace(rules[DURATION], value=value)

    result = measured(survey([0] * 7 + [2, 2, 0, 0]), rules=rules)

    kept = {600: 2, 570: 4, 605: 0}[value]
    assert result.counts(DURATION)[1:4] == (4, judged, kept)


def test_a_survey_is_not_judged_by_a_rule_that_is_closed_on_the_other_side() -> None:
    rules = national_rules("sleep")
    rules[DURATION] = replace(rules[DURATION], keeps="at_most")

    assert measured(survey(in_bin(8, 3)), rules=rules).counts(DURATION)[1:4] == (3, 0, 0)


def test_the_bedtimes_of_a_survey_are_judged_up_to_the_edge() -> None:
    counts = [1, 1, 1, 1, 1, 0, 0, 0, 0, 0]

    result = measured(survey(in_bin(8, 5), bedtime_counts=counts))

    assert result.counts(BEDTIME) == (6, 5, 5, 4, 450 + 495 + 525 + 550 + 580)


@pytest.mark.parametrize(
    ("slept", "minutes", "compliant", "place"),
    [
        ("2026-09-14T21:20:00", 560, 1, 3),
        ("2026-09-14T21:20:59.999999", 560, 1, 3),
        ("2026-09-14T21:21:00", 561, 0, 4),
        ("2026-09-14T20:00:00", 480, 1, 0),
        ("2026-09-15T00:30:00", 750, 0, 9),
    ],
)
def test_bedtime_is_whole_minutes_past_noon(
    slept: str, minutes: int, compliant: int, place: int
) -> None:
    result = measured(night(1, 500, slept))

    assert result.counts(BEDTIME) == (6, 1, 1, compliant, minutes)
    assert result.bins(BEDTIME)[place] == 1


def test_a_started_minute_of_sleep_does_not_count() -> None:
    result = measured(
        event(
            "sleep.bedtime_reported",
            pid="0" * 32,
            slept_at="2026-09-14T21:00:00.5+08:00",
            woke_at="2026-09-14T23:00:00Z",
        )
    )

    assert result.counts(DURATION) == (6, 1, 1, 0, 599)


@pytest.mark.parametrize(
    ("stage", "grade", "needed"), [("primary", 6, 600), ("junior", 6, 540), ("senior", 10, 480)]
)
def test_the_stage_decides_how_long_pupils_should_sleep(
    stage: str, grade: int, needed: int
) -> None:
    result = measured(*nights(needed - 1, needed), stage=stage, grade=grade)

    assert result.counts(DURATION) == (6, 2, 2, 1, 2 * needed - 1)


def test_a_nap_counts_only_where_the_rule_says_so() -> None:
    stated = night(1, 580, nap_minutes=20)
    rules = national_rules("sleep")
    rules[DURATION] = replace(rules[DURATION], nap_counts=True)

    assert measured(stated).counts(DURATION) == (6, 1, 1, 0, 580)
    assert measured(stated, rules=rules).counts(DURATION) == (6, 1, 1, 1, 600)


def test_a_nil_report_counts_for_reporting_only() -> None:
    result = measured(event("sleep.nil_reported"))

    assert result.counts("sleep.reporting") == (1, 1, 0, 0, 0)
    assert result.counts(DURATION) == result.counts(BEDTIME) == (6, 0, 0, 0, 0)


def test_a_standing_nil_counts_for_reporting_only() -> None:
    result = measured(standing_nil=True)

    assert result.counts("sleep.reporting") == (1, 1, 0, 0, 0)
    assert result.counts(DURATION) == (6, 0, 0, 0, 0)


def test_more_pupils_than_enrolled_raise_what_is_expected() -> None:
    result = measured(*nights(600, 600, 600), pupils=2)

    assert result.counts(DURATION) == (3, 3, 3, 3, 1800)
    assert result.findings == {"enrolment_understated"}


def test_as_many_pupils_as_enrolled_are_nothing_to_tell() -> None:
    assert measured(*nights(600, 600), pupils=2).findings == frozenset()


def test_a_nil_report_is_never_off_plan() -> None:
    result = measured(event("sleep.nil_reported"), scope=frozenset())

    assert result.tallies == {}
    assert result.findings == frozenset()


def test_a_night_of_which_the_plan_asks_nothing_is_off_plan() -> None:
    assert measured(night(1, 600), scope=frozenset()).findings == {"off_plan"}
    # Of a night the bedtime is asked for: that is enough.
    asked = frozenset({"sleep.reporting", BEDTIME})
    assert measured(night(1, 600), scope=asked).findings == frozenset()

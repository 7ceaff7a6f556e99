"""Fitness, line by line of docs/metrics.md §2."""

from datetime import date
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

EXERCISE, SPORT, BIG_BREAK = "fitness.exercise", "fitness.sport_time", "fitness.big_break"
PE_KEPT, OUTSIDE = "fitness.pe_kept", "fitness.out_of_school"


def session(number: int, kind: str = "pe_lesson", minutes: int = 40, **fields: Any) -> Envelope:
    """A session of the whole class."""
    return event(
        "fitness.session_held", session_id=f"s-{number}", kind=kind, minutes=minutes, **fields
    )


def returned(**fields: Any) -> Envelope:
    """The class return."""
    stated = {
        "pe_planned": 1,
        "pe_held": 1,
        "big_breaks": 2,
        "exercise_minutes": 60,
        "sport_minutes": 120,
        **fields,
    }
    return event("fitness.day_reported", **stated)


def outside(pupil: int, minutes: int) -> Envelope:
    """Exercise out of school."""
    return event("fitness.exercise_reported", pid=f"{pupil:032x}", minutes=minutes)


def measured(*stated: Envelope, **of_the_day: Any) -> Result:
    """What is measured of these events."""
    return measured_of("fitness", *stated, **of_the_day)


@given(class_days("fitness"))
def test_silence_is_never_compliance(result: Result) -> None:
    keeps_the_invariants(result)


def test_the_worked_example() -> None:
    silent, nil = measured(), measured(event("fitness.nil_reported"))

    assert silent.counts(EXERCISE) == (1, 0, 0, 0, 0)
    assert silent.bins(EXERCISE) == [0] * 10
    assert nil.counts(EXERCISE) == (1, 1, 1, 0, 0)
    assert nil.bins(EXERCISE) == [1, 0, 0, 0, 0, 0, 0, 0, 0, 0]


def test_a_standing_nil_is_reported_and_not_judged() -> None:
    result = measured(standing_nil=True)

    assert result.counts(EXERCISE) == result.counts(BIG_BREAK) == (1, 1, 0, 0, 0)
    assert result.counts(OUTSIDE) == (6, 0, 0, 0, 0)
    assert PE_KEPT not in result.tallies


def test_exercise_is_the_sum_of_three_kinds_and_sport_of_five() -> None:
    kinds = {"pe_lesson": 40, "big_break": 30, "activity": 10, "recess": 7, "club": 50}

    result = measured(*(session(n, kind, kinds[kind]) for n, kind in enumerate(kinds)))

    assert result.counts(EXERCISE) == (1, 1, 1, 1, 80)
    assert result.counts(SPORT) == (1, 1, 1, 1, 137)


@pytest.mark.parametrize(("minutes", "compliant", "place"), [(59, 0, 5), (60, 1, 6), (0, 0, 0)])
def test_an_hour_is_kept_from_its_edge_on(minutes: int, compliant: int, place: int) -> None:
    result = measured(session(1, "activity", minutes))

    assert result.counts(EXERCISE) == (1, 1, 1, compliant, minutes)
    assert result.bins(EXERCISE)[place] == 1


@pytest.mark.parametrize(
    "fields", [{"whole_class": False}, {"actual_subject": "maths"}], ids=["some", "another subject"]
)
def test_only_sessions_of_the_whole_class_that_are_sport_count(fields: dict[str, Any]) -> None:
    result = measured(session(1, minutes=40, **fields), session(2, minutes=20))

    assert result.counts(EXERCISE) == (1, 1, 1, 0, 20)


def test_a_session_whose_subject_is_not_told_or_pe_counts() -> None:
    told = session(1, whole_class=True, actual_subject="pe")

    assert measured(told, session(2)).counts(EXERCISE) == (1, 1, 1, 1, 80)


def test_a_session_of_a_few_reports_the_day_all_the_same() -> None:
    assert measured(session(1, whole_class=False)).counts(EXERCISE) == (1, 1, 1, 0, 0)


def test_big_breaks_have_thirty_minutes() -> None:
    result = measured(*(session(n, "big_break", minutes) for n, minutes in enumerate((29, 30, 45))))

    assert result.counts(BIG_BREAK) == (1, 1, 1, 1, 2)


@pytest.mark.parametrize(
    ("day", "rule_id", "compliant"),
    [
        (date(2025, 11, 18), "cn-2021-big-break", 1),
        (date(2025, 11, 19), "cn-2025-big-break", 0),
    ],
)
def test_one_big_break_was_enough_until_two_were_asked_for(
    day: date, rule_id: str, compliant: int
) -> None:
    result = measured(returned(big_breaks=1), day=day)

    assert result.rules[BIG_BREAK] == rule_id
    assert result.counts(BIG_BREAK) == (1, 1, 1, compliant, 1)


def test_the_class_return_comes_before_the_sessions() -> None:
    result = measured(returned(), session(1, minutes=10, planned_subject="pe"))

    assert result.counts(EXERCISE) == (1, 1, 1, 1, 60)
    assert result.counts(SPORT) == (1, 1, 1, 1, 120)
    assert result.counts(BIG_BREAK) == (1, 1, 1, 1, 2)
    assert result.counts(PE_KEPT) == (1, 1, 1, 1, 0)
    assert result.findings == {"two_sources_differ"}


@pytest.mark.parametrize(
    "cancelled",
    [returned(cancelled_for="weather"), session(9, minutes=0, cancelled_for="weather")],
    ids=["the return", "a session"],
)
def test_what_the_weather_cancelled_is_reported_and_not_judged(cancelled: Envelope) -> None:
    result = measured(cancelled, session(1, planned_subject="pe"))

    for metric in (EXERCISE, SPORT, BIG_BREAK):
        assert result.counts(metric)[1:4] == (1, 0, 0)
    # The lesson in the timetable is still asked for.
    assert result.counts(PE_KEPT)[2] == 1


def test_other_reasons_excuse_nothing() -> None:
    result = measured(session(1, minutes=0, cancelled_for="exam"))

    assert result.counts(EXERCISE) == (1, 1, 1, 0, 0)


@pytest.mark.parametrize(
    ("fields", "kept"),
    [
        ({}, 1),
        ({"actual_subject": "pe"}, 1),
        ({"actual_subject": "maths"}, 0),
        ({"minutes": 0, "cancelled_for": "weather"}, 0),
        # A lesson of a part of the class is a lesson held.
        ({"whole_class": False}, 1),
    ],
)
def test_a_planned_lesson_is_kept_where_it_took_place_as_pe(
    fields: dict[str, Any], kept: int
) -> None:
    result = measured(session(1, **{"planned_subject": "pe", **fields}))

    assert result.counts(PE_KEPT) == (1, 1, 1, kept, 1 - kept)


def test_a_session_that_was_not_planned_as_pe_keeps_no_lesson() -> None:
    assert PE_KEPT not in measured(session(1), session(2, planned_subject="maths")).tallies


def test_the_return_tells_lessons_planned_and_held() -> None:
    assert measured(returned(pe_planned=3, pe_held=1)).counts(PE_KEPT) == (3, 3, 3, 1, 2)
    assert PE_KEPT not in measured(returned(pe_planned=0, pe_held=0)).tallies


def test_out_of_school_each_answer_is_a_pupil() -> None:
    result = measured(outside(1, 60), outside(2, 59), outside(3, 0))

    assert result.counts(OUTSIDE) == (6, 3, 3, 1, 119)
    assert result.bins(OUTSIDE) == [1, 0, 0, 0, 1, 1, 0, 0, 0]
    assert result.counts("fitness.reporting") == (1, 1, 0, 0, 0)
    assert result.counts(EXERCISE) == (1, 0, 0, 0, 0)


def test_a_survey_is_judged_from_the_edge_on() -> None:
    survey = event("fitness.exercise_surveyed", asked=9, minute_counts=[0, 0, 0, 0, 2, 1, 0, 0, 1])
    rules = national_rules("fitness")
    rules[OUTSIDE] = replace(rules[OUTSIDE], value=70)

    assert measured(survey).counts(OUTSIDE) == (6, 4, 4, 2, 2 * 52 + 67 + 150)
    assert measured(survey, rules=rules).counts(OUTSIDE)[1:4] == (4, 0, 0)

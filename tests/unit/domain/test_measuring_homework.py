"""Homework, line by line of docs/metrics.md §2."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given

from tests.builders import event
from tests.measuring import Result, class_day, class_days, keeps_the_invariants, measured_of
from wuguan.domain.envelope import Envelope

MINUTES, WEEKEND = "homework.minutes", "homework.weekend_minutes"
SILENT, NIL = (1, 0, 0, 0, 0), event("homework.nil_reported")


def assigned(number: int, minutes: int = 20, **fields: Any) -> Envelope:
    """A written task for home on the board, unless told otherwise."""
    stated = {
        "subject": "maths",
        "form": "written",
        "place": "home",
        "channel": "board",
        "estimated_minutes": minutes,
        **fields,
    }
    return event("homework.assigned", assignment_id=f"a-{number}", **stated)


def timed(*minutes: int) -> list[Envelope]:
    """One pupil each."""
    return [
        event("homework.timed", pid=f"{pupil:032x}", minutes=one)
        for pupil, one in enumerate(minutes)
    ]


def returned(minutes: int, **fields: Any) -> Envelope:
    """The class return."""
    stated = {"basis": "timed", "written_tasks": 0, "phone_tasks": 0, "parent_tasks": 0, **fields}
    return event("homework.day_reported", written_minutes=minutes, **stated)


def checked(number: int, collected: int, marked: int) -> Envelope:
    """A look at marked work."""
    return event(
        "homework.marking_checked",
        check_id=f"c-{number}",
        subject="maths",
        collected=collected,
        marked_by_teacher=marked,
    )


def measured(*stated: Envelope, **of_the_day: Any) -> Result:
    """What is measured of these events."""
    return measured_of("homework", *stated, **of_the_day)


@given(class_days("homework"))
def test_silence_is_never_compliance(result: Result) -> None:
    keeps_the_invariants(result)


def test_the_worked_example() -> None:
    result = measured(assigned(1, 25), assigned(2, 40), *timed(10, 10, 10))

    assert result.counts(MINUTES) == (1, 1, 1, 0, 65)
    assert result.bins(MINUTES) == [0, 0, 0, 0, 0, 1, 0, 0, 0, 0]
    assert result.counts("homework.written_set") == (1, 1, 0, 0, 2)


def test_a_silent_class_is_expected_and_reports_nothing() -> None:
    result = measured()

    metrics = ("homework.reporting", MINUTES, "homework.written_set", "homework.channel")
    assert {metric: result.counts(metric) for metric in metrics} == dict.fromkeys(metrics, SILENT)
    assert sum(result.bins(MINUTES)) == 0
    # Pieces of work are expected where some were collected.
    assert "homework.marking" not in result.tallies


def test_a_nil_report_is_zero_and_judged() -> None:
    result = measured(NIL)

    assert result.counts("homework.reporting") == (1, 1, 0, 0, 0)
    assert result.counts(MINUTES) == (1, 1, 1, 1, 0)
    assert result.counts("homework.channel") == (1, 1, 1, 1, 0)
    assert result.bins(MINUTES)[0] == 1


def test_a_standing_nil_alone_is_reported_and_not_judged() -> None:
    result = measured(standing_nil=True)

    assert result.counts("homework.reporting") == (1, 1, 0, 0, 0)
    assert result.counts(MINUTES) == (1, 1, 0, 0, 0)
    assert result.bins(MINUTES)[0] == 1


def test_a_nil_report_under_a_standing_nil_is_judged() -> None:
    assert measured(NIL, standing_nil=True).counts(MINUTES) == (1, 1, 1, 1, 0)


def test_a_standing_nil_says_nothing_where_a_fact_stands() -> None:
    result = measured(checked(1, 30, 30), standing_nil=True)

    assert result.counts("homework.reporting") == (1, 1, 0, 0, 0)
    assert result.counts(MINUTES) == SILENT


def test_the_class_return_comes_before_the_detail() -> None:
    result = measured(returned(50), assigned(1, 70), *timed(90, 90, 90, 90, 90))

    assert result.counts(MINUTES) == (1, 1, 1, 1, 50)
    assert "two_sources_differ" in result.findings


def test_five_of_fifteen_pupils_are_enough_and_their_mean_is_exact() -> None:
    result = measured(*timed(60, 60, 60, 60, 61), assigned(1, 10), pupils=15)

    # 60.2 is more than 60, and falls in the next bin; only the total is rounded.
    assert result.counts(MINUTES) == (1, 1, 1, 0, 60)
    assert result.bins(MINUTES) == [0, 0, 0, 0, 0, 1, 0, 0, 0, 0]


def test_halves_of_a_minute_are_rounded_up() -> None:
    result = measured(*timed(10, 10, 10, 11, 11, 11))

    assert result.counts(MINUTES) == (1, 1, 1, 1, 11)


@pytest.mark.parametrize(("answers", "pupils"), [(4, 6), (5, 16)])
def test_too_few_answers_say_nothing_of_minutes(answers: int, pupils: int) -> None:
    result = measured(*timed(*[30] * answers), pupils=pupils)

    assert result.counts("homework.reporting") == (1, 1, 0, 0, 0)
    assert result.counts(MINUTES) == SILENT


def test_enough_answers_say_nothing_of_tasks() -> None:
    result = measured(*timed(30, 30, 30, 30, 30))

    assert result.counts(MINUTES) == (1, 1, 1, 1, 30)
    assert result.counts("homework.written_set") == SILENT
    assert result.counts("homework.channel") == SILENT


def test_only_written_tasks_for_home_make_minutes() -> None:
    result = measured(assigned(1, 30), assigned(2, 40, place="school"), assigned(3, form="oral"))

    assert result.counts(MINUTES) == (1, 1, 1, 1, 30)
    assert result.counts("homework.written_set") == (1, 1, 0, 0, 1)


def test_marking_says_nothing_of_minutes() -> None:
    result = measured(checked(1, 30, 28), checked(2, 10, 10))

    assert result.counts("homework.reporting") == (1, 1, 0, 0, 0)
    assert result.counts(MINUTES) == result.counts("homework.written_set") == SILENT
    assert result.counts("homework.marking") == (40, 40, 40, 38, 38)


def test_marking_is_not_judged_in_senior_classes() -> None:
    result = measured(checked(1, 30, 28), stage="senior", grade=11)

    assert result.counts("homework.marking") == (30, 30, 0, 0, 28)


@pytest.mark.parametrize(
    ("stage", "grade", "minutes", "judged", "compliant"),
    [
        ("primary", 3, 60, 1, 1),
        ("primary", 3, 61, 1, 0),
        ("primary", 2, 60, 0, 0),
        # Stage decides, not the number of the grade.
        ("junior", 6, 90, 1, 1),
        ("junior", 9, 91, 1, 0),
        ("senior", 10, 30, 0, 0),
    ],
)
def test_the_rule_on_minutes_is_that_of_the_stage(
    stage: str, grade: int, minutes: int, judged: int, compliant: int
) -> None:
    result = measured(returned(minutes), stage=stage, grade=grade)

    assert result.counts(MINUTES) == (1, 1, judged, compliant, minutes)


@pytest.mark.parametrize(("tasks", "compliant"), [(0, 1), (1, 0)])
def test_grades_one_and_two_have_no_written_tasks(tasks: int, compliant: int) -> None:
    result = measured(returned(0, written_tasks=tasks), grade=2)

    assert result.counts("homework.written_set") == (1, 1, 1, compliant, tasks)


def test_phone_and_parent_tasks_of_a_return_are_added() -> None:
    result = measured(returned(0, phone_tasks=2, parent_tasks=3))

    assert result.counts("homework.channel") == (1, 1, 1, 0, 5)


@pytest.mark.parametrize(
    ("fields", "counted"),
    [
        ({"channel": "wechat"}, 1),
        ({"channel": "qq"}, 1),
        ({"channel": "dingtalk"}, 1),
        ({"channel": "phone"}, 1),
        ({"channel": "platform"}, 0),
        ({"needs_device": True}, 1),
        ({"needs_device": False, "parent_task": False}, 0),
        ({"parent_task": True, "form": "practical"}, 1),
        ({"channel": "qq", "needs_device": True, "parent_task": True}, 1),
    ],
)
def test_a_task_through_phone_or_parents_counts_once(fields: dict[str, Any], counted: int) -> None:
    result = measured(assigned(1, **fields), assigned(2))

    assert result.counts("homework.channel") == (1, 1, 1, int(not counted), counted)


def test_estimates_are_not_compared_by_their_total() -> None:
    assert (
        "two_sources_differ"
        not in measured(returned(45, written_tasks=1), assigned(1, 40)).findings
    )
    assert (
        "two_sources_differ" in measured(returned(46, written_tasks=1), assigned(1, 45)).findings
    )  # another bin


def test_two_exact_totals_are_compared() -> None:
    answers = timed(40, 40, 40, 40, 40)

    assert "two_sources_differ" in measured(returned(41), *answers).findings
    assert measured(returned(40), *answers).findings == frozenset()
    assert measured(returned(41, basis="estimated"), *answers).findings == frozenset()


def test_at_the_weekend_minutes_are_weekend_minutes_and_nobody_judges_them() -> None:
    day = class_day("homework")
    names = (day.scope - {MINUTES}) | {WEEKEND}
    result = measured(returned(150), scope=names, calendar_scope=names - {"homework.reporting"})

    assert MINUTES not in result.tallies
    assert result.counts(WEEKEND) == (1, 1, 0, 0, 150)
    assert result.bins(WEEKEND) == [0, 0, 0, 0, 0, 0, 0, 0, 1, 0]


def test_facts_of_which_the_plan_asks_nothing_are_off_plan() -> None:
    asked = frozenset({"homework.reporting", "homework.marking"})

    result = measured(assigned(1), checked(1, 5, 5), scope=asked)

    assert set(result.tallies) == asked
    assert result.findings == {"off_plan"}
    assert measured(checked(1, 5, 5), scope=asked).findings == frozenset()


def test_out_of_scope_nothing_is_counted_but_a_conflict_is_told() -> None:
    two = (returned(1), returned(2))

    result = measured(*two, scope=frozenset(), calendar_scope=frozenset())

    assert result.tallies == {}
    assert result.findings == {"conflict"}


def test_before_a_rule_is_in_force_nothing_is_judged() -> None:
    result = measured(returned(30), day=date(2020, 9, 14))

    assert result.counts(MINUTES) == (1, 1, 0, 0, 30)
    assert result.rules[MINUTES] is None

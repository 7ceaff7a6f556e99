"""What stands of the reports, once every slip is mended, is what was drawn."""

from collections import defaultdict
from datetime import date
from typing import Any

import pytest

from producers.district.days import Sending
from producers.district.organisation import SchoolProfile, classes_of, pseudonyms
from producers.district.profiles import simulated_district
from producers.district.truth import Truth, truths_about
from tests.unit.producers.simulated_days import Data, Told, days_between, latest, sent_on, told

SEED = 2026
SCHOOLS = simulated_district(SEED).schools
FIRST, LAST = date(2026, 10, 19), date(2026, 10, 23)
Sent = list[tuple[str, Sending]]


def truths(school: SchoolProfile) -> dict[tuple[str, date], Truth]:
    days = days_between(FIRST, LAST)
    drawn = (truth for day in days for truth in truths_about(SEED, school, day))
    return {(truth.class_id, truth.day): truth for truth in drawn}


def sent(number: int) -> Sent:
    return sent_on(SEED, [SCHOOLS[number]], FIRST, LAST)


def by_class_day(events: list[Told]) -> dict[tuple[str, date], list[Data]]:
    grouped = defaultdict(list)
    for event in events:
        grouped[event.data["class_id"], event.day].append(event.data)
    return grouped


@pytest.mark.parametrize("number", [0, 1, 10, 11])
def test_class_returns_state_what_was_drawn(number: int) -> None:
    # given
    drawn, events = truths(SCHOOLS[number]), sent(number)
    fields_of: dict[str, Any] = {
        "homework.day_reported": lambda t: {
            "written_minutes": t.homework.minutes,
            "written_tasks": t.homework.tasks,
        },
        "phone.day_reported": lambda t: {
            "brought": len(t.phone.brought),
            "permitted": t.phone.permitted,
            "returned": t.phone.returned,
        },
        "reading.loans_counted": lambda t: {"loans": t.reading.loans},
        "fitness.day_reported": lambda t: {
            "pe_held": t.fitness.pe_held,
            "sport_minutes": t.fitness.sport_minutes,
        },
    }

    # then
    for kind, expected in fields_of.items():
        standing = latest(told(events, kind))
        assert len(standing) > 20
        for event in standing:
            wanted = expected(drawn[event.data["class_id"], event.day])
            # The first statement alone is left where its correction was refused.
            if {name: event.data[name] for name in wanted} != wanted:
                assert is_uncorrected(events, event)


def is_uncorrected(events: Sent, event: Told) -> bool:
    """Whether the correction of a slip was spoiled on its way."""
    return any(sending.spoiled and sending.event["data"]["class_id"] == event.data["class_id"]
               for _, sending in events)  # fmt: skip


def test_sessions_tasks_and_loans_add_up_to_what_was_drawn() -> None:
    # given the days of a school that sends detail, of which nothing was spoiled
    drawn, events = truths(SCHOOLS[7]), sent(7)
    spoiled = {
        (sending.event["data"]["class_id"], sending.event["data"]["day"])
        for _, sending in events
        if sending.spoiled
    }

    # when
    sessions = by_class_day(list(told(events, "fitness.session_held")))
    tasks = by_class_day(list(told(events, "homework.assigned")))
    loans = by_class_day(list(told(events, "reading.loaned")))

    # then
    whole = [key for key in sessions if (key[0], key[1].isoformat()) not in spoiled]
    assert len(whole) > 50
    for key in whole:
        truth = drawn[key]
        assert truth.fitness is not None
        assert truth.homework is not None
        assert truth.reading is not None
        held = [one for one in sessions[key] if one.get("actual_subject", "pe") == "pe"]
        assert sum(one["minutes"] for one in held) == truth.fitness.sport_minutes
        if key in tasks:
            assert sum(one["estimated_minutes"] for one in tasks[key]) == truth.homework.minutes
        if key in loans:
            assert len(loans[key]) == truth.reading.loans


def test_noted_nights_are_the_pupils_own() -> None:
    # given
    school, drawn = SCHOOLS[3], truths(SCHOOLS[3])
    pupils = {room.class_id: pseudonyms(room, SEED) for room in classes_of(school, 2026, SEED)}

    # then
    noted = list(told(sent(3), "sleep.bedtime_reported"))
    assert len(noted) > 2_000
    for event in noted:
        nights = drawn[event.data["class_id"], event.day].sleep
        assert nights is not None
        pupil = pupils[event.data["class_id"]].index(event.data["pid"])
        slept = event.data["slept_at"]
        minutes = (int(slept[11:13]) - 12) % 24 * 60 + int(slept[14:16])
        assert minutes == nights.slept[pupil]


def test_a_survey_answers_for_no_more_than_the_class() -> None:
    for event in told(sent(0), "sleep.night_surveyed", "fitness.exercise_surveyed"):
        counts = event.data.get("duration_counts") or event.data["minute_counts"]
        assert 0 < sum(counts) <= event.data["asked"]

"""Each school of the district has a character, and it shows in what it sends."""

from collections import defaultdict
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from producers.district.days import Sending
from producers.district.profiles import simulated_district
from producers.district.school_year import is_school_day, weekend_follows
from producers.district.truth import truths_about
from tests.unit.producers.simulated_days import days_between, latest, sent_on, told

SEED = 2026
DISTRICT = simulated_district(SEED)
FIRST, LAST = date(2026, 10, 12), date(2026, 11, 6)
RETURNS = ("homework.day_reported", "fitness.day_reported", "reading.loans_counted")


def sent(number: int) -> list[tuple[str, Sending]]:
    return sent_on(SEED, [DISTRICT.schools[number]], FIRST, LAST)


def test_a_rural_school_is_silent_on_most_fridays() -> None:
    # when
    heard = {event.day for event in told(sent(5), *RETURNS)}

    # then
    school_days = [day for day in days_between(FIRST, LAST) if is_school_day(day, "primary")]
    fridays = [day for day in school_days if day.isoweekday() == 5]
    assert set(school_days) - set(fridays) <= heard
    assert len(heard & set(fridays)) < len(fridays) / 2


def test_one_school_writes_the_whole_week_on_friday_at_twenty_to_five() -> None:
    for event in told(sent(3), "homework.nil_reported", "reading.loans_counted"):
        assert event.at.isoweekday() == 5
        # What was refused is sent again two hours later, a slip is noticed on the weekend.
        if event.at.date() - event.day < timedelta(days=5) and event.at.hour == 16:
            assert 40 <= event.at.minute <= 44


def test_one_school_is_too_perfect() -> None:
    # given
    minutes = {
        event.data["written_minutes"] for event in latest(told(sent(4), "homework.day_reported"))
    }
    heard = {(e.data["class_id"], e.day) for e in latest(told(sent(4), "fitness.day_reported"))}

    # then
    assert minutes <= {0, 30}
    days = [day for day in days_between(FIRST, LAST) if is_school_day(day, "primary")]
    assert len(heard) >= 0.99 * 24 * len(days), "all but what was refused and not sent again"


def test_a_dead_connector_says_on_friday_what_happened_in_four_days() -> None:
    # when
    week = [(i, s) for i, s in sent(6) if s.event["data"]["day"] <= "2026-10-16"]

    # then its seventh week ends with everything at once
    alive = datetime.fromisoformat("2026-10-16T08:10:00+08:00")
    assert week
    assert min(sending.at for _, sending in week) == alive
    about_thursday = [
        s for _, s in week if s.event["data"]["day"] == "2026-10-15" and s.at == alive
    ]
    assert len(about_thursday) > 60


def test_one_school_is_late_and_puts_right_what_was_wrong() -> None:
    # given
    events = [event for event in told(sent(1), "fitness.day_reported")]
    on_time = [event for event in latest(events) if event.at.date() == event.day]
    times = defaultdict[Any, list[int]](list)
    for event in events:
        times[event.data["class_id"], event.day].append(event.data["sport_minutes"])

    # then
    assert 0.25 < len(on_time) / len(latest(events)) < 0.45
    corrected = [values for values in times.values() if len(values) > 1]
    assert 0.15 < len(corrected) / len(times) < 0.25
    assert all(first == last + 10 for first, last in corrected)


def over_limit(school: int, grade: int) -> float:
    drawn = [
        truth.homework.minutes
        for day in days_between(FIRST, LAST)
        if not weekend_follows(day, "junior")
        for truth in truths_about(SEED, DISTRICT.schools[school], day)
        if truth.grade == grade and truth.homework
    ]
    return sum(minutes > 90 for minutes in drawn) / len(drawn)


def test_one_school_overloads_its_grade_nine() -> None:
    assert over_limit(8, 9) > 0.25
    assert over_limit(8, 8) < 0.15
    assert over_limit(6, 9) < 0.2


def test_one_school_says_zero_and_its_parents_say_half_an_hour() -> None:
    # given
    wednesday = [(i, s) for i, s in sent(9) if s.event["data"]["day"] == "2026-10-14"]
    returned = {
        e.data["class_id"]: e.data for e in latest(told(wednesday, "homework.day_reported"))
    }
    noted = defaultdict[Any, list[int]](list)
    for event in told(wednesday, "homework.timed"):
        noted[event.data["class_id"]].append(event.data["minutes"])

    # then
    of_upper_grades = [class_id for class_id in returned if class_id in noted]
    assert len(of_upper_grades) >= 15
    for class_id in of_upper_grades:
        assert returned[class_id]["written_minutes"] == returned[class_id]["written_tasks"] == 0
        assert len(noted[class_id]) >= 14, "enough to be set against the return"
        assert sum(noted[class_id]) / len(noted[class_id]) > 15


@pytest.mark.parametrize(("school", "lowest", "highest"), [(10, 0.72, 0.86), (11, 0.94, 0.99)])
def test_permits_are_on_file_but_in_one_school(school: int, lowest: float, highest: float) -> None:
    brought = permitted = 0
    for event in latest(told(sent(school), "phone.day_reported")):
        brought += event.data["brought"]
        permitted += event.data["permitted"]
    assert lowest < permitted / brought < highest


def test_two_schools_have_one_big_break() -> None:
    one = [school.school_id for school in DISTRICT.schools if school.big_breaks == 1]
    assert one == ["2199000006", "2199000009"]
    # The sports day has as many as it likes.
    breaks = [e.data["big_breaks"] for e in latest(told(sent(5), "fitness.day_reported"))]
    assert breaks.count(2) <= 6


def test_pe_is_daily_in_eight_schools_and_four_three_three_and_two_times_in_the_others() -> None:
    planned = sorted(school.pe_a_week for school in DISTRICT.schools)
    assert planned == [2, 3, 3, 4, *[5] * 8]
    # In the twelfth week no school has its sports day.
    week = days_between(date(2026, 11, 16), date(2026, 11, 20))
    for school in DISTRICT.schools:
        lessons = defaultdict[str, int](int)
        for day in week:
            for truth in truths_about(SEED, school, day):
                assert truth.fitness is not None
                lessons[truth.class_id] += truth.fitness.pe_planned
        assert set(lessons.values()) == {school.pe_a_week}


def test_each_school_holds_one_sports_day_a_term() -> None:
    days = {
        truth.day
        for day in days_between(FIRST, LAST)
        for truth in truths_about(SEED, DISTRICT.schools[0], day)
        if truth.fitness is not None and truth.fitness.sport_minutes >= 180
    }
    assert len(days) == 1
    assert is_school_day(days.pop(), "primary")

"""The simulated district: the same for the same seed, lawful, and believable."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from producers.district.calendar import calendar
from producers.district.days import Sending, events_of
from producers.district.organisation import SchoolClass, classes_of, roster
from producers.district.outbox import Outbox
from producers.district.profiles import demonstration_district
from producers.district.school_year import ONE_DAY, is_school_day, weekend_follows
from wuguan.domain.instants import CHINA, instant_us
from wuguan.domain.validation import Bounds, find_fault

DISTRICT = demonstration_district(seed=7)
FIRST, LAST = date(2026, 9, 1), date(2026, 10, 16)
NOW = datetime(2026, 11, 23, 8, 26, tzinfo=CHINA)
HAN = re.compile("[\u3400-\u9fff]")
LIMIT_MINUTES = {"primary": 60, "junior": 90}


@pytest.fixture(scope="module")
def sendings() -> list[tuple[str, Sending]]:
    """Six weeks of the whole district, with the National Day holiday in them."""
    return [
        (school_id, sending)
        for n in range((LAST - FIRST).days + 1)
        for school_id, of_school in events_of(DISTRICT, FIRST + n * ONE_DAY, NOW).items()
        for sending in of_school
    ]


@pytest.fixture(scope="module")
def rooms() -> dict[tuple[str, str], SchoolClass]:
    known = (room for school in DISTRICT.schools for room in classes_of(school, 2026, 7))
    return {(room.school_id, room.class_id): room for room in known}


def data_of(
    sendings: list[tuple[str, Sending]], short_type: str
) -> Iterator[tuple[str, dict[str, Any]]]:
    for school_id, sending in sendings:
        if sending.event["type"] == f"wuguan.{short_type}.v1" and not sending.spoiled:
            yield school_id, sending.event["data"]


def test_the_same_seed_and_day_give_the_same_events() -> None:
    day = date(2026, 9, 16)
    again = demonstration_district(seed=7)
    assert events_of(DISTRICT, day, NOW) == events_of(again, day, NOW)
    assert events_of(DISTRICT, day, NOW) != events_of(demonstration_district(seed=8), day, NOW)


def test_nothing_is_sent_before_it_has_happened() -> None:
    # given a school day, at four in the afternoon
    day = date(2026, 9, 16)
    four = datetime(2026, 9, 16, 16, tzinfo=CHINA)

    # when
    by_four, at_last = events_of(DISTRICT, day, four), events_of(DISTRICT, day, NOW)

    # then what is sent by then is the beginning of all that is sent
    for school_id, sendings in by_four.items():
        assert all(datetime.fromisoformat(one.event["time"]) <= four for one in sendings)
        assert sendings == [one for one in at_last[school_id] if one.at <= four]
    assert 0 < sum(map(len, by_four.values())) < sum(map(len, at_last.values()))


def test_every_event_keeps_the_contract_and_every_spoiled_one_breaks_it(
    sendings: list[tuple[str, Sending]],
) -> None:
    for school_id, sending in sendings:
        # Held against the clock of its own sending: none speaks of its future.
        bounds = Bounds(school_id=school_id, now_us=instant_us(sending.at))
        fault = find_fault(sending.event, bounds)
        assert (fault is not None) == sending.spoiled, (sending.event, fault)


def test_ids_are_unique(sendings: list[tuple[str, Sending]]) -> None:
    ids = Counter(sending.event["id"] for _, sending in sendings)
    assert max(ids.values()) == 1


def test_no_event_carries_a_name(sendings: list[tuple[str, Sending]]) -> None:
    assert not any(HAN.search(json.dumps(one.event, ensure_ascii=False)) for _, one in sendings)


def test_all_five_managements_speak_in_returns_and_in_detail(
    sendings: list[tuple[str, Sending]],
) -> None:
    types = {sending.event["type"].removeprefix("wuguan.")[:-3] for _, sending in sendings}
    assert types >= {
        "homework.day_reported", "homework.assigned", "homework.timed", "homework.marking_checked",
        "homework.nil_reported", "sleep.night_surveyed", "sleep.bedtime_reported",
        "phone.day_reported", "phone.class_checked", "phone.checked_in", "phone.returned",
        "phone.screen_surveyed", "reading.loans_counted", "reading.loaned", "reading.returned",
        "reading.swept", "fitness.day_reported", "fitness.session_held",
        "fitness.exercise_surveyed",
    }  # fmt: skip


def test_homework_over_its_limit_is_rare_but_there(
    sendings: list[tuple[str, Sending]], rooms: dict[tuple[str, str], SchoolClass]
) -> None:
    # given the returns of classes that have a limit, of evenings before a school day
    judged = []
    for school_id, data in data_of(sendings, "homework.day_reported"):
        room = rooms[school_id, data["class_id"]]
        evening = not weekend_follows(date.fromisoformat(data["day"]), room.stage)
        if evening and room.grade > 2 and room.stage in LIMIT_MINUTES:
            judged.append(data["written_minutes"] > LIMIT_MINUTES[room.stage])

    # then
    assert 0.02 <= sum(judged) / len(judged) <= 0.06


@pytest.mark.parametrize(
    ("stage", "first_bin", "attained"), [("primary", 8, 0.31), ("junior", 6, 0.17)]
)
def test_sleep_attainment_is_near_what_was_published(
    sendings: list[tuple[str, Sending]],
    rooms: dict[tuple[str, str], SchoolClass],
    stage: str,
    first_bin: int,
    attained: float,
) -> None:
    counts = Counter[int]()
    for school_id, data in data_of(sendings, "sleep.night_surveyed"):
        if rooms[school_id, data["class_id"]].stage == stage:
            counts.update(dict(enumerate(data["duration_counts"])))
    kept = sum(count for index, count in counts.items() if index >= first_bin)
    assert kept / counts.total() == pytest.approx(attained, abs=0.04)


def test_some_is_late_some_refused_and_one_school_is_silent_on_fridays(
    sendings: list[tuple[str, Sending]],
) -> None:
    # given
    late = [s for _, s in sendings if s.at.date() - _day(s) > timedelta(days=1)]
    spoiled = [s for _, s in sendings if s.spoiled]
    fridays = {(school_id, _day(s)) for school_id, s in sendings if _day(s).isoweekday() == 5}
    of_school = Counter(school_id for school_id, _ in fridays)

    # then
    assert 0.002 < len(late) / len(sendings) < 0.10
    assert 0.002 < len(spoiled) / len(sendings) < 0.008
    assert of_school["2199000003"] < of_school["2199000001"]


def test_holidays_are_silent_and_make_up_workdays_are_not(
    sendings: list[tuple[str, Sending]],
) -> None:
    days = {_day(sending) for _, sending in sendings}
    assert date(2026, 10, 5) not in days
    assert date(2026, 9, 20) in days, "a Sunday on which schools work"


def test_an_outbox_hands_out_everything_once_whenever_it_is_asked() -> None:
    # given two readers of one school, over a midnight
    school = DISTRICT.schools[1]
    since, until = NOW - timedelta(days=2), NOW
    hourly, at_once = Outbox(DISTRICT, school, since), Outbox(DISTRICT, school, since)

    # when
    in_parts = [one for hour in range(1, 49) for one in hourly.due(since + timedelta(hours=hour))]

    # then
    assert in_parts == at_once.due(until)
    assert in_parts
    assert not hourly.due(until)


def test_the_roster_stays_as_it_is_when_told_again_and_grows_by_a_year() -> None:
    # given
    one, both = roster(DISTRICT, [2026]), roster(DISTRICT, [2025, 2026])

    # then
    assert len(one["classes"]) == 39
    assert 1_600 <= sum(entry["enrolment"][0]["pupils"] for entry in one["classes"]) <= 1_800
    assert [entry for entry in both["classes"] if entry in one["classes"]]
    assert len(both["classes"]) > len(one["classes"])


def test_a_five_four_school_has_four_junior_grades() -> None:
    nine_year = DISTRICT.schools[2]
    stages = [room.stage for room in classes_of(nine_year, 2026, seed=7)]
    assert stages == ["primary"] * 5 + ["junior"] * 4


def test_the_calendar_says_what_the_simulation_lives() -> None:
    document = calendar(DISTRICT, [2026])
    assert document["terms"][0] == {"from": "2026-09-01", "to": "2027-01-22"}
    assert document["exceptions"][0]["from"] == "2026-11-11"
    assert not is_school_day(date(2026, 11, 11), "primary")
    assert is_school_day(date(2026, 11, 11), "senior")


def _day(sending: Sending) -> date:
    return date.fromisoformat(sending.event["data"]["day"])

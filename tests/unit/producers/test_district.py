"""The simulated district: its size, its names, and the same for the same seed."""

import re
from collections import Counter
from datetime import date

import pytest

from producers.district.calendar import calendars
from producers.district.days import sent_about
from producers.district.organisation import District, classes_of, grades, pseudonyms, roster
from producers.district.profiles import TWELVE, simulated_district
from producers.district.school_year import first_day_of_school, is_school_day
from producers.district.truth import truths_about

DISTRICT = simulated_district(seed=7)
DAY = date(2026, 9, 16)


def sizes(district: District, year: int, seed: int) -> list[int]:
    return [room.pupils for school in district.schools for room in classes_of(school, year, seed)]


@pytest.mark.parametrize("seed", [7, 2026])
@pytest.mark.parametrize("year", [2025, 2026, 2027])
def test_twelve_schools_have_333_classes_and_14802_pupils_in_every_year(
    seed: int, year: int
) -> None:
    district = simulated_district(seed)
    assert len(district.schools) == 12
    assert len(sizes(district, year, seed)) == 333
    assert sum(sizes(district, year, seed)) == 14_802


def test_every_part_of_a_school_has_its_mean_and_classes_that_differ() -> None:
    for school in DISTRICT.schools:
        for part in school.parts:
            rooms = [r.pupils for r in classes_of(school, 2026, 7) if r.stage == part.stage]
            assert len(rooms) == part.classes
            assert sum(rooms) == part.classes * part.pupils_a_class
            assert len(set(rooms)) > 2


def test_classes_are_spread_evenly_over_the_grades_and_keep_their_size() -> None:
    nine_year_five_four = simulated_district(7, 24).schools[21]
    for school in (*DISTRICT.schools, nine_year_five_four):
        a_grade = Counter((room.stage, room.grade) for room in classes_of(school, 2026, 7))
        for part in school.parts:
            counts = [a_grade[part.stage, grade] for grade in grades(part.stage, school.system)]
            assert max(counts) - min(counts) <= 1
        now = {room.class_id: room.pupils for room in classes_of(school, 2026, 7)}
        before = {room.class_id: room.pupils for room in classes_of(school, 2025, 7)}
        assert all(now[class_id] == before[class_id] for class_id in now.keys() & before.keys())


def test_a_five_four_school_has_four_junior_grades() -> None:
    school = simulated_district(7, 24).schools[21]
    assert school.system == "5-4"
    junior = {room.grade for room in classes_of(school, 2026, 7) if room.stage == "junior"}
    assert junior == {6, 7, 8, 9}


@pytest.mark.parametrize("schools", [1, 3, 12, 30, 500, 3000])
def test_a_district_of_any_size_has_schools_that_differ_in_number_and_name(schools: int) -> None:
    # given
    district = simulated_district(7, schools)

    # then
    ids = [school.school_id for school in district.schools]
    names = [school.name for school in district.schools]
    assert len(set(ids)) == len(set(names)) == schools
    assert all(re.fullmatch(r"2199\d{6}", school_id) for school_id in ids)
    assert all(name.startswith("示范区") for name in names)


def test_the_twelve_come_again_in_the_same_mix() -> None:
    parts = Counter(school.parts for school in simulated_district(7, 36).schools)
    assert parts == {like.parts: 3 for like in TWELVE}


def test_the_same_seed_gives_the_same_events_and_another_seed_others() -> None:
    school = DISTRICT.schools[5]
    assert sent_about(7, school, DAY) == sent_about(7, simulated_district(7).schools[5], DAY)
    assert sent_about(7, school, DAY) != sent_about(8, school, DAY)


@pytest.mark.parametrize("schools", [3, 40])
def test_what_a_school_sends_hangs_on_nobody_else(schools: int) -> None:
    # given
    of_twelve = {school.school_id: school for school in DISTRICT.schools}
    others = [one for one in simulated_district(7, schools).schools if one.school_id in of_twelve]

    # then
    assert len(others) == min(schools, 12)
    for school in others[:6]:
        assert sent_about(7, school, DAY) == sent_about(7, of_twelve[school.school_id], DAY)


def test_the_truth_hangs_on_no_event_and_no_event_on_the_truth_asked_for() -> None:
    school = DISTRICT.schools[5]
    before = list(truths_about(7, school, DAY))
    sent = sent_about(7, school, DAY)
    assert list(truths_about(7, school, DAY)) == before
    assert sent_about(7, school, DAY) == sent


def test_pupils_are_numbers_that_no_two_schools_share() -> None:
    # given
    rooms = [room for school in DISTRICT.schools for room in classes_of(school, 2026, 7)]
    pids = [pid for room in rooms for pid in pseudonyms(room, 7)]

    # then
    assert len(set(pids)) == 14_802
    assert all(re.fullmatch("[0-9a-f]{32}", pid) for pid in pids)


def test_the_roster_stays_as_it_is_when_told_again_and_grows_by_a_year() -> None:
    # given
    one, both = roster(DISTRICT, [2026]), roster(DISTRICT, [2025, 2026])

    # then
    assert roster(DISTRICT, [2026]) == one
    assert len(one["classes"]) == 333
    later = {(entry["school_id"], entry["class_id"]): entry for entry in both["classes"]}
    for entry in one["classes"]:
        again = later[entry["school_id"], entry["class_id"]]
        assert again["enrolment"] == entry["enrolment"]
    assert len(later) > 333


def test_the_calendar_says_what_the_simulation_lives() -> None:
    # given
    of_district, of_school = calendars(DISTRICT, [2026])

    # then
    assert of_district["terms"][0] == {"from": "2026-09-01", "to": "2027-01-22"}
    assert of_district["exceptions"][0]["from"] == "2026-11-11"
    assert not is_school_day(date(2026, 11, 11), "primary")
    assert is_school_day(date(2026, 11, 11), "senior")
    assert of_school["unit_id"] == "2199000004", "the school with nightly bedtimes asks every day"
    assert {entry["every"] for entry in of_school["plan"]} == {"day"}


@pytest.mark.parametrize(
    ("day", "school"),
    [
        (date(2026, 9, 20), True),
        (date(2026, 9, 25), False),
        (date(2026, 10, 1), False),
        (date(2026, 10, 7), False),
        (date(2026, 10, 10), True),
        (date(2026, 10, 11), False),
    ],
)
def test_national_days_off_and_make_up_workdays_are_lived(day: date, school: bool) -> None:
    sent = [one for school_ in DISTRICT.schools[5:7] for one in sent_about(7, school_, day)]
    of_returns = [one for one in sent if one.event["type"].endswith("day_reported.v1")]
    assert bool(of_returns) is school


@pytest.mark.parametrize(
    ("day", "first"),
    [
        (date(2026, 11, 24), date(2026, 9, 1)),
        (date(2027, 1, 5), date(2026, 9, 1)),
        (date(2026, 8, 20), date(2025, 9, 1)),
        (date(2029, 5, 1), date(2026, 9, 1)),
    ],
)
def test_history_begins_with_the_school_year_of_the_last_school_day(day: date, first: date) -> None:
    assert first_day_of_school(day) == first

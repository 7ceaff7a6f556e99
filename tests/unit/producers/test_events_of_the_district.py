"""The events of the simulated district: lawful, about nobody, and never ahead of their time."""

import json
import re
from collections import Counter
from datetime import date, datetime, timedelta

import pytest

from producers.district.days import Sending
from producers.district.mishaps import LONGEST_DELAY
from producers.district.outbox import Outbox
from producers.district.profiles import simulated_district
from producers.stretch import history, sent_meanwhile
from tests.unit.producers.simulated_days import days_between, sent_on
from wuguan.domain.instants import CHINA, instant_us
from wuguan.domain.validation import Bounds, find_fault

SEED = 7
# A rural school, a junior school, one with nine grades, and each kind of detail.
SCHOOLS = [simulated_district(SEED).schools[number] for number in (5, 8, 9, 3, 7)]
FIRST, LAST = date(2026, 9, 29), date(2026, 10, 15)
NOW = datetime(2026, 11, 23, 8, 26, tzinfo=CHINA)
HAN = re.compile("[\u3400-\u9fff]")
LOOKS_PERSONAL = re.compile(r"(?<![0-9a-f])(1[3-9]\d{9}|\d{17}[\dX]|[GJL]\d{18})(?![0-9a-f])")


@pytest.fixture(scope="module")
def sendings() -> list[tuple[str, Sending]]:
    """Two weeks with the National Day holiday between."""
    return sent_on(SEED, SCHOOLS, FIRST, LAST)


def test_every_event_keeps_the_contract_and_every_spoiled_one_breaks_it(
    sendings: list[tuple[str, Sending]],
) -> None:
    for school_id, sending in sendings:
        # Held against the clock of its own sending: none speaks of its future.
        bounds = Bounds(school_id=school_id, now_us=instant_us(sending.at))
        fault = find_fault(sending.event, bounds)
        assert (fault is not None) == sending.spoiled, (sending.event, fault)


def test_nothing_states_what_has_not_happened_and_nothing_comes_after_the_longest_delay(
    sendings: list[tuple[str, Sending]],
) -> None:
    for _, sending in sendings:
        about = datetime.fromisoformat(f"{sending.event['data']['day']}T00:00:00+08:00")
        assert datetime.fromisoformat(sending.event["time"]) == sending.at
        assert about + timedelta(hours=7) <= sending.at < about + LONGEST_DELAY


def test_ids_are_unique_in_their_school(sendings: list[tuple[str, Sending]]) -> None:
    ids = Counter((school_id, sending.event["id"]) for school_id, sending in sendings)
    assert max(ids.values()) == 1


def test_no_event_carries_a_name_or_a_number_that_could_be_somebodys(
    sendings: list[tuple[str, Sending]],
) -> None:
    for _, sending in sendings:
        text = json.dumps(sending.event, ensure_ascii=False)
        assert not HAN.search(text)
        assert not LOOKS_PERSONAL.search(text)


def test_all_five_managements_speak_in_returns_and_in_detail(
    sendings: list[tuple[str, Sending]],
) -> None:
    types = {sending.event["type"].removeprefix("wuguan.")[:-3] for _, sending in sendings}
    assert types == {
        "homework.day_reported", "homework.assigned", "homework.timed", "homework.marking_checked",
        "homework.nil_reported", "sleep.night_surveyed", "sleep.bedtime_reported",
        "phone.day_reported", "phone.class_checked", "phone.checked_in", "phone.returned",
        "phone.screen_surveyed", "phone.nil_reported", "reading.loans_counted", "reading.loaned",
        "reading.returned", "reading.swept", "reading.nil_reported", "fitness.day_reported",
        "fitness.session_held", "fitness.exercise_surveyed",
    }  # fmt: skip


def test_a_stretch_holds_what_was_sent_by_then_and_nothing_later() -> None:
    # given a school day, at four in the afternoon
    school, day = SCHOOLS[0], date(2026, 10, 14)
    four = datetime(2026, 10, 14, 16, tzinfo=CHINA)

    # when
    by_four = history(day, four).about(SEED, school, day)
    at_last = history(day, NOW).about(SEED, school, day)

    # then it is the beginning of all that is sent
    assert by_four == [one for one in at_last if one.at <= four]
    assert 0 < len(by_four) < len(at_last)


def test_a_history_and_what_is_sent_meanwhile_are_the_whole_and_nothing_twice() -> None:
    # given
    school, begun = SCHOOLS[0], datetime(2026, 10, 14, 16, tzinfo=CHINA)
    before, meanwhile = history(FIRST, begun), sent_meanwhile(begun, NOW)

    # when
    parts = [
        one.event["id"]
        for stretch in (before, meanwhile)
        for day in stretch.newest_first()
        if day >= FIRST
        for one in stretch.about(SEED, school, day)
    ]

    # then
    whole = [
        one.event["id"]
        for day in days_between(FIRST, NOW.date())
        for one in history(FIRST, NOW).about(SEED, school, day)
    ]
    assert sorted(parts) == sorted(whole)


def test_an_outbox_hands_out_everything_once_whenever_it_is_asked() -> None:
    # given two readers of one school, over a midnight
    school = SCHOOLS[0]
    until = datetime(2026, 11, 19, 17, tzinfo=CHINA)
    since = until - timedelta(days=2)
    hourly, at_once = Outbox(SEED, school, since), Outbox(SEED, school, since)

    # when
    in_parts = [one for hour in range(1, 49) for one in hourly.due(since + timedelta(hours=hour))]

    # then
    assert in_parts == at_once.due(until)
    assert in_parts
    assert not hourly.due(until)

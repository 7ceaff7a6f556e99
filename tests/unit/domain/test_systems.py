"""Which days are counted, and which classes a system is counted for."""

from datetime import date, timedelta

import pytest

from tests.builders import DISTRICT, OTHER_SCHOOL, SCHOOL, TODAY, TOMORROW, YESTERDAY
from wuguan.domain.measuring import MetricTally
from wuguan.domain.periods import PeriodKey
from wuguan.domain.systems import count_systems, days_to_count, kept_since
from wuguan.domain.tally import Tally

ONE, OTHER = PeriodKey(SCHOOL, "phone"), PeriodKey(OTHER_SCHOOL, "sleep")


def test_days_that_moved_are_counted_up_to_today_and_as_far_back_as_counts_are_kept() -> None:
    too_old = kept_since(TODAY) - timedelta(days=1)
    claimed = {ONE: [too_old, kept_since(TODAY), YESTERDAY, TODAY, TOMORROW], OTHER: [TOMORROW]}

    assert days_to_count(claimed, TODAY) == {ONE: [kept_since(TODAY), YESTERDAY, TODAY]}


def test_of_all_of_a_school_the_last_62_days_are_counted() -> None:
    found = days_to_count({ONE: None}, TODAY)

    assert sorted(found[ONE]) == [TODAY - timedelta(days=behind) for behind in range(61, -1, -1)]


@pytest.mark.parametrize("days", [None, [TODAY]])
def test_only_schools_have_systems(days: list[date] | None) -> None:
    assert days_to_count({PeriodKey(DISTRICT, "phone"): days}, TODAY) == {}


def told(metric: str = "phone.reporting", *, reported: int = 1) -> list[MetricTally]:
    return [MetricTally("phone.classroom", Tally(1, 1), None),
            MetricTally(metric, Tally(1, reported), None)]  # fmt: skip


def test_a_class_counts_once_for_each_system_that_it_reported_by() -> None:
    class_days = [(told(), ["board", "office", "board"]), (told(), ["board"])]

    assert count_systems("phone", class_days) == {"board": 2, "office": 1}


@pytest.mark.parametrize(
    "tallies",
    [[], told(reported=0), told("sleep.reporting")],
    ids=["not due", "withdrawn", "of another management"],
)
def test_a_class_that_has_not_reported_counts_for_none(tallies: list[MetricTally]) -> None:
    assert count_systems("phone", [(tallies, ["board"])]) == {}

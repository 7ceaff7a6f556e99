"""Somebody opens the day: silence is visible without anybody having sent anything."""

from datetime import date, timedelta

import pytest

from tests.builders import PROVINCE, SCHOOL, TODAY, TOMORROW
from tests.integration.steps import DAYS, wrong_figures
from tests.replay import Rows, rows_of
from tests.turns import Turns
from tests.worlds import ROSTER_CHANGES, settle_in
from wuguan.ports import Store

THURSDAY = TODAY + timedelta(days=3)


def expected_on(rows: Rows, day: date, metric: str = "phone.reporting") -> int:
    """What is expected of the province on a day."""
    of_day = (key for key in rows["province"] if key.day == day and key.metric == metric)
    return sum(rows["province"][key].tally.expected for key in of_day)


def opened(store: Store, day: date) -> Rows:
    """The rows up to a day, once it is opened and all is quiet."""
    store.roster.open_days(day)
    Turns(store).until_quiet()
    return rows_of(store, [*DAYS, TOMORROW, TODAY + timedelta(days=2), THURSDAY])


def test_a_day_that_is_opened_expects_every_class(store: Store) -> None:
    settle_in(store)
    Turns(store).until_quiet()

    assert expected_on(rows_of(store, [THURSDAY]), THURSDAY) == 0
    rows = opened(store, THURSDAY)

    assert expected_on(rows, THURSDAY) == 3
    assert {key.unit for key in rows["province"]} == {PROVINCE}
    assert wrong_figures(store, [*DAYS, THURSDAY]) == []


def test_days_in_between_are_opened_too(store: Store) -> None:
    settle_in(store)

    rows = opened(store, THURSDAY)

    days = [TODAY + timedelta(days=ahead) for ahead in range(4)]
    assert [expected_on(rows, day) for day in days] == [3, 3, 3, 3]
    assert wrong_figures(store, days) == []


def test_opening_a_day_twice_marks_nothing(store: Store) -> None:
    settle_in(store)
    opened(store, THURSDAY)

    assert store.roster.open_days(THURSDAY) == 0
    assert store.roster.open_days(TODAY) == 0
    assert not Turns(store).roll_up_schools()


@pytest.mark.parametrize("change", range(len(ROSTER_CHANGES)))
def test_a_day_opened_before_a_change_follows_it(store: Store, change: int) -> None:
    settle_in(store)
    opened(store, THURSDAY)

    store.roster.put_roster(ROSTER_CHANGES[change], THURSDAY)
    Turns(store).until_quiet()

    assert wrong_figures(store, [*DAYS, THURSDAY]) == []
    assert SCHOOL in store.roster.context().organisation.school_ids()

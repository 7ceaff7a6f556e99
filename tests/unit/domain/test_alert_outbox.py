"""What of a receiver's queue is the next message, and when one that failed is tried again."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wuguan.domain.alerting.message import message_id_of
from wuguan.domain.alerting.notice import Notice
from wuguan.domain.alerting.outbox import (
    HOUR_US,
    MOST_NOTICES,
    Pace,
    Queued,
    free_again_us,
    new_message_id,
    next_message,
    pause_seconds,
)

SINGLE, DIGEST = Pace(False, 20), Pace(True, 20)


def queued(alert_id: str, due_us: int = 0, **members: Any) -> Queued:
    notice = Notice(alert_id=alert_id, number=1, receiver_id="r", not_before_us=due_us)
    return Queued(**{"notice": notice, "kind": "compliance", "unit_id": "1", **members})


def ids(*due: Queued, pace: Pace = SINGLE, left: int = 20) -> list[str]:
    return [one.notice.alert_id for one in next_message(due, pace, left)]


def test_alerts_of_a_unit_are_one_message_and_units_one_each() -> None:
    due = [queued("a", 2), queued("b", 1, unit_id="2"), queued("c", 3, unit_id="2")]

    assert ids(*due) == ["b", "c"]


def test_a_digest_is_one_message_of_all_units_by_unit() -> None:
    due = [queued("a", 2, unit_id="2"), queued("b", 1), queued("c", 3, unit_id="2")]

    assert ids(*due, pace=DIGEST) == ["b", "a", "c"]


def test_units_share_a_message_where_the_hour_has_too_few_left() -> None:
    due = [queued("a"), queued("b", 1, unit_id="2")]

    assert ids(*due, left=2) == ["a"]
    assert ids(*due, left=1) == ["a", "b"]


def test_the_two_kinds_never_share_a_message() -> None:
    due = [queued("a", 1), queued("b", 2, kind="data")]

    assert ids(*due, pace=DIGEST) == ["a"]
    assert ids(*due, left=0) == ["a"]


def test_what_was_tried_together_stays_together_and_takes_nothing_new_in() -> None:
    due = [queued("a", 2, message_id="m"), queued("b", 3, message_id="m"), queued("c", 4)]

    assert ids(*due) == ["a", "b"]
    assert ids(queued("z", 1), *due) == ["c", "z"]


def test_a_long_queue_makes_several_messages() -> None:
    due = [queued(f"{number:04}", number) for number in range(MOST_NOTICES + 5)]

    assert ids(*due) == [f"{number:04}" for number in range(MOST_NOTICES)]
    assert ids() == []


def test_the_id_of_a_message_is_made_of_its_notices_and_kept() -> None:
    one, other = queued("a"), queued("b")

    assert new_message_id([one, other]) == new_message_id([other, one])
    assert new_message_id([one]) != new_message_id([one, other])
    assert new_message_id([queued("a", message_id="kept")]) == "kept"
    assert message_id_of([one.notice]) == new_message_id([one])


def test_a_full_hour_is_free_again_when_its_first_message_is_an_hour_old() -> None:
    assert free_again_us([], Pace(False, 1)) == 0
    assert free_again_us([5], Pace(False, 2)) == 0
    assert free_again_us([9, 5, 7], Pace(False, 2)) == 7 + HOUR_US


@pytest.mark.parametrize(("failures", "expected"), [(1, 30), (2, 60), (5, 480), (8, 3600)])
def test_a_pause_doubles_up_to_an_hour(failures: int, expected: int) -> None:
    assert pause_seconds(failures, 0.5) == expected


@given(st.integers(1, 10_000), st.floats(0, 1, exclude_max=True))
def test_chance_moves_a_pause_by_a_quarter(failures: int, chance: float) -> None:
    middle = pause_seconds(failures, 0.5)

    assert 0.75 * middle <= pause_seconds(failures, chance) <= 1.25 * middle

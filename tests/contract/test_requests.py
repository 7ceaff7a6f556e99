"""The contract of Requests."""

import pytest

from tests.contract.steps import WAIT_SECONDS, started
from wuguan.domain.instants import DAY_US
from wuguan.ports import EarlierRequest, Store

KEY, NAME, DIGEST, ANSWER = "k-1", "request-1", b"digest", b'{"accepted": 1}'
NOW_US = 1_789_000_000_000_000
SECOND_US = 1_000_000


def test_a_new_request_is_taken_into_work(store: Store) -> None:
    assert store.requests.begin(KEY, NAME, DIGEST, NOW_US) is None


def test_a_request_in_work_is_told_without_an_answer(store: Store) -> None:
    store.requests.begin(KEY, NAME, DIGEST, NOW_US)

    earlier = store.requests.begin(KEY, NAME, b"other", NOW_US + 29 * SECOND_US)

    assert earlier == EarlierRequest(DIGEST, None)


def test_an_answered_request_is_told_with_its_answer(store: Store) -> None:
    store.requests.begin(KEY, NAME, DIGEST, NOW_US)
    store.requests.finish(KEY, NAME, ANSWER)

    earlier = store.requests.begin(KEY, NAME, b"other", NOW_US + 40 * SECOND_US)

    assert earlier == EarlierRequest(DIGEST, ANSWER)


def test_a_request_left_in_work_is_taken_over(store: Store) -> None:
    store.requests.begin(KEY, NAME, DIGEST, NOW_US)

    assert store.requests.begin(KEY, NAME, b"new", NOW_US + 31 * SECOND_US) is None

    # From now on it is the one that took over that is in work.
    earlier = store.requests.begin(KEY, NAME, DIGEST, NOW_US + 40 * SECOND_US)
    assert earlier == EarlierRequest(b"new", None)


def test_an_answer_is_kept_for_a_day(store: Store) -> None:
    store.requests.begin(KEY, NAME, DIGEST, NOW_US)
    store.requests.finish(KEY, NAME, ANSWER)

    kept = store.requests.begin(KEY, NAME, DIGEST, NOW_US + DAY_US - SECOND_US)
    forgotten = store.requests.begin(KEY, NAME, DIGEST, NOW_US + DAY_US + SECOND_US)

    assert kept == EarlierRequest(DIGEST, ANSWER)
    assert forgotten is None


def test_an_abandoned_request_may_be_begun_again(store: Store) -> None:
    store.requests.begin(KEY, NAME, DIGEST, NOW_US)
    store.requests.abandon(KEY, NAME)

    assert store.requests.begin(KEY, NAME, b"other", NOW_US) is None


def test_an_answered_request_is_not_abandoned(store: Store) -> None:
    store.requests.begin(KEY, NAME, DIGEST, NOW_US)
    store.requests.finish(KEY, NAME, ANSWER)

    store.requests.abandon(KEY, NAME)

    assert store.requests.begin(KEY, NAME, DIGEST, NOW_US) == EarlierRequest(DIGEST, ANSWER)


@pytest.mark.parametrize(("key_id", "name"), [("k-2", NAME), (KEY, "request-2")])
def test_names_are_each_keys_own(store: Store, key_id: str, name: str) -> None:
    store.requests.begin(KEY, NAME, DIGEST, NOW_US)

    assert store.requests.begin(key_id, name, DIGEST, NOW_US) is None


def test_forgetting_the_old_leaves_the_young(store: Store) -> None:
    store.requests.begin(KEY, "old", DIGEST, NOW_US)
    store.requests.begin(KEY, "young", DIGEST, NOW_US + DAY_US)
    store.requests.finish(KEY, "old", ANSWER)
    store.requests.finish(KEY, "young", ANSWER)

    store.requests.begin(KEY, "newest", DIGEST, NOW_US + DAY_US + SECOND_US)

    now_us = NOW_US + DAY_US + 2 * SECOND_US
    assert store.requests.begin(KEY, "young", DIGEST, now_us) == EarlierRequest(DIGEST, ANSWER)
    assert store.requests.begin(KEY, "old", DIGEST, now_us) is None


def test_a_name_may_hold_any_character(store: Store) -> None:
    name = "é五\x00\ud800"
    store.requests.begin(KEY, name, DIGEST, NOW_US)
    store.requests.finish(KEY, name, ANSWER)

    assert store.requests.begin(KEY, name, DIGEST, NOW_US) == EarlierRequest(DIGEST, ANSWER)


def test_of_requests_that_come_at_once_one_is_taken_into_work(store: Store) -> None:
    with started(*[lambda: store.requests.begin(KEY, NAME, DIGEST, NOW_US)] * 4) as tasks:
        told = [task.result(WAIT_SECONDS) for task in tasks]

    assert told.count(None) == 1
    assert told.count(EarlierRequest(DIGEST, None)) == 3

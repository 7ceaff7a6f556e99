"""The contract of Notices: a queue for each receiver, what was tried together stays together."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from msgspec.structs import replace

from tests.builders import OTHER_SCHOOL, SCHOOL, TODAY
from wuguan.domain.alerting.life import Alert, Entry, Happened, Told
from wuguan.domain.alerting.notice import Notice
from wuguan.domain.alerting.outbox import HOUR_US, Pace
from wuguan.ports import Claimed, Outcome, Store, Tried, Undelivered

SINGLE, DIGEST = Pace(False, 20), Pace(True, 20)
ALONE = {"r": SINGLE}
NOW, LEASE = 1_000_000, 300_000_000


def notice(alert_id: str = "a", receiver: str = "r", number: int = 0, at: int = 0) -> Notice:
    return Notice(alert_id=alert_id, number=number, receiver_id=receiver, not_before_us=at)


def put(store: Store, *notices: Notice, **members: Any) -> None:
    """Notices of alerts of SCHOOL, each alert with one entry."""
    told: list[Told] = []
    for alert_id in dict.fromkeys(one.alert_id for one in notices):
        if store.alerts.alert(alert_id) is None:
            told.append(_told(alert_id, **members))
    with store.alerts.evaluating(0) as writing:
        writing.write(told, notices)


def _told(alert_id: str, **members: Any) -> Told:
    usual: dict[str, Any] = {
        "alert_id": alert_id, "rule_id": f"rule-{alert_id}", "kind": "compliance",
        "unit_id": SCHOOL, "state": "pending", "severity": "minor", "breach_days": (TODAY,),
        "entries": 1,
    }  # fmt: skip
    entry = Entry(
        alert_id=alert_id, number=0, happened="pending", at_us=0, day=TODAY, severity="minor"
    )
    return Told(Alert(**{**usual, **members}), [entry])


def claim(store: Store, paces: Mapping[str, Pace] = ALONE, *, now: int = NOW) -> Claimed | None:
    return store.notices.claim(paces, now, now + LEASE)


def claimed(store: Store, paces: Mapping[str, Pace] = ALONE, *, now: int = NOW) -> Claimed:
    found = claim(store, paces, now=now)
    assert found is not None
    return found


def record(
    store: Store,
    of: Claimed,
    outcome: Outcome = "delivered",
    *,
    at: int = NOW,
    again: int = 0,
    free: int = 0,
    parts_sent: int = 0,
) -> None:
    tried = Tried(
        at_us=at,
        outcome=outcome,
        answer="errcode 0",
        parts_sent=parts_sent,
        again_us=again,
        receiver_again_us=free,
    )
    store.notices.record(of, tried)


def alert_ids(of: Claimed | None) -> Sequence[str]:
    return [one.alert_id for one in of.notices] if of else []


def test_what_is_due_is_claimed_and_what_is_not_waits(store: Store) -> None:
    put(store, notice("a", at=NOW + 1))

    assert claim(store) is None
    found = claimed(store, now=NOW + 1)
    assert found.notices == [notice("a", at=NOW + 1)]
    assert (found.receiver_id, found.kind, found.tries, found.failures) == ("r", "compliance", 1, 0)
    assert (found.first_tried_us, found.parts_sent) == (NOW + 1, 0)


def test_a_receiver_that_nobody_knows_is_left_alone(store: Store) -> None:
    put(store, notice(receiver="gone"))

    assert claim(store) is None


def test_what_is_delivered_is_done_with(store: Store) -> None:
    put(store, notice())
    record(store, claimed(store))

    assert claim(store, now=NOW + LEASE) is None
    assert store.notices.waiting(NOW + LEASE) == {}


def test_alerts_of_one_unit_make_a_message_and_the_kinds_never_share_one(store: Store) -> None:
    put(store, notice("a"), notice("b"))
    put(store, notice("c"), kind="data")
    put(store, notice("d"), unit_id=OTHER_SCHOOL)

    messages = []
    while (found := claim(store)) is not None:
        messages.append(alert_ids(found))
        record(store, found)

    assert messages == [["a", "b"], ["c"], ["d"]]


def test_a_digest_holds_all_units(store: Store) -> None:
    put(store, notice("a"))
    put(store, notice("b"), unit_id=OTHER_SCHOOL)

    assert alert_ids(claim(store, {"r": DIGEST})) == ["a", "b"]


def test_one_message_at_a_time_goes_to_a_receiver(store: Store) -> None:
    put(store, notice("a"), notice("x", "other"))
    put(store, notice("b"), unit_id=OTHER_SCHOOL)
    both = {"r": SINGLE, "other": SINGLE}

    first, second = claimed(store, both), claimed(store, both)

    assert {first.receiver_id, second.receiver_id} == {"r", "other"}
    assert claim(store, both) is None


def test_many_that_claim_at_once_get_each_message_once(store: Store) -> None:
    receivers = [f"r{number}" for number in range(8)]
    put(store, *(notice("a", receiver) for receiver in receivers))
    paces = dict.fromkeys(receivers, SINGLE)

    def claim_all(_: int) -> list[str]:
        found = []
        while (one := claim(store, paces)) is not None:
            found.append(one.receiver_id)
        return found

    with ThreadPoolExecutor(4) as threads:
        taken = [one for some in threads.map(claim_all, range(4)) for one in some]

    assert sorted(taken) == receivers


def test_whoever_sends_and_dies_is_replaced_under_the_same_id(store: Store) -> None:
    put(store, notice("a"))
    first = claimed(store)
    put(store, notice("b"))

    assert claim(store, now=NOW + LEASE - 1) is None
    again = claimed(store, now=NOW + LEASE)

    assert (again.message_id, again.notices) == (first.message_id, first.notices)
    assert (again.tries, again.first_tried_us) == (2, NOW)


def test_what_failed_comes_again_together_and_later(store: Store) -> None:
    put(store, notice("a"), notice("b"))
    first = claimed(store)
    record(store, first, "unreachable", again=NOW + 50, free=NOW + 20, parts_sent=1)
    put(store, notice("c"))

    assert claim(store, now=NOW + 19) is None
    # What was tried still waits, though it is not due again yet.
    assert store.notices.waiting(NOW + 20) == {"r": 3}
    other = claimed(store, now=NOW + 20)
    assert (alert_ids(other), other.failures) == (["c"], 1)
    record(store, other, at=NOW + 20)
    again = claimed(store, now=NOW + 50)
    assert (again.message_id, alert_ids(again)) == (first.message_id, ["a", "b"])
    assert (again.tries, again.parts_sent, again.failures) == (2, 1, 0)


def test_failures_are_counted_until_a_delivery(store: Store) -> None:
    put(store, notice())
    failures = []
    for outcome in ("unreachable", "refused", "unreachable", "delivered"):
        one = claimed(store)
        failures.append(one.failures)
        record(store, one, outcome)
    put(store, notice(number=1))

    assert failures == [0, 1, 2, 3]
    assert claimed(store).failures == 0


def test_what_is_given_up_is_done_with_and_on_record(store: Store) -> None:
    put(store, notice())
    record(store, claimed(store), "given_up")

    assert claim(store, now=NOW + LEASE) is None
    assert [one.outcome for one in store.notices.attempts("a")] == ["given_up"]


def test_every_attempt_is_on_record_in_order(store: Store) -> None:
    put(store, notice("a"), notice("a", number=1), notice("b"))
    first = claimed(store)
    record(store, first, "refused", at=NOW)
    record(store, claimed(store), at=NOW + 1)

    found = store.notices.attempts("a")

    assert [(one.number, one.outcome, one.at_us) for one in found] == [
        (0, "refused", NOW), (1, "refused", NOW), (0, "delivered", NOW + 1),
        (1, "delivered", NOW + 1),
    ]  # fmt: skip
    assert {(one.receiver_id, one.message_id, one.answer) for one in found} == {
        ("r", first.message_id, "errcode 0")
    }
    assert len(store.notices.attempts("b")) == 2
    assert list(store.notices.attempts("none")) == []


def test_a_late_answer_says_no_more_than_that_it_was_delivered(store: Store) -> None:
    put(store, notice("a"))
    late = claimed(store)
    faster = claimed(store, now=NOW + LEASE)

    record(store, late, "unreachable", at=NOW + LEASE, again=NOW + 9 * LEASE)
    still_leased = claim(store, now=NOW + LEASE)
    record(store, faster, "unreachable", at=NOW + LEASE + 1, again=NOW + LEASE)
    again = claimed(store, now=NOW + LEASE)
    record(store, late, "delivered", at=NOW + LEASE + 2)
    record(store, again, "unreachable", at=NOW + LEASE + 3)

    assert still_leased is None
    assert again.tries == 3
    assert claim(store, now=NOW + 9 * LEASE) is None
    assert len(store.notices.attempts("a")) == 4


def test_what_is_put_off_leaves_the_message_and_makes_another(store: Store) -> None:
    put(store, notice("a"), notice("b"))
    first = claimed(store)

    left = store.notices.put_off(first, [notice("b", at=NOW + 10)])

    assert left is not None
    assert (alert_ids(left), left.message_id) == (["a"], first.message_id)
    record(store, left)
    assert claim(store, now=NOW + 9) is None
    other = claimed(store, now=NOW + 10)
    assert (alert_ids(other), other.tries, other.first_tried_us) == (["b"], 1, NOW + 10)
    assert other.message_id != first.message_id


def test_where_all_is_put_off_the_receiver_is_free_again(store: Store) -> None:
    put(store, notice("a"))
    put(store, notice("b", at=NOW + 1), unit_id=OTHER_SCHOOL)

    left = store.notices.put_off(claimed(store), [notice("a", at=NOW + LEASE)])

    assert left is None
    assert alert_ids(claim(store, now=NOW + 1)) == ["b"]
    assert list(store.notices.attempts("a")) == []


def test_what_was_tried_before_it_was_put_off_keeps_its_message(store: Store) -> None:
    put(store, notice("a"))
    first = claimed(store)
    record(store, first, "unreachable")
    store.notices.put_off(claimed(store), [notice("a", at=NOW + 10)])

    again = claimed(store, now=NOW + 10)

    assert (again.message_id, again.tries, again.first_tried_us) == (first.message_id, 2, NOW)


def test_units_share_a_message_where_the_hour_has_too_few_left_and_a_full_one_waits(
    store: Store,
) -> None:
    paces = {"r": Pace(False, 2)}
    put(store, notice("a"))
    first = claimed(store, paces)
    record(store, first, at=NOW)
    put(store, notice("b"))
    put(store, notice("c"), unit_id=OTHER_SCHOOL)
    second = claimed(store, paces, now=NOW + 1)
    record(store, second, at=NOW + 1)
    put(store, notice("d"))

    assert (alert_ids(first), alert_ids(second)) == (["a"], ["b", "c"])
    assert claim(store, paces, now=NOW + HOUR_US - 1) is None
    assert alert_ids(claim(store, paces, now=NOW + HOUR_US)) == ["d"]


# ---- what was left to receivers who have been taken out since


def test_what_is_not_delivered_waits_since_it_was_first_due_or_tried(store: Store) -> None:
    put(
        store, notice("a", at=NOW), notice("b", at=NOW + 7), notice("c", "gone", at=NOW + 9 * LEASE)
    )
    record(store, claimed(store), "unreachable", again=NOW + LEASE)
    record(store, claimed(store, now=NOW + 7), at=NOW + 7)

    assert store.notices.undelivered() == {
        "gone": Undelivered(1, NOW + 9 * LEASE),
        "r": Undelivered(1, NOW),
    }


def test_what_is_put_off_untried_waits_since_it_is_due(store: Store) -> None:
    put(store, notice("a"))
    store.notices.put_off(claimed(store), [notice("a", at=NOW + LEASE)])

    assert store.notices.undelivered() == {"r": Undelivered(1, NOW + LEASE)}
    assert store.notices.waiting(NOW) == {}


def test_what_is_dropped_is_given_up_with_a_record_and_the_rest_stays(store: Store) -> None:
    put(store, notice("a"), notice("b", at=NOW + LEASE), notice("a", "other"))
    tried = claimed(store)
    record(store, tried, "unreachable", again=NOW + LEASE)

    number = store.notices.drop("r", NOW + 1, "taken out")
    again = store.notices.drop("r", NOW + 2, "taken out")

    assert (number, again) == (2, 0)
    assert claim(store, now=NOW + 9 * LEASE) is None
    assert list(store.notices.undelivered()) == ["other"]
    (_, last), (only,) = store.notices.attempts("a"), store.notices.attempts("b")
    assert (last.outcome, last.answer, last.at_us) == ("given_up", "taken out", NOW + 1)
    assert (last.message_id, only.message_id) == (tried.message_id, "")
    assert (only.outcome, only.receiver_id) == ("given_up", "r")


def test_what_is_dropped_while_it_is_sent_may_be_delivered_but_is_not_tried_again(
    store: Store,
) -> None:
    put(store, notice("a"), notice("b"))
    put(store, notice("c"), unit_id=OTHER_SCHOOL)
    failing = claimed(store)
    store.notices.drop("r", NOW + 1, "taken out")

    record(store, failing, "unreachable", at=NOW + 2)

    assert claim(store, now=NOW + LEASE) is None
    assert [one.outcome for one in store.notices.attempts("a")] == ["given_up", "unreachable"]


@pytest.mark.parametrize("again", [True, False])
def test_a_notice_is_one_whoever_writes_it_again(store: Store, again: bool) -> None:
    put(store, notice())
    if again:
        record(store, claimed(store))
    put(store, replace(notice(), not_before_us=5))

    assert (claim(store) is None) == again


def _lives(store: Store, *happened: Happened) -> Callable[[Happened, str], None]:
    """An alert to which this happened; called, something more does and a receiver is told of it."""
    number = len(happened)
    with store.alerts.evaluating(0) as writing:
        writing.write([_stood(0, *happened)], [])

    def more(what: Happened, receiver: str) -> None:
        nonlocal number
        with store.alerts.evaluating(0) as writing:
            writing.write([_stood(number, what)], [notice(receiver=receiver, number=number)])
        number += 1

    return more


def _stood(before: int, *happened: Happened) -> Told:
    alert = _told("a", entries=before + len(happened)).alert
    return Told(
        alert,
        [
            Entry(
                alert_id="a", number=before + n, happened=what, at_us=0, day=None, severity="minor"
            )
            for n, what in enumerate(happened)
        ],
    )


def test_who_was_not_told_of_the_beginning_is_not_told_of_the_end(store: Store) -> None:
    then = _lives(store, "pending")
    then("fired", "r")
    then("worsened", "r")
    then("resolved", "r")

    assert claim(store) is None


def test_who_was_told_of_the_beginning_is_told_of_the_end(store: Store) -> None:
    then = _lives(store, "pending")
    then("fired", "r")
    record(store, claimed(store))
    then("worsened", "r")
    then("resolved", "r")

    assert [one.number for one in claimed(store).notices] == [2, 3]


def test_who_is_just_being_told_or_could_not_be_reached_is_told_of_the_end(store: Store) -> None:
    then = _lives(store, "pending")
    then("fired", "r")
    begun = claimed(store)
    then("resolved", "r")
    record(store, begun, "unreachable")

    assert [one.number for one in claimed(store).notices] == [1]
    record(store, begun)
    assert [one.number for one in claimed(store, now=NOW + LEASE).notices] == [2]


def test_what_was_put_off_and_ended_meanwhile_is_not_told(store: Store) -> None:
    then = _lives(store, "pending")
    then("fired", "r")
    begun = claimed(store)
    store.notices.put_off(begun, begun.notices)
    then("resolved", "r")

    assert claim(store, now=NOW + LEASE) is None


def test_the_end_of_an_earlier_time_is_told_though_a_later_one_is_not(store: Store) -> None:
    then = _lives(store, "pending")
    then("fired", "r")
    record(store, claimed(store))
    for what in ("resolved", "reopened", "resolved"):
        then(what, "r")

    assert [one.number for one in claimed(store).notices] == [2]


def test_who_is_told_later_than_others_hears_of_no_end_alone(store: Store) -> None:
    then = _lives(store, "pending")
    then("fired", "r")
    record(store, claimed(store))
    then("escalated", "further-up")
    then("resolved", "further-up")

    assert claim(store, {"r": SINGLE, "further-up": SINGLE}) is None

"""The fold: a map of registers, last writer wins."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.builders import class_check, event, ledger_of
from tests.strategies import events_of_a_class_day
from wuguan.domain.envelope import Envelope
from wuguan.domain.ledger import EMPTY, Ledger, Register, fold, has_conflict, standing_facts, winner
from wuguan.domain.managements import MANAGEMENTS, phone

EARLIER, LATER = "2026-09-14T20:00:00+08:00", "2026-09-14T20:00:00.000001+08:00"
CHECK = ("phone.class_checked", "c-1")
MANY = st.sampled_from([*MANAGEMENTS]).flatmap(events_of_a_class_day)


def check(found: int, **attributes: Any) -> Envelope:
    """A look for phones in class that always writes the same fact."""
    return event("phone.class_checked", check_id="c-1", found=found, **attributes)


def withdrawal(of: str = CHECK[0], key: str = CHECK[1], **attributes: Any) -> Envelope:
    """The withdrawal of a fact."""
    return event("phone.withdrawn", of=of, key=key, **attributes)


def found(ledger: Ledger) -> int:
    """How many phones the standing check found."""
    data = ledger[CHECK].data
    assert isinstance(data, phone.ClassChecked)
    return data.found


# ---- laws


@given(MANY, st.data())
def test_any_order_gives_the_same_ledger(stated: list[Envelope], data: st.DataObject) -> None:
    assert ledger_of(*data.draw(st.permutations(stated))) == ledger_of(*stated)


@given(MANY, st.data())
def test_any_batching_and_redelivery_gives_the_same_ledger(
    stated: list[Envelope], data: st.DataObject
) -> None:
    again = data.draw(st.lists(st.sampled_from(stated))) if stated else []
    ledger: Ledger = EMPTY
    waiting = [*stated, *again]
    while waiting:
        size = data.draw(st.integers(1, len(waiting)))
        ledger = fold(ledger, waiting[:size])
        waiting = waiting[size:]

    assert ledger == ledger_of(*stated)


@given(MANY)
def test_folding_again_gives_back_the_very_same_ledger(stated: list[Envelope]) -> None:
    ledger = ledger_of(*stated)

    assert fold(ledger, stated) is ledger


@given(MANY, MANY)
def test_a_ledger_is_never_changed_in_place(one: list[Envelope], other: list[Envelope]) -> None:
    before = ledger_of(*one)
    copy = dict(before)
    fold(before, other)

    assert before == copy


@st.composite
def registers(draw: st.DrawFn) -> Register:
    """Registers of one fact that tie more often than not."""
    one = draw(st.sampled_from([check(0), check(1), withdrawal()]))
    return Register(
        draw(st.integers(0, 1)), draw(st.sampled_from("ab")), "/s", one.data, draw(st.booleans())
    )


@given(registers(), registers(), registers())
def test_of_three_registers_the_same_stands_however_they_meet(
    one: Register, two: Register, three: Register
) -> None:
    assert winner(one, two) == winner(two, one)
    assert winner(one, one) == one
    assert winner(winner(one, two), three) == winner(one, winner(two, three))


# ---- which statement stands


def test_a_later_statement_stands() -> None:
    ledger = ledger_of(check(2, time=LATER), check(1, time=EARLIER))

    assert found(ledger) == 2
    assert not has_conflict(ledger)


def test_time_counts_as_an_instant_whatever_its_offset() -> None:
    utc_later, china = check(2, time="2026-09-14T12:00:01Z"), check(1, time=EARLIER)

    assert found(ledger_of(utc_later, china)) == 2


def test_at_one_instant_the_greater_id_stands_before_the_source() -> None:
    one = replace(check(1, event_id="a"), source="/schools/2199000001/z")
    other = replace(check(2, event_id="b"), source="/schools/2199000001/a")

    assert found(ledger_of(other, one)) == found(ledger_of(one, other)) == 2


@pytest.mark.parametrize(
    ("lesser", "greater"),
    [
        ("B", "a"),
        ("e-10", "e-9"),
        ("z", "é"),
        # By code point, not by UTF-16 unit: U+FF21 comes before U+1F4DA.
        ("\uff21", "\U0001f4da"),
    ],
)
def test_ids_are_compared_by_code_point(lesser: str, greater: str) -> None:
    assert found(ledger_of(check(2, event_id=greater), check(1, event_id=lesser))) == 2


def test_with_one_id_the_greater_source_stands() -> None:
    one, other = check(1), replace(check(2), source="/schools/2199000001/system")

    ledger = ledger_of(other, one)

    assert found(ledger) == 2
    assert not has_conflict(ledger)


# ---- ties


def test_of_two_contents_under_one_id_the_greater_stands_and_is_a_conflict() -> None:
    for stated in ([check(3), check(20)], [check(20), check(3)]):
        ledger = ledger_of(*stated)

        # As JSON text "3}" comes after "20}": it is text that is compared, not numbers.
        assert found(ledger) == 3
        assert has_conflict(ledger)


def test_the_type_is_compared_before_the_data() -> None:
    ledger = ledger_of(withdrawal(), check(60))

    assert ledger[CHECK].data.TYPE == "phone.withdrawn"
    assert has_conflict(ledger)


def test_canonical_json_sorts_its_keys_and_writes_utf_8() -> None:
    one = event("homework.day_reported", **_return(written_tasks=1, written_minutes=2))
    other = event("homework.day_reported", **_return(written_tasks=2, written_minutes=1))

    # written_minutes comes before written_tasks, whatever the order of the fields.
    for stated in ([one, other], [other, one]):
        (register,) = ledger_of(*stated).values()
        assert register.data == one.data


def _return(**fields: int) -> dict[str, Any]:
    return {"basis": "timed", "phone_tasks": 0, "parent_tasks": 0, **fields}


def test_a_conflict_ends_when_a_later_statement_stands() -> None:
    ledger = ledger_of(check(1), check(2), check(3, time=LATER))

    assert found(ledger) == 3
    assert not has_conflict(ledger)


def test_a_conflict_among_statements_that_do_not_stand_is_none() -> None:
    assert not has_conflict(ledger_of(check(3, time=LATER), check(1), check(2)))


def test_a_repeat_keeps_the_conflict() -> None:
    ledger = ledger_of(check(1), check(2), check(2), check(1))

    assert has_conflict(ledger)


# ---- withdrawals


@pytest.mark.parametrize("turned", [False, True])
def test_a_later_withdrawal_makes_the_fact_absent_in_any_order(turned: bool) -> None:
    stated: Sequence[Envelope] = [check(1), withdrawal(time=LATER)]

    assert standing_facts(ledger_of(*(reversed(stated) if turned else stated))) == {}


@pytest.mark.parametrize("turned", [False, True])
def test_an_earlier_withdrawal_withdraws_nothing(turned: bool) -> None:
    stated: Sequence[Envelope] = [withdrawal(), check(1, time=LATER)]

    facts = standing_facts(ledger_of(*(reversed(stated) if turned else stated)))

    assert [fact.TYPE for kind in facts.values() for fact in kind] == ["phone.class_checked"]


def test_a_withdrawal_touches_the_named_fact_only() -> None:
    ledger = ledger_of(class_check("c-1", 1), class_check("c-2", 2), withdrawal(time=LATER))

    (left,) = standing_facts(ledger)[phone.ClassChecked]
    assert left == class_check("c-2", 2).data


def test_a_fact_may_be_stated_again_after_it_was_withdrawn() -> None:
    again = check(4, time="2026-09-14T21:00:00+08:00")

    assert found(ledger_of(check(1), again, withdrawal(time=LATER))) == 4


def test_a_nil_report_is_withdrawn_like_any_fact() -> None:
    nil = event("phone.nil_reported")
    ledger = ledger_of(nil, withdrawal("phone.nil_reported", "nil", time=LATER))

    assert standing_facts(ledger) == {}

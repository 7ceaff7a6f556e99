"""What is written into logs and tables comes back as it was."""

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.builders import event, ledger_key, ledger_of
from tests.strategies import MONDAY, PLACES, events, fields_of
from wuguan import codec
from wuguan.domain.envelope import Envelope
from wuguan.domain.ledger import EMPTY
from wuguan.domain.ledger import ledger_key as key_of
from wuguan.domain.managements import EVENT_TYPES, METRICS
from wuguan.domain.measuring import MetricTally
from wuguan.domain.tally import Tally

COUNTS = st.integers(0, 2**40)


@pytest.mark.parametrize("short_type", EVENT_TYPES)
@given(data=st.data())
def test_the_facts_of_every_type_come_back(short_type: str, data: st.DataObject) -> None:
    stated = event(short_type, **data.draw(fields_of(short_type, MONDAY)))
    key, ledger = key_of(stated), ledger_of(stated)

    assert codec.decode_facts(key, codec.encode_facts(ledger)) == ledger


@given(st.lists(events("fitness", places=PLACES[:1], days=(MONDAY,)), max_size=10))
def test_a_whole_ledger_comes_back_with_its_conflicts(stated: list[Envelope]) -> None:
    ledger = ledger_of(*stated)

    assert (
        codec.decode_facts(ledger_key(management="fitness"), codec.encode_facts(ledger)) == ledger
    )


def test_a_field_left_out_stays_left_out_and_false_stays_false() -> None:
    absent = event("fitness.session_held", session_id="a", kind="recess", minutes=0)
    false = event(
        "fitness.session_held", session_id="b", kind="recess", minutes=0, whole_class=False
    )
    ledger = ledger_of(absent, false)

    facts = codec.decode_facts(ledger_key(management="fitness"), codec.encode_facts(ledger))

    kept = {slot[1]: register.data.canonical() for slot, register in facts.items()}
    assert "whole_class" not in kept["a"]
    assert kept["b"]["whole_class"] is False


def test_facts_keep_the_source_whole() -> None:
    stated = replace(event("phone.nil_reported"), source="/schools/2199000001/e-class-7")
    ledger = ledger_of(stated)

    (register,) = codec.decode_facts(key_of(stated), codec.encode_facts(ledger)).values()

    assert register.source == "/schools/2199000001/e-class-7"


@given(
    st.lists(
        st.builds(
            MetricTally,
            st.sampled_from([*METRICS]),
            st.builds(Tally, *[COUNTS] * 5, st.lists(COUNTS, max_size=11).map(tuple)),
            st.none() | st.just("cn-2021-sleep-primary"),
        )
    )
)
def test_tallies_come_back(tallies: list[MetricTally]) -> None:
    assert list(codec.decode_tallies(codec.encode_tallies(tallies))) == tallies


def test_nothing_comes_back_as_nothing() -> None:
    assert codec.decode_facts(ledger_key(), codec.encode_facts(EMPTY)) == EMPTY
    assert list(codec.decode_tallies(codec.encode_tallies([]))) == []


def test_another_version_is_refused() -> None:
    facts, tallies = codec.encode_facts(EMPTY), codec.encode_tallies([])

    with pytest.raises(ValueError, match="unknown version"):
        codec.decode_facts(ledger_key(), b"\x00" + facts[1:])
    with pytest.raises(ValueError, match="unknown version"):
        codec.decode_tallies(b"\x7f" + tallies[1:])


# ---- frames


@given(st.lists(events(), min_size=1, max_size=10))
def test_a_frame_is_a_batch_that_anybody_can_read(stated: list[Envelope]) -> None:
    (body,) = codec.encode_events(stated)

    assert codec.decode_events(body) == stated
    assert [item["type"] for item in json.loads(body)] == [
        f"wuguan.{one.data.TYPE}.v1" for one in stated
    ]


def test_a_frame_is_split_where_it_would_pass_512_kib() -> None:
    stated = [event("phone.nil_reported", event_id=f"{n:0128d}") for n in range(5_000)]

    bodies = list(codec.encode_events(stated))

    assert len(bodies) > 1
    assert max(map(len, bodies)) <= 512 * 1024
    assert [one for body in bodies for one in codec.decode_events(body)] == stated


def test_a_frame_of_exactly_the_limit_is_not_split(monkeypatch: pytest.MonkeyPatch) -> None:
    stated = [event("phone.nil_reported", event_id=name) for name in "ab"]
    size = len(msgspec.json.encode(stated))

    monkeypatch.setattr(codec, "FRAME_LIMIT_BYTES", size)
    assert len(list(codec.encode_events(stated))) == 1
    monkeypatch.setattr(codec, "FRAME_LIMIT_BYTES", size - 1)
    assert len(list(codec.encode_events(stated))) == 2

"""The events that the property tests are made of are events that a server would take."""

import json

import msgspec
import pytest
from hypothesis import given

from tests.builders import Clock
from tests.strategies import MONDAY, events, fields_of
from wuguan.domain.envelope import Envelope
from wuguan.domain.instants import DAY_US
from wuguan.domain.managements import EVENT_TYPES
from wuguan.domain.validation import Bounds, find_fault


@given(events())
def test_every_generated_event_keeps_the_contract(stated: Envelope) -> None:
    next_day_us = Clock().now_us + DAY_US
    sent = json.loads(msgspec.json.encode(stated))

    assert find_fault(sent, Bounds(stated.school_id, next_day_us)) is None


@pytest.mark.parametrize("short_type", EVENT_TYPES)
def test_there_is_a_strategy_for_every_event_type(short_type: str) -> None:
    assert not fields_of(short_type, MONDAY).is_empty

"""What all five managements have in common."""

from typing import get_args

import pytest

from wuguan.domain.event import EventData, NilReported, Withdrawn
from wuguan.domain.management import Management
from wuguan.domain.managements import EVENT_TYPES, MANAGEMENTS, METRICS, management_of
from wuguan.domain.policy import JUDGED_METRICS

pytestmark = pytest.mark.parametrize("one", MANAGEMENTS.values(), ids=list(MANAGEMENTS))


def kinds(one: Management, base: type[EventData]) -> list[type[EventData]]:
    """The event types of a management that are of this base."""
    return [kind for kind in one.events if issubclass(kind, base)]


def test_a_withdrawal_may_name_all_other_types_of_its_management(one: Management) -> None:
    (withdrawal,) = kinds(one, Withdrawn)
    others = [kind.TYPE for kind in one.events if kind is not withdrawal]

    assert list(get_args(withdrawal.__annotations__["of"])) == others


def test_there_is_one_nil_report_and_one_withdrawal(one: Management) -> None:
    assert [kind.TYPE for kind in kinds(one, NilReported)] == [f"{one.name}.nil_reported"]
    assert [kind.TYPE for kind in kinds(one, Withdrawn)] == [f"{one.name}.withdrawn"]


def test_every_name_begins_with_the_management(one: Management) -> None:
    assert {management_of(kind.TYPE) for kind in one.events} == {one.name}
    assert {metric.management for metric in one.metrics} == {one.name}
    assert one.metrics[0].name == f"{one.name}.reporting"


def test_types_and_metrics_are_found_by_their_names(one: Management) -> None:
    assert [EVENT_TYPES[kind.TYPE] for kind in one.events] == list(one.events)
    assert [METRICS[metric.name] for metric in one.metrics] == list(one.metrics)


def test_events_feed_metrics_of_their_own_management(one: Management) -> None:
    assert {*one.feeds} <= {*one.events}
    assert {metric for fed in one.feeds.values() for metric in fed} == {*one.metrics[1:]}


def test_every_event_begins_with_class_and_day_and_knows_its_key(one: Management) -> None:
    for kind in one.events:
        assert kind.__struct_fields__[:2] == ("class_id", "day")
        assert bool(kind.KEY) is not issubclass(kind, Withdrawn)


def test_edges_rise_and_middles_fit_the_bins(one: Management) -> None:
    for metric in one.metrics:
        assert list(metric.edges) == sorted({*metric.edges})
        assert len(metric.middles) in (0, metric.bin_count)


def test_bins_are_closed_on_the_side_of_the_rule(one: Management) -> None:
    for metric in (metric for metric in one.metrics if metric.edges):
        closed = {"at_most": "right", "at_least": "left"}[JUDGED_METRICS[metric.name]]
        assert metric.closed == closed

"""What a management is: its events, its metrics and how they are measured."""

from collections.abc import Callable, Mapping

from msgspec import Struct

from wuguan.domain.event import EventData
from wuguan.domain.measuring import Measuring
from wuguan.domain.tally import Metric


class Management(Struct, frozen=True):
    """One of the five. Adding a sixth is adding one of these, and touches nothing else."""

    name: str
    title_zh: str
    events: tuple[type[EventData], ...]
    metrics: tuple[Metric, ...]
    """`<m>.reporting` first."""
    feeds: Mapping[type[EventData], tuple[Metric, ...]]
    """The metrics that an event type speaks of, beside `<m>.reporting`."""
    measure: Callable[[Measuring], None]


def reporting_metric(management: str) -> Metric:
    """The metric that counts the class-days on which anything was reported."""
    return Metric(f"{management}.reporting", "class-day", "上报")

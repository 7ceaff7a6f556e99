"""The five managements 五项管理, each one module of one shape: events, metrics, measures."""

from collections.abc import Mapping

from wuguan.domain.event import EventData
from wuguan.domain.management import Management
from wuguan.domain.managements.fitness import FITNESS
from wuguan.domain.managements.homework import HOMEWORK
from wuguan.domain.managements.phone import PHONE
from wuguan.domain.managements.reading import READING
from wuguan.domain.managements.sleep import SLEEP
from wuguan.domain.tally import Metric

MANAGEMENTS: Mapping[str, Management] = {
    one.name: one for one in (HOMEWORK, SLEEP, PHONE, READING, FITNESS)
}
EVENT_TYPES: Mapping[str, type[EventData]] = {
    event.TYPE: event for one in MANAGEMENTS.values() for event in one.events
}
"""Every event type by its short name."""
METRICS: Mapping[str, Metric] = {
    metric.name: metric for one in MANAGEMENTS.values() for metric in one.metrics
}


def management_of(short_type: str) -> str:
    """The management that a short event type or a metric name belongs to."""
    return short_type.partition(".")[0]

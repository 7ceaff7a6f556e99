"""Telemetry on prometheus-client: one collector for each name of `wuguan.metric_names`."""

from collections.abc import Callable, Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.exposition import generate_latest

from wuguan.metric_names import METRIC_NAMES, Described, MetricName, Telemetry

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

_Collector = Counter | Gauge | Histogram


class PrometheusTelemetry(Telemetry):
    """Keeps every figure in the registry that it is given."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._registry = registry
        self._collectors: Mapping[MetricName, _Collector] = {
            name: _collector(name, described, registry) for name, described in METRIC_NAMES.items()
        }

    def count(self, name: MetricName, amount: float = 1, **labels: str) -> None:
        """Adds to a counter."""
        collector = self._of(name, labels)
        assert isinstance(collector, Counter)
        collector.inc(amount)

    def set(self, name: MetricName, value: float, **labels: str) -> None:
        """Sets a gauge."""
        collector = self._of(name, labels)
        assert isinstance(collector, Gauge)
        collector.set(value)

    def observe(self, name: MetricName, value: float, **labels: str) -> None:
        """Adds one observation to a histogram."""
        collector = self._of(name, labels)
        assert isinstance(collector, Histogram)
        collector.observe(value)

    def ask(self, asked: Mapping[MetricName, Callable[[], float]]) -> None:
        """Gauges without labels that are looked up whenever the figures are read."""
        for name, look in asked.items():
            collector = self._collectors[name]
            assert isinstance(collector, Gauge)
            collector.set_function(look)

    def exposition(self) -> bytes:
        """All figures in Prometheus' text format."""
        return generate_latest(self._registry)

    def _of(self, name: MetricName, labels: Mapping[str, str]) -> _Collector:
        collector = self._collectors[name]
        return collector.labels(**labels) if labels else collector


def _collector(name: MetricName, described: Described, registry: CollectorRegistry) -> _Collector:
    match described.kind:
        case "counter":
            return Counter(name, described.meaning, described.labels, registry=registry)
        case "gauge":
            return Gauge(name, described.meaning, described.labels, registry=registry)
        case "histogram":
            return Histogram(
                name,
                described.meaning,
                described.labels,
                registry=registry,
                buckets=described.buckets,
            )

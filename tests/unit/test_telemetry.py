"""Figures of the process: every name is there, and counted under its own labels."""

from typing import get_args

from prometheus_client import CollectorRegistry

from wuguan.adapters.prometheus import PrometheusTelemetry
from wuguan.metric_names import METRIC_NAMES, MetricName


def test_every_name_is_described_once() -> None:
    assert list(METRIC_NAMES) == list(get_args(MetricName))
    assert all(one.meaning for one in METRIC_NAMES.values())


def test_what_is_told_is_shown() -> None:
    telemetry = PrometheusTelemetry(CollectorRegistry())

    telemetry.count("wuguan_events_rejected_total", 2, code="bad_time")
    telemetry.set("wuguan_log_waiting_requests", 7)
    telemetry.observe("wuguan_fold_seconds", 0.3)

    shown = telemetry.exposition().decode()
    assert 'wuguan_events_rejected_total{code="bad_time"} 2.0' in shown
    assert "wuguan_log_waiting_requests 7.0" in shown
    assert "wuguan_fold_seconds_count 1.0" in shown


def test_what_is_asked_for_is_looked_up_each_time() -> None:
    telemetry = PrometheusTelemetry(CollectorRegistry())
    used = [3.0, 5.0]
    telemetry.ask({"wuguan_pool_connections_used": lambda: used.pop(0)})

    shown = [telemetry.exposition().decode() for _ in range(2)]

    assert "wuguan_pool_connections_used 3.0" in shown[0]
    assert "wuguan_pool_connections_used 5.0" in shown[1]


def test_two_registries_know_nothing_of_each_other() -> None:
    one, other = (PrometheusTelemetry(CollectorRegistry()) for _ in range(2))

    one.count("wuguan_events_accepted_total")

    assert "wuguan_events_accepted_total 0.0" in other.exposition().decode()

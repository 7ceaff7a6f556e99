"""Every figure that the programs tell about themselves: name, kind, labels and meaning, once.

Who counts says `telemetry.count("wuguan_…")`; a misspelt name fails mypy.
"""

from collections.abc import Mapping
from typing import Literal, NamedTuple, Protocol

MetricName = Literal[
    "wuguan_events_accepted_total",  # Counter: events taken into the log
    "wuguan_events_duplicate_total",  # Counter: repeats inside one request
    "wuguan_events_rejected_total",  # Counter: events refused, by code
    "wuguan_requests_limited_total",  # Counter: requests answered 429
    "wuguan_request_seconds",  # Histogram: time from request to answer
    "wuguan_log_waiting_requests",  # Gauge: requests waiting for the log
    "wuguan_log_unconfirmed_bytes",  # Gauge: bytes of frames without the broker's word
    "wuguan_log_group_requests",  # Histogram: requests committed together
    "wuguan_log_append_seconds",  # Histogram: time of one commit to the log
    "wuguan_rejects_lost_total",  # Counter: rejects that could not be kept
    "wuguan_frames_folded_total",  # Counter: frames taken from the log
    "wuguan_fold_seconds",  # Histogram: time of one batch, fold to commit
    "wuguan_marks_rolled_up_total",  # Counter: unit-days added up
    "wuguan_rollup_seconds",  # Histogram: time of one roll-up transaction
    "wuguan_periods_summed_total",  # Counter: managements of units whose periods were summed
    "wuguan_alerts_evaluated_total",  # Counter: managements of units whose alerts were evaluated
    "wuguan_class_days_remeasured_total",  # Counter: ledgers measured again
    "wuguan_runtime_retries_total",  # Counter: turns of the runtime that had to be repeated
    "wuguan_runtime_healthy",  # Gauge: 1 while the runtime works
    "wuguan_consumer_lag_records",  # Gauge: records of a partition not taken yet
    "wuguan_consumer_rebalances_total",  # Counter: times that partitions were assigned
    "wuguan_consumer_seeks_total",  # Counter: partitions whose offset was put right, by direction
    "wuguan_take_frames",  # Histogram: records taken at once
    "wuguan_prepare_seconds",  # Histogram: time of decoding and folding a batch ahead
    "wuguan_flush_seconds",  # Histogram: time of writing a batch, retries included
    "wuguan_records_rejected_total",  # Counter: what records could not be used for, by code
    "wuguan_events_folded_total",  # Counter: events folded into ledgers
    "wuguan_complete_until_seconds",  # Gauge: everything accepted before has passed a part
    "wuguan_marks_waiting",  # Gauge: what waits to be measured again, added up, summed, judged
    "wuguan_alerts_firing",  # Gauge: alerts that are firing or acknowledged, by rule
    "wuguan_messages_total",  # Counter: attempts to tell a receiver of alerts, by outcome
    "wuguan_notices_waiting",  # Gauge: what is due to be told of alerts, and did not arrive yet
    "wuguan_pool_connections_used",  # Gauge: connections to the database in use
    "wuguan_pool_connections_most",  # Gauge: connections that the process may have at most
    "wuguan_pool_waiting_requests",  # Gauge: who waits for a connection to the database
    "wuguan_database_bytes",  # Gauge: size of the database on disk
    "wuguan_process_started_seconds",  # Gauge: when this process started; it changes at a restart
]
Kind = Literal["counter", "gauge", "histogram"]


class Described(NamedTuple):
    """What one name stands for."""

    kind: Kind
    meaning: str
    labels: tuple[str, ...] = ()
    buckets: tuple[float, ...] = ()
    """Of a histogram: its upper bounds."""


_SECONDS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)
_GROUP = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0, 1024.0)

METRIC_NAMES: Mapping[MetricName, Described] = {
    "wuguan_events_accepted_total": Described("counter", "events taken into the log"),
    "wuguan_events_duplicate_total": Described("counter", "repeats inside one request"),
    "wuguan_events_rejected_total": Described("counter", "events refused", ("code",)),
    "wuguan_requests_limited_total": Described("counter", "requests answered 429"),
    "wuguan_request_seconds": Described(
        "histogram", "time from request to answer", ("route", "method", "status"), _SECONDS
    ),
    "wuguan_log_waiting_requests": Described("gauge", "requests waiting for the log"),
    "wuguan_log_unconfirmed_bytes": Described(
        "gauge", "bytes of frames that wait for the broker's word"
    ),
    "wuguan_log_group_requests": Described("histogram", "requests committed together", (), _GROUP),
    "wuguan_log_append_seconds": Described(
        "histogram", "time of one commit to the log", (), _SECONDS
    ),
    "wuguan_rejects_lost_total": Described("counter", "rejects that could not be kept"),
    "wuguan_frames_folded_total": Described("counter", "frames taken from the log"),
    "wuguan_fold_seconds": Described(
        "histogram", "time of one batch, from fold to commit", (), _SECONDS
    ),
    "wuguan_marks_rolled_up_total": Described("counter", "unit-days added up"),
    "wuguan_rollup_seconds": Described(
        "histogram", "time of one roll-up transaction", (), _SECONDS
    ),
    "wuguan_periods_summed_total": Described(
        "counter", "managements of units whose half-months, months and terms were summed"
    ),
    "wuguan_alerts_evaluated_total": Described(
        "counter", "managements of units whose alerts were evaluated"
    ),
    "wuguan_class_days_remeasured_total": Described("counter", "ledgers measured again"),
    "wuguan_runtime_retries_total": Described(
        "counter", "turns of the runtime that had to be repeated", ("part",)
    ),
    "wuguan_runtime_healthy": Described("gauge", "1 while the runtime works"),
    "wuguan_consumer_lag_records": Described(
        "gauge",
        "records of a partition not taken yet; without Kafka frames of `event_log`",
        ("topic", "partition"),
    ),
    "wuguan_consumer_rebalances_total": Described("counter", "times that partitions were assigned"),
    "wuguan_consumer_seeks_total": Described(
        "counter", "partitions whose offset differed from the stored position", ("direction",)
    ),
    "wuguan_take_frames": Described("histogram", "records taken at once", (), _GROUP),
    "wuguan_prepare_seconds": Described(
        "histogram", "time of decoding and folding a batch ahead", (), _SECONDS
    ),
    "wuguan_flush_seconds": Described(
        "histogram", "time of writing a batch, retries included", (), _SECONDS
    ),
    "wuguan_records_rejected_total": Described(
        "counter", "events of records that could not be used", ("code",)
    ),
    "wuguan_events_folded_total": Described("counter", "events folded into ledgers"),
    "wuguan_complete_until_seconds": Described(
        "gauge",
        "Unix time up to which everything has passed `log`, `days`, `periods` or `alerts`: the"
        " oldest that waits there has waited since then",
        ("part",),
    ),
    "wuguan_marks_waiting": Described(
        "gauge",
        "spans of schools to be measured again (`measuring`), unit-days to be added up (`days`),"
        " marks of periods to be summed (`periods`), of units whose alerts are to be evaluated"
        " (`alerts`)",
        ("part",),
    ),
    "wuguan_alerts_firing": Described(
        "gauge",
        "alerts that are firing or acknowledged, of all units",
        ("rule_id", "severity", "kind"),
    ),
    "wuguan_messages_total": Described(
        "counter", "attempts to tell a receiver of alerts", ("outcome",)
    ),
    "wuguan_notices_waiting": Described(
        "gauge",
        "notices of alerts that are due, or were tried, and did not reach their receiver yet",
    ),
    "wuguan_pool_connections_used": Described("gauge", "connections to the database in use"),
    "wuguan_pool_connections_most": Described(
        "gauge", "connections to the database that the process may have"
    ),
    "wuguan_pool_waiting_requests": Described(
        "gauge", "threads that wait for a connection to the database"
    ),
    "wuguan_database_bytes": Described("gauge", "size of the database on disk"),
    "wuguan_process_started_seconds": Described(
        "gauge", "when the process started (Unix time): each change is a restart"
    ),
}


class Telemetry(Protocol):
    """Where programs tell their figures. Safe to call from any thread; never raises, never waits.

    A histogram observes, a gauge is set, a counter counts. All labels of a name are given.
    """

    def count(self, name: MetricName, amount: float = 1, **labels: str) -> None:
        """Adds to a counter."""

    def set(self, name: MetricName, value: float, **labels: str) -> None:
        """Sets a gauge."""

    def observe(self, name: MetricName, value: float, **labels: str) -> None:
        """Adds one observation to a histogram."""


class Silence(Telemetry):
    """Tells nobody: for tests and for programs that nobody asks."""

    def count(self, name: MetricName, amount: float = 1, **labels: str) -> None:
        """Does nothing."""

    def set(self, name: MetricName, value: float, **labels: str) -> None:
        """Does nothing."""

    def observe(self, name: MetricName, value: float, **labels: str) -> None:
        """Does nothing."""

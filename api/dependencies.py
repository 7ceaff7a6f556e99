"""What the application is given: it opens nothing itself."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from wuguan.domain.alerting.rule import AlertRule
from wuguan.domain.instants import china_day
from wuguan.metric_names import Silence, Telemetry
from wuguan.ports import FrameWriter, Store

Clock = Callable[[], int]
"""Microseconds since the epoch."""


def _nothing() -> None:
    """Nobody is to be woken."""


def _healthy() -> bool:
    return True


def _no_exposition() -> bytes:
    return b""


@dataclass(frozen=True)
class Dependencies:
    """A store, a clock and the few settings that requests are held to."""

    store: Store
    clock: Clock
    frame_writer: FrameWriter | None = None
    """Where events go that are accepted; None: the store's own log."""
    takes_events_alone: bool = False
    """Events can be taken on known keys while the store is away: their log is elsewhere."""
    alert_rules: Mapping[str, AlertRule] = field(default_factory=dict)
    """The rules in force, by their id: they title alerts."""
    rate_limit: float = 100.0
    document_limit_bytes: int = 32 * 1024 * 1024
    wake: Callable[[], None] = _nothing
    """Tells the runtime that the log has new records. Returns at once."""
    healthy: Callable[[], bool] = _healthy
    """Whether the runtime works."""
    telemetry: Telemetry = Silence()  # noqa: RUF009  # It holds nothing.
    exposition: Callable[[], bytes] = _no_exposition
    """The figures of telemetry as Prometheus reads them."""

    def today(self) -> date:
        """The day in China."""
        return china_day(self.clock())

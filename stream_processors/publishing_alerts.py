"""What happens to alerts, on its way from the table to the topic `wuguan.alerts.v1`."""

from collections.abc import Callable, Iterable
from typing import Protocol

from wuguan.ports import Alerts
from wuguan.streams import alert_record

_LIMIT = 500


class Publishing(Protocol):
    """Where records of alerts are published."""

    def send_alerts(self, records: Iterable[tuple[bytes, bytes]]) -> None:
        """Hands over keys and values, in this order."""

    def confirm(self) -> None:
        """Returns when they are durable; TemporarilyUnavailable if not."""


class PublishingAlerts:
    """One publisher; of any number that run, one works at a time, so that order is kept."""

    def __init__(
        self, alerts: Alerts, publishing: Callable[[], Publishing], limit: int = _LIMIT
    ) -> None:
        self._alerts = alerts
        self._publishing = publishing
        self._limit = limit

    def turn(self) -> bool:
        """Publishes what is not yet; whether there was anything.

        What is confirmed and then not marked as published comes again: at least once.
        """
        with self._alerts.publishing(self._limit) as happenings:
            if not happenings:
                return False
            publishing = self._publishing()
            publishing.send_alerts(map(alert_record, happenings))
            publishing.confirm()
        return True

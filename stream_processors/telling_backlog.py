"""Telling what waits, beside the work and seldom."""

import time
from collections.abc import Callable, Sequence
from datetime import date

from wuguan.domain.alerting.rule import SEVERITIES, AlertRule
from wuguan.metric_names import Telemetry
from wuguan.ports import EMBEDDED_LOG, Alerts, Backlogs, FiringKey, Notices

_EVERY_SECONDS = 5.0
# A look that takes long, as over millions of marks, comes more seldom: 2 % of the time.
_TIMES_AS_LONG = 50
_MICROSECONDS = 1_000_000


class Seldom:
    """Looks every five seconds at most, and never longer than a fiftieth of the time."""

    def __init__(self, look: Callable[[], None], seconds: Callable[[], float]) -> None:
        self._look = look
        self._seconds = seconds
        self._not_before = float("-inf")

    def turn(self) -> None:
        """Looks if it is time to."""
        begun = self._seconds()
        if begun < self._not_before:
            return
        self._look()
        took = self._seconds() - begun
        self._not_before = begun + max(_EVERY_SECONDS, _TIMES_AS_LONG * took)


def telling_log(backlogs: Backlogs, telemetry: Telemetry) -> Seldom:
    """Tells of a log that is a table how far its consumer is behind."""

    def look() -> None:
        waiting = backlogs.of_log()
        topic, partition = EMBEDDED_LOG.topic, str(EMBEDDED_LOG.partition)
        telemetry.set(
            "wuguan_consumer_lag_records", waiting.number, topic=topic, partition=partition
        )
        tell_complete(telemetry, "log", waiting.complete_until_us)

    return Seldom(look, time.monotonic)


def telling_figures(backlogs: Backlogs, today: Callable[[], date], telemetry: Telemetry) -> Seldom:
    """Tells how far figures and alerts are behind the ledgers, and how large the store is."""

    def look() -> None:
        backlog, alerts = backlogs.of_figures(today()), backlogs.of_alerts()
        telemetry.set("wuguan_marks_waiting", backlog.spans, part="measuring")
        telemetry.set("wuguan_marks_waiting", backlog.days.number, part="days")
        telemetry.set("wuguan_marks_waiting", backlog.periods.number, part="periods")
        telemetry.set("wuguan_marks_waiting", alerts.number, part="alerts")
        tell_complete(telemetry, "days", backlog.days.complete_until_us)
        tell_complete(telemetry, "periods", backlog.periods.complete_until_us)
        tell_complete(telemetry, "alerts", alerts.complete_until_us)
        telemetry.set("wuguan_database_bytes", backlogs.stored_bytes())

    return Seldom(look, time.monotonic)


def telling_alerts(
    alerts: Alerts,
    rules: Sequence[AlertRule],
    telemetry: Telemetry,
    seconds: Callable[[], float] = time.monotonic,
) -> Seldom:
    """Tells how many alerts are firing, of every rule: 0 where none is."""
    told = {FiringKey(one.rule_id, severity, one.kind) for one in rules for severity in SEVERITIES}

    def look() -> None:
        firing = alerts.firing()
        # What a rule that is gone has left is told until it has ended, and as 0 from then on.
        told.update(firing)
        for key in told:
            telemetry.set("wuguan_alerts_firing", firing.get(key, 0), **key._asdict())

    return Seldom(look, seconds)


def telling_notices(notices: Notices, clock: Callable[[], int], telemetry: Telemetry) -> Seldom:
    """Tells how many notices are due and did not reach their receiver yet."""

    def look() -> None:
        waiting = notices.waiting(clock())
        telemetry.set("wuguan_notices_waiting", sum(waiting.values()))

    return Seldom(look, time.monotonic)


def tell_complete(telemetry: Telemetry, part: str, until_us: int) -> None:
    """Tells up to when everything accepted has passed a part."""
    telemetry.set("wuguan_complete_until_seconds", until_us / _MICROSECONDS, part=part)

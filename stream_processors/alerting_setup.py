"""What an operator has set about alerts: which are evaluated, who is told, and by what."""

import random
from collections.abc import Callable, Mapping
from typing import NamedTuple

import structlog

from stream_processors.evaluating_alerts import Alerting
from stream_processors.telling_people import People, TellingPeople, tellers
from stream_processors.turns import Turning
from wuguan.adapters.telling.building import senders_of
from wuguan.alert_packs import alert_rules, fingerprint_of
from wuguan.domain.alerting.receiver import Receivers
from wuguan.domain.alerting.telling import telling
from wuguan.domain.errors import Misconfigured
from wuguan.metric_names import Telemetry
from wuguan.ports import Store
from wuguan.receivers_file import read_receivers
from wuguan.settings import Settings

_log = structlog.get_logger(__name__)


class AlertingSetUp(NamedTuple):
    """Rules, and people to tell."""

    alerting: Alerting
    people: People

    def tellers(
        self,
        store: Store,
        *,
        clock: Callable[[], int],
        settings: Settings,
        telemetry: Telemetry,
    ) -> list[Turning]:
        """The threads that tell people; none where there is nobody to tell."""
        worker = TellingPeople(
            store,
            self.people,
            self.alerting.rules,
            clock=clock,
            chance=random.random,
            base_url=settings.base_url,
            telemetry=telemetry,
        )
        return tellers(worker, self.people, telemetry)


def set_up_alerting(settings: Settings, environment: Mapping[str, str]) -> AlertingSetUp:
    """Rules and receivers as they are set; Misconfigured with every fault of both."""
    faults: list[str] = []
    rules, people = [], People(Receivers(), {})
    try:
        rules = alert_rules(settings.alerts)
    except Misconfigured as error:
        faults += error.faults
    try:
        people = people_of(settings, environment)
    except Misconfigured as error:
        faults += error.faults
    if faults:
        raise Misconfigured([f"WUGUAN_ALERTS: {fault}" for fault in faults])
    # Processes with different rules end each other's alerts: this tells whether they differ.
    _log.info("alert_rules", rules=len(rules), fingerprint=fingerprint_of(rules))
    return AlertingSetUp(Alerting(rules, telling(people.receivers)), people)


def people_of(settings: Settings, environment: Mapping[str, str]) -> People:
    """Who is told, and by what; Misconfigured with every fault."""
    addressed = read_receivers(settings.alerts, environment)
    receivers = Receivers(one.receiver for one in addressed)
    return People(receivers, senders_of(addressed))

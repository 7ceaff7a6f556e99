"""Alerts: evaluated from figures, kept with all that happened to them, and acted upon."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date
from typing import NamedTuple, Protocol

from msgspec import Struct

from wuguan.domain.alerting.life import Alert, Entry, State, Told
from wuguan.domain.alerting.notice import Notice
from wuguan.domain.alerting.rule import Kind, Severity
from wuguan.ports.figures import SystemRow, TallyQuery, TallyRow


class AlertConflict(Exception):
    """Nothing was written: another alert of the subject is open, or something else has happened.

    A fault of ours: whoever writes an alert has its unit to itself, and has seen all of it.
    """


class AlertMark(NamedTuple):
    """What is evaluated at once: all rules about one management of a unit."""

    unit_id: str
    management: str


class SubjectKey(NamedTuple):
    """What at most one open alert is about."""

    rule_id: str
    unit_id: str
    system: str


class AlertWriting(Protocol):
    """One transaction that evaluates the marks that it could claim."""

    @property
    def context_version(self) -> int:
        """Read after the marks were claimed."""

    @property
    def claimed(self) -> Collection[AlertMark]:
        """The marks that are this transaction's alone, deleted with its commit."""

    def is_open(self, day: date) -> bool:
        """Whether a day was opened before the marks were claimed."""

    def rows(self, query: TallyQuery) -> Sequence[TallyRow]:
        """Figures of days, as they are now."""

    def systems(
        self, units: Collection[str], from_day: date, to_day: date
    ) -> Mapping[str, Sequence[SystemRow]]:
        """What each source system of schools reported, by school."""

    def refused(
        self, units: Collection[str], from_day: date, to_day: date
    ) -> Mapping[str, Mapping[date, int]]:
        """How many events of schools were refused, by school and day (UTC+8)."""

    def last_alerts(self, units: Collection[str]) -> Mapping[SubjectKey, Alert]:
        """The last alert of each subject of these units, open or not."""

    def write(self, told: Sequence[Told], notices: Sequence[Notice]) -> None:
        """Keeps alerts as they stand now, what happened, and who is to be told.

        A notice that there was already is left as it is. Whoever was told nothing of an alert since
        it last began is not told of its end: with the end, what waits for them is taken back.
        """


class AlertQuery(Struct, frozen=True, kw_only=True):
    """Which alerts to list."""

    units: Sequence[str]
    states: Sequence[State] = ("pending", "firing", "acknowledged")
    kinds: Sequence[Kind] = ("compliance", "data")
    rule_ids: Sequence[str] = ()
    """None: all."""
    severities: Sequence[Severity] = ()
    """None: all."""


class AlertPlace(NamedTuple):
    """A place in a list of alerts: the alert after which to go on."""

    unit_id: str
    alert_id: str


class Happening(NamedTuple):
    """An entry with its alert as it stands now."""

    alert: Alert
    entry: Entry


class FiringKey(NamedTuple):
    """What the process counts alerts by, when it tells of itself: no unit is named there."""

    rule_id: str
    severity: Severity
    kind: Kind


class AlertChange(Protocol):
    """One transaction on one alert, which nobody else changes meanwhile."""

    @property
    def alert(self) -> Alert:
        """As it stands."""

    def write(self, told: Told) -> None:
        """Keeps it as it stands now, and what happened."""


class Alerts(Protocol):
    """The alerts of all units, with their history."""

    def mark(self, marks: Collection[AlertMark]) -> None:
        """Asks for units to be evaluated again, though no figure of theirs has moved."""

    def open_day(self, day: date) -> bool:
        """Marks all units, once for each day whose returns are due by now; whether it was new.

        That is all that have figures of late, or an open alert.
        """

    def evaluating(self, limit: int) -> AbstractContextManager[AlertWriting]:
        """Claims up to `limit` marks, those that have waited longest first.

        A unit that another writer holds is skipped. AlertConflict where what is written does not
        follow on what is kept.
        """

    def changing(self, alert_id: str) -> AbstractContextManager[AlertChange | None]:
        """One alert, locked; None where there is none of this id."""

    def publishing(self, limit: int) -> AbstractContextManager[Sequence[Happening]]:
        """The next entries that are not published yet, those of an alert in order.

        Left plainly, they are. Nobody else is given any meanwhile: they get none.
        """

    def alerts(self, query: AlertQuery, after: AlertPlace | None, limit: int) -> Sequence[Alert]:
        """Alerts in the order of unit and id."""

    def alert(self, alert_id: str) -> Alert | None:
        """One alert."""

    def entries(self, alert_id: str) -> Sequence[Entry]:
        """All that happened to it, in order."""

    def counts(self, units: Collection[str]) -> Mapping[tuple[str, Kind], int]:
        """How many alerts are firing or acknowledged, by unit and kind; zeros are left out."""

    def firing(self) -> Mapping[FiringKey, int]:
        """How many alerts of all units are firing or acknowledged; zeros are left out."""

    def version(self) -> int:
        """A number that grows with every change of any alert: for lists that are asked again."""

"""Alerts in memory: marks are claimed, alerts and what happened to them kept."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import date

from wuguan.adapters.memory.figure_rows import tally_rows
from wuguan.adapters.memory.state import MemoryState
from wuguan.domain.alerting.due import LONGEST_WINDOW
from wuguan.domain.alerting.life import BEGUN, Alert, Entry, Told
from wuguan.domain.alerting.notice import Notice
from wuguan.domain.alerting.rule import Kind
from wuguan.domain.instants import china_day
from wuguan.domain.managements import MANAGEMENTS
from wuguan.ports import (
    AlertChange,
    AlertConflict,
    AlertMark,
    AlertPlace,
    AlertQuery,
    Alerts,
    AlertWriting,
    FiringKey,
    Happening,
    SubjectKey,
    SystemRow,
    TallyQuery,
    TallyRow,
)


class MemoryAlerts(Alerts):
    """Marks, alerts, entries, and whom they are to be told."""

    def __init__(self, state: MemoryState) -> None:
        self._state = state

    def mark(self, marks: Collection[AlertMark]) -> None:
        """Asks for units to be evaluated again."""
        with self._state.lock:
            self._state.add_alert_marks(marks)

    def open_day(self, day: date) -> bool:
        """Marks every unit with figures or an open alert, once for each day."""
        state = self._state
        with state.lock:
            if day in state.alert_days:
                return False
            state.alert_days.add(day)
            figured = {
                AlertMark(mark.unit_id, mark.management)
                for mark in state.figures
                if day - LONGEST_WINDOW < mark.day <= day
            }
            opened = {
                AlertMark(alert.unit_id, management)
                for alert in state.alerts.values()
                if alert.is_open
                for management in MANAGEMENTS
            }
            state.add_alert_marks(sorted(figured | opened))
            return True

    def evaluating(self, limit: int) -> AbstractContextManager[AlertWriting]:
        """Claims marks; those made first come first."""
        return self._evaluating(limit)

    @contextmanager
    def _evaluating(self, limit: int) -> Iterator[AlertWriting]:
        state = self._state
        with state.lock:
            marks = self._claim(limit)
            units = {mark.unit_id for mark in marks}
            state.alert_units_claimed |= units
            try:
                writing = MemoryAlertWriting(state, marks)
                yield writing
                writing.commit()
            finally:
                state.alert_units_claimed -= units

    def _claim(self, limit: int) -> dict[AlertMark, int]:
        claimed = self._state.alert_units_claimed
        marks = self._state.alert_marks.items()
        free = [(mark, number) for mark, number in marks if mark.unit_id not in claimed]
        return dict(free[:limit])

    def changing(self, alert_id: str) -> AbstractContextManager[AlertChange | None]:
        """One alert, which the lock keeps as it is."""
        return self._changing(alert_id)

    @contextmanager
    def _changing(self, alert_id: str) -> Iterator[AlertChange | None]:
        with self._state.lock:
            alert = self._state.alerts.get(alert_id)
            if alert is None:
                yield None
                return
            change = MemoryAlertChange(alert)
            yield change
            if change.told:
                keep(self._state, change.told)

    def publishing(self, limit: int) -> AbstractContextManager[Sequence[Happening]]:
        """The next entries that nobody has published."""
        return self._publishing(limit)

    @contextmanager
    def _publishing(self, limit: int) -> Iterator[Sequence[Happening]]:
        state = self._state
        with state.lock:
            some = state.unpublished[:limit]
            yield [Happening(state.alerts[entry.alert_id], entry) for entry in some]
            del state.unpublished[: len(some)]

    def alerts(self, query: AlertQuery, after: AlertPlace | None, limit: int) -> Sequence[Alert]:
        """The next alerts in order."""
        with self._state.lock:
            every = list(self._state.alerts.values())
        found = [one for one in every if _is_asked(one, query)]
        following = [one for one in found if after is None or _place(one) > after]
        return sorted(following, key=_place)[:limit]

    def alert(self, alert_id: str) -> Alert | None:
        """One alert."""
        return self._state.alerts.get(alert_id)

    def entries(self, alert_id: str) -> Sequence[Entry]:
        """All that happened to it, in order."""
        return tuple(self._state.alert_entries.get(alert_id, ()))

    def counts(self, units: Collection[str]) -> Mapping[tuple[str, Kind], int]:
        """How many alerts are firing or acknowledged, by unit and kind."""
        with self._state.lock:
            return Counter(
                (alert.unit_id, alert.kind)
                for alert in self._state.alerts.values()
                if alert.unit_id in units and alert.state in ("firing", "acknowledged")
            )

    def firing(self) -> Mapping[FiringKey, int]:
        """How many alerts of all units are firing or acknowledged."""
        with self._state.lock:
            return Counter(
                FiringKey(alert.rule_id, alert.severity, alert.kind)
                for alert in self._state.alerts.values()
                if alert.state in ("firing", "acknowledged")
            )

    def version(self) -> int:
        """How often alerts were written."""
        return self._state.alert_version


class MemoryAlertWriting(AlertWriting):
    """What one transaction writes, kept apart until it is committed."""

    def __init__(self, state: MemoryState, marks: Mapping[AlertMark, int]) -> None:
        self._state = state
        self._marks = marks
        self._told: list[Told] = []
        self._notices: list[Notice] = []

    @property
    def context_version(self) -> int:
        """The version in force; the lock keeps it until this transaction ends."""
        return self._state.context.version

    @property
    def claimed(self) -> Collection[AlertMark]:
        """The marks that are this transaction's alone."""
        return tuple(self._marks)

    def is_open(self, day: date) -> bool:
        """Whether a day was opened."""
        return day in self._state.alert_days

    def rows(self, query: TallyQuery) -> Sequence[TallyRow]:
        """Figures of days, as they are now."""
        return tally_rows(self._state.figures, query)

    def systems(
        self, units: Collection[str], from_day: date, to_day: date
    ) -> Mapping[str, Sequence[SystemRow]]:
        """What each source system of schools reported, by school."""
        found: dict[str, list[SystemRow]] = {}
        for mark, of_day in sorted(self._state.systems.items()):
            if mark.unit_id in units and from_day <= mark.day <= to_day:
                rows = found.setdefault(mark.unit_id, [])
                rows += [SystemRow(mark.day, mark.management, *one) for one in of_day.items()]
        return found

    def refused(
        self, units: Collection[str], from_day: date, to_day: date
    ) -> Mapping[str, Mapping[date, int]]:
        """How many events of schools were refused, by school and day."""
        found: dict[str, Counter[date]] = {}
        for row in self._state.rejects:
            day = china_day(row.received_us)
            if row.school_id in units and from_day <= day <= to_day:
                found.setdefault(row.school_id, Counter())[day] += 1
        return found

    def last_alerts(self, units: Collection[str]) -> Mapping[SubjectKey, Alert]:
        """The last alert of each subject: the later takes the place of the earlier."""
        return {
            SubjectKey(alert.rule_id, alert.unit_id, alert.system): alert
            for alert in self._state.alerts.values()
            if alert.unit_id in units
        }

    def write(self, told: Sequence[Told], notices: Sequence[Notice]) -> None:
        """Keeps alerts as they stand now, what happened, and who is to be told."""
        self._told += told
        self._notices += notices

    def commit(self) -> None:
        """Puts everything written into the store, or raises and puts nothing."""
        state = self._state
        keep(state, *self._told)
        for notice in self._notices:
            key = (notice.alert_id, notice.number, notice.receiver_id)
            state.notices.setdefault(key, notice)
        for one in self._told:
            if any(entry.happened == "resolved" for entry in one.entries):
                _take_back(state, one.alert.alert_id)
        for mark, number in self._marks.items():
            # Marked again meanwhile: something moved that was not read.
            if state.alert_marks[mark] == number:
                del state.alert_marks[mark]


class MemoryAlertChange(AlertChange):
    """One alert, to which something may happen."""

    def __init__(self, alert: Alert) -> None:
        self._alert = alert
        self.told: Told | None = None

    @property
    def alert(self) -> Alert:
        """As it stands."""
        return self._alert

    def write(self, told: Told) -> None:
        """Keeps it as it stands now, and what happened."""
        self.told = told


def _take_back(state: MemoryState, alert_id: str) -> None:
    """Forgets what waits for those who were told nothing of an alert since it last began."""
    entries = state.alert_entries[alert_id]
    begun = max((one.number for one in entries if one.happened in BEGUN), default=0)
    lately = [key for key in state.notices if key[0] == alert_id and key[1] >= begun]
    knowing = {key[2] for key in lately if _is_tried(state, key)}
    for key in lately:
        if key[2] not in knowing:
            del state.notices[key]
            state.tried_notices.pop(key, None)


def _is_tried(state: MemoryState, key: tuple[str, int, str]) -> bool:
    return key in state.tried_notices and state.tried_notices[key].tries > 0


def keep(state: MemoryState, *told: Told) -> None:
    """Keeps alerts and entries; AlertConflict, and nothing kept, where they do not follow."""
    alerts = {**state.alerts, **{one.alert.alert_id: one.alert for one in told}}
    subjects = [(a.rule_id, a.unit_id, a.system) for a in alerts.values() if a.is_open]
    if len(set(subjects)) < len(subjects):
        raise AlertConflict("another alert of the same subject is open")
    for alert, entries in ((one.alert, one.entries) for one in told):
        known = len(state.alert_entries.get(alert.alert_id, ()))
        numbers = list(range(known, known + len(entries)))
        if alert.entries != known + len(entries) or [one.number for one in entries] != numbers:
            raise AlertConflict("something else has happened to the alert meanwhile")
    state.alerts = alerts
    for one in told:
        state.alert_entries.setdefault(one.alert.alert_id, []).extend(one.entries)
        state.unpublished += one.entries
    state.alert_version += bool(told)


def _is_asked(alert: Alert, query: AlertQuery) -> bool:
    return (
        alert.unit_id in query.units
        and alert.state in query.states
        and alert.kind in query.kinds
        and (not query.rule_ids or alert.rule_id in query.rule_ids)
        and (not query.severities or alert.severity in query.severities)
    )


def _place(alert: Alert) -> AlertPlace:
    return AlertPlace(alert.unit_id, alert.alert_id)

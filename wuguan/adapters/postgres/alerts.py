"""Alerts, evaluated without losing a change, and acted upon by one writer at a time.

The protocol is that of the roll-up, by unit: lock it or skip it, delete its marks, only then read
its figures and alerts, write. Whoever acts on an alert takes the same lock, and waits for it.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

from wuguan.adapters.postgres.alert_marks import (
    claim_marks,
    hold_unit,
    insert_alert_marks,
    open_day,
)
from wuguan.adapters.postgres.alert_rows import (
    ALERT_COLUMNS,
    ENTRY_COLUMNS,
    alert_of,
    entry_of,
    write_told,
)
from wuguan.adapters.postgres.connections import Connection, Connections, advisory
from wuguan.adapters.postgres.figures import PostgresReading
from wuguan.domain.alerting.life import Alert, Entry, Told
from wuguan.domain.alerting.notice import Notice
from wuguan.domain.alerting.rule import Kind
from wuguan.domain.instants import midnight_us
from wuguan.ports import (
    AlertMark,
    AlertPlace,
    AlertQuery,
    FiringKey,
    Happening,
    SubjectKey,
    SystemRow,
    TallyQuery,
    TallyRow,
)

_EVERY_ROW = 2**62
_PUBLISHING = advisory("alerts published")
_ALERTS = f"""
    SELECT {ALERT_COLUMNS} FROM alert a
    WHERE a.unit_id = ANY(%(units)b::text[]) AND a.state = ANY(%(states)b::text[])
      AND a.kind = ANY(%(kinds)b::text[])
      AND (%(rule_ids)b::text[] = '{{}}' OR a.rule_id = ANY(%(rule_ids)b::text[]))
      AND (%(severities)b::text[] = '{{}}' OR a.severity = ANY(%(severities)b::text[]))
      AND (%(after_unit)b::text IS NULL
           OR (a.unit_id, a.alert_id) > (%(after_unit)b::text, %(after_id)b::text))
    ORDER BY a.unit_id, a.alert_id LIMIT %(limit)b
"""
_UNPUBLISHED = f"""
    SELECT e.serial, {ALERT_COLUMNS}, {ENTRY_COLUMNS}
    FROM (SELECT * FROM alert_entry WHERE NOT published ORDER BY serial LIMIT %b) AS e
    JOIN alert a USING (alert_id) ORDER BY e.serial
"""
_MEMBERS = len(Alert.__struct_fields__)


class PostgresAlerts:
    """Alerts on the tables `alert` and `alert_entry`; their marks on `alert_dirty`."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def mark(self, marks: Collection[AlertMark]) -> None:
        """Asks for units to be evaluated again."""
        with self._connections.transaction(relaxed=True) as connection:
            insert_alert_marks(connection, marks)

    def open_day(self, day: date) -> bool:
        """Marks every unit with figures or an open alert, once for each day."""
        with self._connections.transaction(relaxed=True) as connection:
            return open_day(connection, day)

    @contextmanager
    def evaluating(self, limit: int) -> Iterator["PostgresAlertWriting"]:
        """Claims marks, and commits what is done with them."""
        # Not relaxed: what happened to an alert, and when, nothing else could restore.
        with self._connections.transaction() as connection:
            claimed = claim_marks(connection, limit)
            row = connection.execute("SELECT version FROM context").fetchone()
            assert row is not None
            yield PostgresAlertWriting(connection, claimed, row[0])

    @contextmanager
    def changing(self, alert_id: str) -> Iterator["PostgresAlertChange | None"]:
        """One alert, its unit locked."""
        with self._connections.transaction() as connection:
            found = _alert(connection, alert_id)
            if found is not None:
                hold_unit(connection, found.unit_id)
                # Whoever held it has written: only what is read now is as it stands.
                found = _alert(connection, alert_id)
            yield None if found is None else PostgresAlertChange(connection, found)

    @contextmanager
    def publishing(self, limit: int) -> Iterator[Sequence[Happening]]:
        """The next entries that nobody has published; none where somebody is about it."""
        with self._connections.transaction() as connection:
            row = connection.execute(
                "SELECT pg_try_advisory_xact_lock(hashtextextended(%b, 1))", (_PUBLISHING,)
            ).fetchone()
            rows = connection.execute(_UNPUBLISHED, (limit,)).fetchall() if row and row[0] else []
            yield [_happening(columns) for _, *columns in rows]
            connection.execute(
                "UPDATE alert_entry SET published = true WHERE serial = ANY(%b::bigint[])"
                " AND NOT published",
                ([serial for serial, *_ in rows],),
            )

    def alerts(self, query: AlertQuery, after: AlertPlace | None, limit: int) -> Sequence[Alert]:
        """The next alerts in order."""
        with self._connections.transaction(relaxed=True) as connection:
            rows = connection.execute(_ALERTS, _asked(query, after, limit)).fetchall()
        return [alert_of(row) for row in rows]

    def alert(self, alert_id: str) -> Alert | None:
        """One alert."""
        with self._connections.transaction(relaxed=True) as connection:
            return _alert(connection, alert_id)

    def entries(self, alert_id: str) -> Sequence[Entry]:
        """All that happened to it, in order."""
        with self._connections.transaction(relaxed=True) as connection:
            rows = connection.execute(
                f"SELECT {ENTRY_COLUMNS} FROM alert_entry e WHERE alert_id = %b ORDER BY number",
                (alert_id,),
            ).fetchall()
        return [entry_of(row) for row in rows]

    def counts(self, units: Collection[str]) -> Mapping[tuple[str, Kind], int]:
        """How many alerts are firing or acknowledged, by unit and kind."""
        with self._connections.transaction(relaxed=True) as connection:
            rows = connection.execute(
                "SELECT unit_id, kind, count(*) FROM alert WHERE unit_id = ANY(%b::text[])"
                # The first condition is that of the index of open alerts.
                " AND state <> 'resolved' AND state <> 'pending' GROUP BY 1, 2",
                (list(units),),
            ).fetchall()
        return {(unit_id, kind): number for unit_id, kind, number in rows}

    def firing(self) -> Mapping[FiringKey, int]:
        """How many alerts of all units are firing or acknowledged."""
        with self._connections.transaction(relaxed=True) as connection:
            rows = connection.execute(
                "SELECT rule_id, severity, kind, count(*) FROM alert"
                " WHERE state <> 'resolved' AND state <> 'pending' GROUP BY 1, 2, 3"
            ).fetchall()
        return {FiringKey(*key): number for *key, number in rows}

    def version(self) -> int:
        """How often alerts were written."""
        with self._connections.transaction(relaxed=True) as connection:
            row = connection.execute("SELECT version FROM alert_version").fetchone()
        return row[0] if row else 0


class PostgresAlertWriting:
    """What happens inside one transaction."""

    def __init__(
        self, connection: Connection, claimed: Collection[AlertMark], version: int
    ) -> None:
        self._connection = connection
        self.claimed = claimed
        self.context_version = version

    def is_open(self, day: date) -> bool:
        """Whether a day was opened; who opens it marks in the same transaction."""
        row = self._connection.execute("SELECT 1 FROM alert_day WHERE day = %b", (day,)).fetchone()
        return row is not None

    def rows(self, query: TallyQuery) -> Sequence[TallyRow]:
        """Figures of days, as they are now."""
        return PostgresReading(self._connection, 0, None).rows(query, None, _EVERY_ROW)

    def systems(
        self, units: Collection[str], from_day: date, to_day: date
    ) -> Mapping[str, Sequence[SystemRow]]:
        """What each source system of schools reported, by school."""
        rows = self._connection.execute(
            "SELECT unit_id, day, management, system, classes FROM system_tally"
            " WHERE unit_id = ANY(%b::text[]) AND day BETWEEN %b AND %b ORDER BY 1, 2, 3, 4",
            (list(units), from_day, to_day),
        ).fetchall()
        found: dict[str, list[SystemRow]] = {}
        for unit_id, *row in rows:
            found.setdefault(unit_id, []).append(SystemRow(*row))
        return found

    def refused(
        self, units: Collection[str], from_day: date, to_day: date
    ) -> Mapping[str, Mapping[date, int]]:
        """How many events of schools were refused, by school and day."""
        rows = self._connection.execute(
            "SELECT school_id, (TIMESTAMP 'epoch' + (received_us + 28800000000)"
            "                   * INTERVAL '1 microsecond')::date, count(*)"
            " FROM rejected WHERE school_id = ANY(%b::text[]) AND received_us >= %b"
            " AND received_us < %b GROUP BY 1, 2",
            (list(units), midnight_us(from_day), midnight_us(to_day + timedelta(days=1))),
        ).fetchall()
        found: dict[str, dict[date, int]] = {}
        for unit_id, day, number in rows:
            found.setdefault(unit_id, {})[day] = number
        return found

    def last_alerts(self, units: Collection[str]) -> Mapping[SubjectKey, Alert]:
        """The last alert of each subject of these units, open or not."""
        rows = self._connection.execute(
            f"SELECT DISTINCT ON (a.unit_id, a.rule_id, a.system) {ALERT_COLUMNS} FROM alert a"
            " WHERE a.unit_id = ANY(%b::text[])"
            " ORDER BY a.unit_id, a.rule_id, a.system, a.serial DESC",
            (list(units),),
        ).fetchall()
        found = [alert_of(row) for row in rows]
        return {SubjectKey(one.rule_id, one.unit_id, one.system): one for one in found}

    def write(self, told: Sequence[Told], notices: Sequence[Notice]) -> None:
        """Keeps alerts as they stand now, what happened, and who is to be told."""
        write_told(self._connection, told, notices)


class PostgresAlertChange:
    """One alert, which nobody else changes meanwhile."""

    def __init__(self, connection: Connection, alert: Alert) -> None:
        self._connection = connection
        self.alert = alert

    def write(self, told: Told) -> None:
        """Keeps it as it stands now, and what happened."""
        write_told(self._connection, [told])


def _alert(connection: Connection, alert_id: str) -> Alert | None:
    row = connection.execute(
        f"SELECT {ALERT_COLUMNS} FROM alert a WHERE alert_id = %b", (alert_id,)
    ).fetchone()
    return None if row is None else alert_of(row)


def _happening(columns: Sequence[Any]) -> Happening:
    return Happening(alert_of(columns[:_MEMBERS]), entry_of(columns[_MEMBERS:]))


def _asked(query: AlertQuery, after: AlertPlace | None, limit: int) -> Mapping[str, Any]:
    return {
        "units": list(query.units),
        "states": list(query.states),
        "kinds": list(query.kinds),
        "rule_ids": list(query.rule_ids),
        "severities": list(query.severities),
        "after_unit": after.unit_id if after else None,
        "after_id": after.alert_id if after else None,
        "limit": limit,
    }

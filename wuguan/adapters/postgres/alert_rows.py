"""Alerts and entries as rows: read from their tables, and written."""

from collections.abc import Sequence
from typing import Any

from psycopg.errors import UniqueViolation

from wuguan.adapters.postgres.connections import Connection
from wuguan.domain.alerting.life import BEGUN, Alert, Entry, Told
from wuguan.domain.alerting.notice import Notice
from wuguan.ports import AlertConflict

_ALERT_MEMBERS = Alert.__struct_fields__
ALERT_COLUMNS = ", ".join(f"a.{name}" for name in _ALERT_MEMBERS)
# `by` is a word of SQL.
ENTRY_COLUMNS = ", ".join(
    "e.by_label" if name == "by" else f"e.{name}" for name in Entry.__struct_fields__
)

# A new one has begun with its first entry, and one that is there goes on from the last entry that
# its writer saw: whatever else is met is nobody's to write.
_WRITE_ALERT = """
    INSERT INTO alert AS a (alert_id, rule_id, kind, unit_id, system, state, severity, breach_days,
                            fired_on, ended_on, cause, value, threshold, told, assignee,
                            silenced_until_us, entries)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s::date[], %s, %s, %s, %s, %s, %s, %s, %s, %s)
    ON CONFLICT (alert_id) DO UPDATE SET
        state = EXCLUDED.state, severity = EXCLUDED.severity, breach_days = EXCLUDED.breach_days,
        fired_on = EXCLUDED.fired_on, ended_on = EXCLUDED.ended_on, cause = EXCLUDED.cause,
        value = EXCLUDED.value, threshold = EXCLUDED.threshold, told = EXCLUDED.told,
        assignee = EXCLUDED.assignee, silenced_until_us = EXCLUDED.silenced_until_us,
        entries = EXCLUDED.entries
    WHERE a.entries = EXCLUDED.entries - %s
"""
_WRITE_ENTRY = """
    INSERT INTO alert_entry (alert_id, number, happened, at_us, day, severity, value, cause, step,
                             text, by_label)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
_WRITE_NOTICE = """
    INSERT INTO notice (alert_id, number, receiver_id, not_before_us) VALUES (%s, %s, %s, %s)
    ON CONFLICT DO NOTHING
"""
# Waits for whoever is about to tell one of them, and leaves that one alone then.
_TAKE_BACK = """
    WITH begun AS (
        SELECT alert_id, max(number) AS number FROM alert_entry
        WHERE alert_id = ANY(%s::text[]) AND happened = ANY(%s::text[]) GROUP BY alert_id
    )
    DELETE FROM notice n USING begun b
    WHERE n.alert_id = b.alert_id AND n.number >= b.number AND n.tries = 0 AND NOT EXISTS (
        SELECT FROM notice o WHERE o.alert_id = n.alert_id AND o.receiver_id = n.receiver_id
                               AND o.number >= b.number AND o.tries > 0)
"""
_MOVE_VERSION = """
    INSERT INTO alert_version (version) VALUES (1)
    ON CONFLICT (single) DO UPDATE SET version = alert_version.version + 1
"""


def alert_of(row: Sequence[Any]) -> Alert:
    """An alert from its columns."""
    members = dict(zip(_ALERT_MEMBERS, row, strict=True))
    return Alert(**{**members, "breach_days": tuple(members["breach_days"])})


def entry_of(row: Sequence[Any]) -> Entry:
    """An entry from its columns."""
    return Entry(**dict(zip(Entry.__struct_fields__, row, strict=True)))


def write_told(
    connection: Connection, told: Sequence[Told], notices: Sequence[Notice] = ()
) -> None:
    """Writes alerts, what happened, who is to be told; AlertConflict where it does not follow."""
    cursor = connection.cursor()
    try:
        cursor.executemany(_WRITE_ALERT, [_alert_row(one) for one in told])
        if cursor.rowcount != len(told):
            raise AlertConflict("something else has happened to an alert meanwhile")
        entries = [entry for one in told for entry in one.entries]
        cursor.executemany(_WRITE_ENTRY, [_values(entry) for entry in entries])
        cursor.executemany(_WRITE_NOTICE, [_values(notice) for notice in notices])
        ended = sorted({entry.alert_id for entry in entries if entry.happened == "resolved"})
        if ended:
            cursor.execute(_TAKE_BACK, (ended, list(BEGUN)))
    except UniqueViolation as error:
        raise AlertConflict("another alert is open, or an entry is there already") from error
    if told:
        # Last of all: whoever waits for this row waits for a commit only.
        cursor.execute(_MOVE_VERSION)


def _alert_row(told: Told) -> list[Any]:
    values = _values(told.alert)
    values[_ALERT_MEMBERS.index("breach_days")] = list(told.alert.breach_days)
    return [*values, len(told.entries)]


def _values(one: Alert | Entry | Notice) -> list[Any]:
    return [getattr(one, name) for name in one.__struct_fields__]

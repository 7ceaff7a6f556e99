"""The rows behind a context: read whole, written entry by entry."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from sys import intern
from typing import Any

import msgspec

from wuguan.adapters.postgres.connections import Connection
from wuguan.domain.calendar import Calendars, NationalDays, NationalYear, UnitCalendar
from wuguan.domain.context import Context
from wuguan.domain.organisation import Organisation
from wuguan.domain.policy import PolicyBook, Rule
from wuguan.domain.remeasuring import Work, joined
from wuguan.domain.roster import (
    Enrolment,
    RosterEntries,
    School,
    SchoolClass,
    StandingNil,
    Unit,
)

_ALWAYS = date.min


def version(connection: Connection) -> int:
    """The version of the context in force."""
    row = connection.execute("SELECT version FROM context").fetchone()
    assert row is not None
    number: int = row[0]
    return number


def raise_version(connection: Connection) -> None:
    """Makes the context another one."""
    connection.execute("UPDATE context SET version = version + 1")


def load(connection: Connection) -> Context:
    """The whole context; under a snapshot or the lock of the context's row."""
    number = version(connection)
    organisation = Organisation(_units(connection), _schools(connection), _classes(connection))
    calendars = {
        unit: _decode(body, UnitCalendar)
        for unit, body in connection.execute("SELECT unit_id, body::text FROM calendar")
    }
    years = {
        year: _decode(body, NationalYear)
        for year, body in connection.execute("SELECT year, body::text FROM national_year")
    }
    rules = [_decode(body, Rule) for (body,) in connection.execute("SELECT body::text FROM rule")]
    return Context(
        number, organisation, Calendars(calendars, NationalDays(years)), PolicyBook(rules)
    )


def put_entries(connection: Connection, entries: RosterEntries) -> None:
    """Writes roster entries, each over the former one of its key."""
    cursor = connection.cursor()
    if entries.units:
        cursor.executemany(
            "INSERT INTO unit VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (unit_id, valid_from)"
            " DO UPDATE SET valid_to = EXCLUDED.valid_to, level = EXCLUDED.level,"
            " name = EXCLUDED.name, parent = EXCLUDED.parent",
            [
                (u.unit_id, u.valid_from or _ALWAYS, u.valid_to, u.level, u.name, u.parent)
                for u in entries.units
            ],
        )
    if entries.schools:
        cursor.executemany(
            "INSERT INTO school VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (school_id, valid_from)"
            " DO UPDATE SET valid_to = EXCLUDED.valid_to, name = EXCLUDED.name,"
            " parent = EXCLUDED.parent, system = EXCLUDED.system",
            [
                (s.school_id, s.valid_from or _ALWAYS, s.valid_to, s.name, s.parent, s.system)
                for s in entries.schools
            ],
        )
    if entries.classes:
        cursor.executemany(
            "INSERT INTO school_class VALUES (%s, %s, %s, %s, %s, %s, %s, %s)"
            " ON CONFLICT (school_id, class_id) DO UPDATE SET stage = EXCLUDED.stage,"
            " entry_year = EXCLUDED.entry_year, valid_from = EXCLUDED.valid_from,"
            " valid_to = EXCLUDED.valid_to, standing_nil = EXCLUDED.standing_nil,"
            " enrolment = EXCLUDED.enrolment",
            [
                (
                    c.school_id, c.class_id, c.stage, c.entry_year, c.valid_from, c.valid_to,
                    _encode(c.standing_nil), _encode(c.enrolment),
                )
                for c in entries.classes
            ],
        )  # fmt: skip


def put_calendar(connection: Connection, calendar: UnitCalendar) -> None:
    """Writes a unit's calendar over the former one."""
    connection.execute(
        "INSERT INTO calendar VALUES (%s, %s)"
        " ON CONFLICT (unit_id) DO UPDATE SET body = EXCLUDED.body",
        (calendar.unit_id, _encode(calendar)),
    )


def put_rules(connection: Connection, before: PolicyBook, after: PolicyBook) -> int:
    """Makes the stored rules those of a book; how many differ."""
    was = {rule.rule_id: rule for rule in before.rules}
    now = {rule.rule_id: rule for rule in after.rules}
    gone = sorted(was.keys() - now.keys())
    connection.execute("DELETE FROM rule WHERE rule_id = ANY(%s)", (gone,))
    new = [rule for rule_id, rule in now.items() if was.get(rule_id) != rule]
    connection.cursor().executemany(
        "INSERT INTO rule VALUES (%s, %s) ON CONFLICT (rule_id) DO UPDATE SET body = EXCLUDED.body",
        [(rule.rule_id, _encode(rule)) for rule in new],
    )
    return len(gone) + len(new)


def put_national_years(
    connection: Connection,
    before: Mapping[int, NationalYear],
    after: Mapping[int, NationalYear],
) -> int:
    """Makes the stored national days those shipped; how many years differ."""
    gone = sorted(before.keys() - after.keys())
    connection.execute("DELETE FROM national_year WHERE year = ANY(%s)", (gone,))
    new = [(year, one) for year, one in after.items() if before.get(year) != one]
    connection.cursor().executemany(
        "INSERT INTO national_year VALUES (%s, %s)"
        " ON CONFLICT (year) DO UPDATE SET body = EXCLUDED.body",
        [(year, _encode(one)) for year, one in new],
    )
    return len(gone) + len(new)


def queue(connection: Connection, work: Sequence[Work]) -> None:
    """Queues days to be measured again; what a school still has to do becomes part of it.

    The former row goes: whoever works on it now, in the context that was, ticks off nothing here.
    """
    waiting = connection.execute(
        "DELETE FROM remeasure WHERE school_id = ANY(%s)"
        " RETURNING school_id, from_day, to_day, units",
        ([one.school_id for one in work],),
    ).fetchall()
    connection.cursor().executemany(
        "INSERT INTO remeasure (school_id, from_day, to_day, units) VALUES (%s, %s, %s, %s)",
        [
            (one.school_id, one.from_day, one.to_day, list(one.units))
            for one in joined((*work, *(Work(*row) for row in waiting)))
        ],
    )


def _units(connection: Connection) -> Sequence[Unit]:
    rows = connection.execute("SELECT unit_id, level, name, parent, valid_from, valid_to FROM unit")
    return [
        Unit(unit_id, level, name, parent, _since(valid_from), valid_to)
        for unit_id, level, name, parent, valid_from, valid_to in rows
    ]


def _schools(connection: Connection) -> Sequence[School]:
    rows = connection.execute(
        "SELECT school_id, name, parent, system, valid_from, valid_to FROM school"
    )
    return [
        School(school_id, name, parent, system, _since(valid_from), valid_to)
        for school_id, name, parent, system, valid_from, valid_to in rows
    ]


def _classes(connection: Connection) -> Sequence[SchoolClass]:
    rows = connection.execute(
        "SELECT school_id, class_id, stage, entry_year, valid_from, valid_to,"
        " standing_nil::text, enrolment::text FROM school_class"
    )
    return [
        SchoolClass(
            intern(school_id),
            intern(class_id),
            stage,
            entry_year,
            valid_from,
            valid_to,
            _decode(standing_nil, tuple[StandingNil, ...]),
            _decode(enrolment, tuple[Enrolment, ...]),
        )
        for (
            school_id, class_id, stage, entry_year, valid_from, valid_to, standing_nil, enrolment,
        ) in rows
    ]  # fmt: skip


def _since(valid_from: date) -> date | None:
    return None if valid_from == _ALWAYS else valid_from


def _encode(value: Any) -> str:
    return msgspec.json.encode(value, order="deterministic").decode()


# A hundred thousand classes have a few hundred different enrolments: one object for each.
@lru_cache(maxsize=16_384)
def _decode(text: str, kind: Any) -> Any:
    return msgspec.json.decode(text, type=kind)

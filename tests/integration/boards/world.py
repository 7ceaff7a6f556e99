"""Two districts in one database, each with a mark on all that is its own, and logins that look."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import psycopg
from msgspec.structs import replace
from psycopg import sql
from psycopg.conninfo import make_conninfo

from tests.alerting import SILENT, put_alerts, told
from tests.builders import (
    CLASS,
    DISTRICT,
    PROVINCE,
    SCHOOL,
    TODAY,
    YESTERDAY,
    Clock,
    calendar_document,
    class_entry,
    event,
    frame,
    ledger_key,
    ledger_of,
    measured,
    rule,
    school_entry,
    unit_entry,
)
from tests.contract.steps import put_ledgers
from wuguan.adapters.postgres.store import PostgresStore, open_store
from wuguan.domain.alerting.life import Told, act
from wuguan.domain.calendar import NationalDays
from wuguan.domain.policy import PolicyBook
from wuguan.domain.reply import FindingKey, Reply
from wuguan.ports import ApiKey, BoardRows, RejectedRow

OTHER_DISTRICT = "990102"
SECOND_SCHOOL, FOREIGN_SCHOOL = "2199000002", "2199000009"
PASSWORD = "a-password-of-a-test"
PUPILS, PLACES = "sleep.duration", "phone.classroom"


@dataclass(frozen=True)
class Marked:
    """What is a district's own, so that it is recognised wherever it shows up."""

    unit_id: str
    schools: tuple[str, ...]
    name: str
    total: int
    code: str
    system: str

    @property
    def secrets(self) -> tuple[str, ...]:
        """What nobody may see who looks from elsewhere."""
        return (self.name, str(self.total), self.code, self.system)


OWN = Marked(
    DISTRICT, (SCHOOL, SECOND_SCHOOL), "甲区单位", 7_111_117, "code_of_the_one", "system-of-one"
)
OTHER = Marked(
    OTHER_DISTRICT, (FOREIGN_SCHOOL,), "乙区单位", 8_222_228, "code_of_the_other",
    "system-of-other",
)  # fmt: skip
SMALL_TOTAL = 9_333_339
"""The total of a row of three pupils in SCHOOL."""
PUPIL = "f00dfeedf00dfeedf00dfeedf00dfeed"
EVENT_ID, LABEL, SENDER = "event-told-to-nobody", "key-told-to-nobody", "/schools/told-to-nobody"
FRAME_CLASS = "P2023-77"
ASSIGNEE = "inspector-told-to-nobody"
LOGINS = (DISTRICT, OTHER_DISTRICT, SCHOOL)
"""Who logs in, by unit."""
TOLD_TO_NOBODY = (ASSIGNEE, PUPIL, EVENT_ID, LABEL, SENDER, FRAME_CLASS, CLASS)


@dataclass
class World:
    """A database, the application on it, and who logs in."""

    server: str
    database: str
    dsn: str
    store: PostgresStore
    logins: dict[str, str]

    def connect(self, unit_id: str) -> psycopg.Connection[Any]:
        """As the login of a unit, which has already taken off what it may take off by itself."""
        dsn = make_conninfo(
            self.dsn, user=self.logins[unit_id], password=PASSWORD,
            options="-c default_transaction_read_only=off",
        )  # fmt: skip
        return psycopg.connect(dsn, autocommit=True)

    def as_application(self) -> psycopg.Connection[Any]:
        """As the user that the application has."""
        return psycopg.connect(self.dsn, autocommit=True)

    def rows(self, unit_id: str, question: str) -> Sequence[tuple[Any, ...]]:
        """What a login gets for a question."""
        with self.connect(unit_id) as connection:
            return connection.execute(question.encode()).fetchall()


@contextmanager
def board_world(server: str, *, user: str | None = None, owner: bool = True) -> Iterator[World]:
    """A database of its own on a server; no role of it is left afterwards.

    `user` is the application's, else the server's; it owns the database, or just may use it.
    """
    name = f"wuguan_boards_{uuid4().hex[:8]}"
    statement = "CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'"
    on_server(server, statement + (f" OWNER {user}" if user and owner else ""), name)
    if user and not owner:
        of_database = make_conninfo(server, dbname=name)
        on_server(of_database, f"GRANT CREATE ON SCHEMA {{}} TO {user}", "public")
    dsn = make_conninfo(server, dbname=name, **({"user": user} if user else {}))
    try:
        with closing(open_store(dsn, clock=Clock(), size=4)) as store:
            _fill(store, dsn)
            yield World(server, name, dsn, store, {})
    finally:
        on_server(server, "DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
        for (role,) in run(server, f"SELECT rolname FROM pg_roles WHERE rolname ~ '{name}'"):
            on_server(server, "DROP ROLE {}", str(role))


def log_in(world: World, *units: str) -> World:
    """Logins for these units."""
    for unit_id in units:
        world.logins[unit_id] = world.store.board_access.ensure_role(unit_id, PASSWORD)
    return world


def look(
    world: World, unit_id: str, question: str, parameters: Mapping[str, object], limit: int
) -> BoardRows:
    """What the application gets that looks from a unit."""
    with world.store.boards.looking_from(unit_id) as looking:
        return looking.rows(question, parameters, limit)


def on_server(server: str, statement: str, name: str) -> None:
    """Runs a statement about the database or the role of a name."""
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL(statement).format(sql.Identifier(name)))


def run(dsn: str, question: str) -> Sequence[tuple[Any, ...]]:
    """The rows of one statement."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        cursor = connection.execute(question.encode())
        return cursor.fetchall() if cursor.description else []


def _fill(store: PostgresStore, dsn: str) -> None:
    rules = [rule("rule-of-all"), *(_own_rule(place) for place in (OWN, OTHER))]
    store.roster.put_rules(PolicyBook(rules), NationalDays({}), TODAY)
    store.roster.put_roster(_roster(), TODAY)
    store.roster.put_calendar(calendar_document(), TODAY)
    store.roster.open_days(TODAY)
    for place in (OWN, OTHER):
        _fill_place(store, place)
    with psycopg.connect(dsn, autocommit=True) as connection:
        for place in (OWN, OTHER):
            for unit_id in (place.unit_id, *place.schools):
                _put_rows(connection, unit_id, place.total)
            for school in place.schools:
                _put_system(connection, school, place.system)
        _put_small_rows(connection)
        for (table,) in connection.execute(
            "SELECT oid::regclass::text FROM pg_class"
            " WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        ).fetchall():
            connection.execute(f"ANALYZE {table}")
        with suppress(psycopg.errors.InsufficientPrivilege):
            connection.execute(f"SELECT lo_from_bytea(4711, '{PUPIL}'::bytea)".encode())


def _own_rule(place: Marked) -> Any:
    return rule(f"rule-of-{place.unit_id}", unit=place.unit_id, title=place.code, value=30)


def _roster() -> dict[str, Any]:
    def named(entry: dict[str, Any], place: Marked) -> dict[str, Any]:
        return {**entry, "name": f"{place.name}{entry.get('school_id', '')}"}

    return {
        "units": [
            unit_entry(PROVINCE, "province", None),
            *(named(unit_entry(p.unit_id, "district", PROVINCE), p) for p in (OWN, OTHER)),
        ],
        "schools": [
            named(school_entry(school, place.unit_id), place)
            for place in (OWN, OTHER)
            for school in place.schools
        ],
        "classes": [class_entry(school) for place in (OWN, OTHER) for school in place.schools],
    }


def _fill_place(store: PostgresStore, place: Marked) -> None:
    for school in place.schools:
        slept = event(
            "sleep.bedtime_reported", school=school, event_id=EVENT_ID, pid=PUPIL,
            slept_at="2026-09-14T22:00:00+08:00", woke_at="2026-09-15T06:30:00+08:00",
        )  # fmt: skip
        key = ledger_key(school, "sleep")
        put_ledgers(store, {key: (ledger_of(slept), measured(findings=["off_plan"]))})
        other_class = event(school=school, class_id=FRAME_CLASS, event_id=EVENT_ID)
        store.log.append([frame(other_class)])
        store.rejects.add([_reject(school, place.code)])
        answered = FindingKey(TODAY, school, "sleep", "off_plan")
        store.replies.put(Reply(answered, place.code, Clock().now_us))
        put_alerts(store, _alert(school, place))
        key_id = f"key-{school}"
        store.keys.add(ApiKey(key_id, "ingest", school, LABEL, 1), key_id.encode())


def _alert(school: str, place: Marked) -> Told:
    """An alert of a system, under a rule that is known to nobody else, followed by somebody."""
    rule = replace(SILENT, rule_id=place.code)
    silent = told(rule, f"alert-{school}", school, ["BBB"], YESTERDAY, system=place.system)
    assigned = act(silent.alert, "assigned", Clock().now_us, by=LABEL, text=ASSIGNEE)
    return Told(assigned.alert, [*silent.entries, *assigned.entries])


def _reject(school: str, code: str) -> RejectedRow:
    received_us = Clock().now_us
    return RejectedRow(0, school, received_us, SENDER, EVENT_ID, EVENT_ID, code, PUPIL, PUPIL, "坏")


def _put_rows(connection: psycopg.Connection[Any], unit_id: str, total: int) -> None:
    for metric in (PLACES, PUPILS):
        figures = (40, 38, 30, 20, total, [total, 1], "rule-of-all")
        for day in (YESTERDAY, TODAY):
            _put_day(connection, (unit_id, metric, day, "primary", 4), figures)
        _put_period(connection, ("month", TODAY.replace(day=1), 0, metric, unit_id), figures)


def _put_system(connection: psycopg.Connection[Any], school: str, system: str) -> None:
    connection.execute(
        "INSERT INTO system_tally (unit_id, day, management, system, classes)"
        " VALUES (%s, %s, 'sleep', %s, 3)",
        (school, YESTERDAY, system),
    )


def _put_small_rows(connection: psycopg.Connection[Any]) -> None:
    few = (3, 3, 3, 2, SMALL_TOTAL, [SMALL_TOTAL, 1], "rule-of-all")
    # As few classes are no secret.
    few_classes = (3, 3, 3, 2, 5, [5, 1], "rule-of-all")
    _put_day(connection, (SCHOOL, PUPILS, TODAY, "primary", 6), few)
    _put_day(connection, (SCHOOL, PLACES, TODAY, "primary", 6), few_classes)
    _put_period(connection, ("month", TODAY.replace(day=1), 6, PUPILS, SCHOOL), few)


def _put_day(connection: psycopg.Connection[Any], key: Sequence[Any], of: Sequence[Any]) -> None:
    connection.execute(
        "INSERT INTO unit_tally (unit_id, metric, day, stage, grade, expected, reported, judged,"
        " compliant, total, bins, rules) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        (*key, *of),
    )


def _put_period(connection: psycopg.Connection[Any], key: Sequence[Any], of: Sequence[Any]) -> None:
    connection.execute(
        "INSERT INTO period_tally (grain, first_day, grade, metric, unit_id, stage, expected,"
        " reported, judged, compliant, total, bins, rules)"
        " VALUES (%s, %s, %s, %s, %s, 'primary', %s, %s, %s, %s, %s, %s, %s)",
        (*key, *of),
    )

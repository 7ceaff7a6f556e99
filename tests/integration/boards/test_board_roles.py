"""Whoever logs in to look at boards reads nothing but the own, whatever is tried."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import psycopg
import pytest

from tests.builders import DISTRICT, PROVINCE, SCHOOL
from tests.integration.boards.attacks import BY_SMALL_ROWS, Attack
from tests.integration.boards.attacks_beside import ATTACKS
from tests.integration.boards.world import (
    LOGINS,
    OTHER,
    OTHER_DISTRICT,
    OWN,
    SMALL_TOTAL,
    TOLD_TO_NOBODY,
    World,
)
from wuguan.adapters.postgres.board_naming import owner_of_views
from wuguan.adapters.postgres.board_rights import VIEWS

# What each login must not come to see, beside what nobody may.
_SECRETS: Mapping[str, Sequence[str]] = {
    DISTRICT: (*OTHER.secrets, str(SMALL_TOTAL)),
    OTHER_DISTRICT: (*OWN.secrets, str(SMALL_TOTAL)),
    SCHOOL: OTHER.secrets,
}


# ---- attacks


def filled_in(attack: Attack, world: World, unit_id: str, pid: int) -> tuple[list[str], Any]:
    """The statements and the rows of an attack on the other district."""
    other = OWN if unit_id == OTHER_DISTRICT else OTHER
    words = {
        "own": unit_id,
        "other": other.unit_id,
        "foreign": other.schools[0],
        "above": DISTRICT if unit_id == SCHOOL else PROVINCE,
        "other_total": other.total,
        "other_code": other.code,
        "other_system": other.system,
        "small_total": SMALL_TOTAL,
        "most": 9_900_000,
        "login": world.logins[unit_id],
        "other_login": world.logins[other.unit_id],
        "owner": owner_of_views(world.database),
        "user": "postgres",
        "database": world.database,
        "pid": pid,
    }
    statements = [_said(text, words) for text in attack.statements]
    rows = attack.rows
    if rows:
        rows = [tuple(_said(v, words) if isinstance(v, str) else v for v in row) for row in rows]
    return statements, rows


def _said(text: str, words: Mapping[str, object]) -> str:
    for word, value in words.items():
        text = text.replace(f"{{{word}}}", str(value))
    return text


def tried(world: World, unit_id: str, statements: Sequence[str]) -> tuple[Any, str, Any]:
    """The rows of the last statement, all that was heard meanwhile, and how it ended."""
    heard: list[str] = []
    rows: Any = None
    with world.connect(unit_id) as connection:
        connection.add_notice_handler(lambda notice: heard.append(str(notice.message_primary)))
        try:
            for statement in statements:
                rows = _answer(connection, statement)
                heard.append(repr(rows))
        except psycopg.Error as error:
            heard += [str(error), repr(error.diag.message_detail), repr(error.diag.context)]
            return None, " ".join(heard), error
    return rows, " ".join(heard), None


def _answer(connection: psycopg.Connection[Any], statement: str) -> Any:
    cursor = connection.cursor()
    if statement.startswith("COPY") and statement.endswith("STDOUT"):
        with cursor.copy(statement.encode()) as copy:
            return [bytes(block).decode() for block in copy]
    cursor.execute(statement.encode())
    return cursor.fetchall() if cursor.description else None


def given_away(heard: str, unit_id: str, statements: Sequence[str]) -> list[str]:
    """The secrets that were heard, apart from what the attacker has said."""
    said = " ".join(statements)
    secrets = (*_SECRETS[unit_id], *TOLD_TO_NOBODY)
    return [secret for secret in secrets if secret in heard and secret not in said]


@pytest.mark.parametrize("unit_id", LOGINS)
@pytest.mark.parametrize("name", ATTACKS)
def test_no_login_reads_or_does_what_it_must_not(
    name: str, unit_id: str, world: World, application: psycopg.Connection[Any]
) -> None:
    attack = ATTACKS[name]
    statements, expected = filled_in(attack, world, unit_id, application.info.backend_pid)

    rows, heard, error = tried(world, unit_id, statements)

    assert given_away(heard, unit_id, statements) == []
    if not isinstance(error, attack.may_end):
        assert isinstance(error, attack.ends) if attack.ends else error is None, error
        assert expected is None or rows == expected


@pytest.mark.parametrize("attack", BY_SMALL_ROWS, ids=lambda attack: attack.name)
def test_a_district_cannot_read_a_row_of_few_pupils(attack: Attack, world: World) -> None:
    statements, expected = filled_in(attack, world, DISTRICT, 0)

    rows, heard, error = tried(world, DISTRICT, statements)

    assert given_away(heard, DISTRICT, statements) == []
    assert error is None
    assert expected is None or rows == expected


def test_there_are_more_than_forty_ways_to_try() -> None:
    assert len(ATTACKS) + len(BY_SMALL_ROWS) > 40


@pytest.mark.parametrize("unit_id", LOGINS)
def test_of_all_relations_a_login_reads_the_views_alone(unit_id: str, world: World) -> None:
    with world.as_application() as connection:
        relations = connection.execute(
            "SELECT n.nspname, format('%I.%I', n.nspname, c.relname)"
            " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 't')"
            " AND n.nspname NOT IN ('pg_catalog', 'information_schema')"
        ).fetchall()

    read, heard = set(), ""
    with world.connect(unit_id) as connection:
        for schema, relation in relations:
            try:
                whole = f"SELECT t::text FROM {relation} t"
                heard += repr(connection.execute(whole.encode()).fetchall())
                read.add((schema, relation))
            except (psycopg.errors.InsufficientPrivilege, psycopg.errors.WrongObjectType):
                continue

    # TimescaleDB shows everybody what its own schemas hold: names and days of chunks, no rows.
    assert {relation for schema, relation in read if "timescaledb" not in schema} == {
        f"board.{view}" for view in VIEWS
    }
    assert [relation for _, relation in read if "_hyper_" in relation] == []
    assert given_away(heard, unit_id, ()) == []


_PLANNERS = (
    (),
    ("enable_nestloop = off",),
    ("enable_indexscan = off", "enable_bitmapscan = off"),
    ("enable_seqscan = off", "enable_hashjoin = off"),
    ("join_collapse_limit = 1", "from_collapse_limit = 1"),
)
_QUESTIONS = (
    "SELECT * FROM day WHERE unit_id = '{foreign}' AND metric = 'sleep.duration' AND total > 1",
    "SELECT * FROM day WHERE grade = 4 AND expected = 40",
    "SELECT * FROM period WHERE grain = 'month' AND first_day = '2026-09-01' AND grade = 0",
    "SELECT * FROM finding WHERE day = '2026-09-14' AND kind = 'off_plan'",
    "SELECT * FROM rejected WHERE day = '2026-09-14' AND code > 'code'",
    "SELECT * FROM reply WHERE day = '2026-09-14' AND text ~ 'code'",
    "SELECT d.* FROM unit u JOIN day d USING (unit_id) WHERE u.name LIKE '%单位%'",
)


@pytest.mark.parametrize("settings", _PLANNERS, ids=lambda settings: ", ".join(settings) or "none")
@pytest.mark.parametrize("question", _QUESTIONS)
def test_not_even_the_counts_of_a_plan_speak_of_rows_of_others(
    settings: Sequence[str], question: str, world: World
) -> None:
    with world.connect(OTHER_DISTRICT) as connection:
        for setting in settings:
            connection.execute(f"SET {setting}".encode())
        # A scan of the whole table meets the others' rows; what it tells is how many there are.
        asked = "EXPLAIN (ANALYZE, FORMAT JSON) " + question.replace("{foreign}", SCHOOL)
        (((described,),),) = connection.execute(asked.encode()).fetchall()

    plan = described["Plan"]
    scans = [node for node in nodes(plan) if _is_of_figures(node)]

    assert scans
    assert {node["Actual Rows"] for node in scans} <= {0, 1, 2, 4}, scans
    assert inside_the_units(plan) == len(scans)


def nodes(plan: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """A plan's nodes."""
    yield plan
    for child in plan.get("Plans", ()):
        yield from nodes(child)


def _is_of_figures(node: Mapping[str, Any]) -> bool:
    name = str(node.get("Relation Name", ""))
    tables = ("unit_tally", "period_tally", "ledger", "rejected", "reply")
    return name in tables or "_hyper_" in name


def inside_the_units(plan: Mapping[str, Any]) -> int:
    """How many scans of figures are made once for each unit that may be seen."""
    inner = [
        child
        for node in nodes(plan)
        if node["Node Type"] == "Nested Loop"
        for child in node["Plans"]
        if child["Parent Relationship"] == "Inner" and "board_unit" not in repr(child)
    ]
    return sum(_is_of_figures(one) for child in inner for one in nodes(child))

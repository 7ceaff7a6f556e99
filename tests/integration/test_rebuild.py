"""Ledgers and tallies made anew from the log: what is found and mended."""

import pytest

from stream_processors.rebuilding import Compared, Scope
from tests.builders import (
    DISTRICT,
    JUNIOR_CLASS,
    OTHER_SCHOOL,
    SCHOOL,
    TODAY,
    ledger_key,
)
from tests.contract.steps import load_ledgers
from tests.integration.conftest import OpenStore
from tests.integration.spoiling import (
    FRIDAY,
    LEDGERS,
    MINE,
    OF_OTHER_SCHOOL,
    OTHER,
    UNFOUNDED,
    after_work,
    contents,
    rebuild,
    row_of,
    rows_by_key,
    spoil,
    unfounded,
    with_columns_of,
)
from tests.integration.steps import (
    is_settled,
    wrong_figures,
)
from tests.turns import Turns
from wuguan.adapters.postgres.store import PostgresStore
from wuguan.domain.ledger import LedgerKey


@pytest.fixture
def store(store: PostgresStore) -> PostgresStore:
    """The live store, after a day's work."""
    return after_work(store)


@pytest.fixture
def other_process(store: PostgresStore, open_another: OpenStore) -> PostgresStore:
    """The store as the program that rebuilds has it open."""
    return open_another()


# ---- what it finds and mends


def test_after_a_normal_run_everything_is_found_as_it_should_be(
    store: PostgresStore, other_process: PostgresStore, dsn: str
) -> None:
    before = contents(dsn)

    compared = rebuild(other_process)

    assert compared == Compared(same=LEDGERS)
    assert contents(dsn)["ledger"] == before["ledger"]
    Turns(store).until_quiet()
    assert contents(dsn) == before


def test_what_was_spoilt_is_counted_and_mended(
    store: PostgresStore, other_process: PostgresStore, dsn: str
) -> None:
    spoil(
        dsn,
        with_columns_of(OTHER, MINE, "facts"),
        f"DELETE FROM ledger WHERE {row_of(OTHER)}",
        unfounded(UNFOUNDED, like=MINE),
        with_columns_of(ledger_key(OTHER_SCHOOL, class_id=JUNIOR_CLASS), OF_OTHER_SCHOOL,
                        "tallies", "findings"),
    )  # fmt: skip

    compared = rebuild(other_process)

    assert compared == Compared(same=LEDGERS - 2, mended=1, added=1, removed=1, tallies=1)
    Turns(store).until_quiet()
    assert wrong_figures(store) == []
    assert load_ledgers(store, [UNFOUNDED]) == {}
    assert is_settled(store)
    assert rebuild(other_process) == Compared(same=LEDGERS)


@pytest.mark.parametrize("unit", [SCHOOL, DISTRICT])
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE unit_tally SET reported = reported + 1, expected = expected + 7",
        "DELETE FROM unit_tally",
        "UPDATE unit_tally SET grade = grade + 1",
    ],
    ids=["other figures", "no figures", "figures of another grade"],
)
def test_wrong_sums_are_mended_at_every_level(
    other_process: PostgresStore, dsn: str, unit: str, statement: str
) -> None:
    spoil(dsn, f"{statement} WHERE unit_id = '{unit}' AND day = '{TODAY}'")
    assert wrong_figures(other_process) != []

    compared = rebuild(other_process)

    assert compared == Compared(same=LEDGERS)
    Turns(other_process).until_quiet()
    assert wrong_figures(other_process) == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE period_tally SET expected = expected + 1 WHERE grain = 'term'",
        "DELETE FROM period_tally WHERE grade = 0",
        "UPDATE period_tally SET first_day = first_day + 1",
    ],
    ids=["other sums", "no sums of stages", "sums of other periods"],
)
def test_wrong_sums_over_periods_are_mended(
    other_process: PostgresStore, dsn: str, statement: str
) -> None:
    before = contents(dsn)
    spoil(dsn, statement)
    assert wrong_figures(other_process) != []

    rebuild(other_process)

    Turns(other_process).until_quiet()
    assert wrong_figures(other_process) == []
    assert contents(dsn)["period_tally"] == before["period_tally"]


@pytest.mark.parametrize(
    ("scope", "mended"),
    [
        (Scope(managements=["phone"]), {MINE, OTHER}),
        (Scope(schools=[OTHER_SCHOOL]), {OF_OTHER_SCHOOL}),
        (Scope(from_day=TODAY), {MINE, OF_OTHER_SCHOOL}),
        (Scope(to_day=FRIDAY), {OTHER}),
        (Scope(["phone"], [SCHOOL], TODAY, TODAY), {MINE}),
        (Scope(schools=["2199999999"]), set()),
    ],
    ids=["management", "school", "first day", "last day", "all of these", "an unknown school"],
)
def test_a_scope_touches_nothing_else(
    other_process: PostgresStore, dsn: str, scope: Scope, mended: set[LedgerKey]
) -> None:
    spoilt = (MINE, OTHER, OF_OTHER_SCHOOL)
    before = rows_by_key(dsn)
    for key in spoilt:
        spoil(dsn, f"UPDATE ledger SET facts = '\\x0190' WHERE {row_of(key)}")

    compared = rebuild(other_process, scope)

    after = rows_by_key(dsn)
    assert compared.mended == len(mended)
    assert {key for key in spoilt if after[key] == before[key]} == mended
    assert {key for key in before if after[key] != before[key]} == set(spoilt) - mended
    assert {(row[0], row[2]) for row in contents(dsn)["dirty"]} <= {
        (unit, management)
        for unit in (*(scope.schools or (SCHOOL, OTHER_SCHOOL)), DISTRICT, "990000")
        for management in scope.managements
    }


def test_comparing_alone_counts_the_same_and_changes_nothing(
    other_process: PostgresStore, dsn: str
) -> None:
    spoil(dsn, with_columns_of(OTHER, MINE, "facts"), unfounded(UNFOUNDED, like=MINE))
    spoil(dsn, f"DELETE FROM ledger WHERE {row_of(OTHER)}")
    before = contents(dsn)

    compared = rebuild(other_process, swap=False)

    assert compared == Compared(same=LEDGERS - 2, mended=1, added=1, removed=1)
    assert contents(dsn) == before
    assert rebuild(other_process) == compared

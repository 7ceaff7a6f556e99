"""`python -m stream_processors rebuild` and `check`: what they say, and their exit codes."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from psycopg.conninfo import conninfo_to_dict

from tests.contract.test_notices import notice, put
from tests.integration.spoiling import LEDGERS, OTHER, after_work, row_of, spoil
from tests.integration.steps import wrong_figures
from tests.server import PROJECT
from tests.turns import Turns
from wuguan.adapters.postgres.store import PostgresStore

SECRET = "s3cret"  # made up
NOWHERE = "127.0.0.1:1"


def run(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """One run of a tool, with these settings alone."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("WUGUAN_")}
    return subprocess.run(
        [sys.executable, "-m", "stream_processors", *arguments],
        cwd=PROJECT,
        env={**kept, **variables},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture
def store(store: PostgresStore) -> PostgresStore:
    """The store after a day's work."""
    return after_work(store)


def test_a_rebuild_ends_with_what_it_found_and_mended(store: PostgresStore, dsn: str) -> None:
    spoil(dsn, f"DELETE FROM ledger WHERE {row_of(OTHER)}")

    dry = run("rebuild", "--dry-run", WUGUAN_DSN=dsn)
    done = run("rebuild", "--management", "phone", WUGUAN_DSN=dsn)

    assert (dry.returncode, done.returncode) == (0, 0), dry.stderr + done.stderr
    assert dry.stdout.splitlines()[-1] == (
        f"rebuild: {LEDGERS} ledgers compared, {LEDGERS - 1} same, 0 differ, 1 missing,"
        " 0 unfounded; tallies of 0 school-days did not fit"
    )
    assert done.stdout.splitlines()[-1].startswith(
        f"rebuild: {LEDGERS // 2} ledgers compared, {LEDGERS // 2 - 1} same, 0 mended, 1 missing"
    )
    Turns(store).until_quiet()
    assert wrong_figures(store) == []


def test_all_that_is_wrong_with_a_rebuilds_options_is_told_at_once() -> None:
    options = ("--management", "phones", "--school", "12", "--from", "2026-13-01", "--to", "now")

    ended = run("rebuild", *options, WUGUAN_DSN=f"postgresql://u:{SECRET}@{NOWHERE}/db")

    assert ended.returncode == 2
    assert [fault for fault in ("--management", "--school", "--from", "--to")
            if f"- {fault}: " not in ended.stderr] == []  # fmt: skip
    assert ended.stdout == ""


def test_a_first_day_after_the_last_is_told() -> None:
    ended = run("rebuild", "--from", "2026-09-02", "--to", "2026-09-01")

    assert ended.returncode == 2
    assert "--from, --to: " in ended.stderr


def test_a_rebuild_without_its_database_ends_with_another_code_and_no_secret() -> None:
    ended = run("rebuild", WUGUAN_DSN=f"postgresql://u:{SECRET}@{NOWHERE}/db")

    assert ended.returncode == 1
    assert "Traceback" not in ended.stderr
    assert SECRET not in ended.stderr + ended.stdout


def test_what_is_left_to_a_receiver_without_its_file_is_listed_and_dropped(
    store: PostgresStore, dsn: str
) -> None:
    put(store, notice("a", "gone"))

    found = run("tell", WUGUAN_DSN=dsn)
    done = run("tell", "--drop", "gone", WUGUAN_DSN=dsn)
    again = run("tell", "--drop", "gone", WUGUAN_DSN=dsn)

    assert (found.returncode, done.returncode, again.returncode) == (0, 0, 2), done.stderr
    heading, line = found.stdout.splitlines()
    assert heading == "tell: 0 个接收方 receivers"
    assert line.startswith("gone: ")
    assert done.stdout == "✓ gone: 1 条通知已放弃 notices given up\n"
    assert "--drop: " in again.stderr


def test_before_the_first_start_receivers_are_listed_without_a_database(tmp_path: Path) -> None:
    ended = run("tell", WUGUAN_DATA=str(tmp_path))

    assert (ended.returncode, ended.stderr) == (0, "")
    assert list(tmp_path.iterdir()) == []


def test_a_check_without_faults_ends_with_0_and_changes_nothing(dsn: str) -> None:
    ended = run("check", WUGUAN_DSN=dsn)

    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert ended.stdout.splitlines()[-1] == "check: 0 项有误 faults"
    assert "PostgreSQL 1" in ended.stdout


def test_a_check_tells_all_faults_at_once_each_with_its_variable_and_no_secret() -> None:
    ended = run(
        "check",
        WUGUAN_DSN=f"postgresql://u:{SECRET}@{NOWHERE}/db",
        WUGUAN_KAFKA=NOWHERE,
        WUGUAN_PORT="99999",
        WUGUAN_ADMIN_KEY=SECRET,
        WUGUAN_POLICY=f"{PROJECT}/nowhere",
    )

    faults = [line for line in ended.stdout.splitlines() if line.startswith("    - ")]
    assert ended.returncode == 2, ended.stderr
    assert {fault[6:].partition(":")[0] for fault in faults} == {
        "WUGUAN_PORT", "WUGUAN_ADMIN_KEY", "WUGUAN_POLICY", "WUGUAN_DSN", "WUGUAN_KAFKA",
    }  # fmt: skip
    assert ended.stdout.splitlines()[-1] == "check: 5 项有误 faults"
    assert SECRET not in ended.stdout + ended.stderr
    assert ended.stderr == ""


def test_a_wrong_password_is_told_without_it(dsn: str) -> None:
    parts = conninfo_to_dict(dsn)
    named = f"host='{parts['host']}' user=nobody_{SECRET[:2]} password={SECRET} dbname=postgres"

    ended = run("check", WUGUAN_DSN=named)

    assert ended.returncode == 2
    assert "WUGUAN_DSN: " in ended.stdout
    assert SECRET not in ended.stdout + ended.stderr

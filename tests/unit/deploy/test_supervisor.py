"""What the supervisor does with processes that end, and with those that do not want to."""

import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from deploy.local.errors import ServiceFault
from deploy.local.supervisor import Pauses, Supervisor

SLEEPS = "import time; time.sleep(60)"
ENDS = "raise SystemExit(1)"
WRONG_SETTINGS = "raise SystemExit(2)"
DEAF = (
    "import signal, time; signal.signal(15, signal.SIG_IGN); print(1, flush=True); time.sleep(60)"
)
QUICK = Pauses(first_seconds=0.02, longest_seconds=0.05, quick_end_seconds=10)


def python(program: str) -> list[str]:
    # Isolated and without site-packages: a tenth of the time to start.
    return [sys.executable, "-I", "-S", "-c", program]


def wait_for(condition: Callable[[], bool], within_seconds: float = 5.0) -> None:
    deadline = time.monotonic() + within_seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(0.01)


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def supervisor(told: list[str]) -> Iterator[Supervisor]:
    supervisor = Supervisor(told.append, pauses=QUICK)
    yield supervisor
    supervisor.stop(within_seconds=0)


def test_a_killed_process_runs_again_under_another_number(
    supervisor: Supervisor, told: list[str], tmp_path: Path
) -> None:
    supervisor.start("worker-1", python(SLEEPS), os.environ, tmp_path / "log")
    first = supervisor.pid("worker-1")

    supervisor.kill("worker-1")

    wait_for(lambda: supervisor.pid("worker-1") not in {first, None})
    assert supervisor.restarts == {"worker-1": 1}
    assert "SIGKILL" in told[0]


def test_a_process_that_keeps_ending_is_started_again_and_again(
    supervisor: Supervisor, tmp_path: Path
) -> None:
    supervisor.start("worker-1", python(ENDS), os.environ, tmp_path / "log")

    wait_for(lambda: supervisor.restarts["worker-1"] >= 3)


def test_a_process_with_wrong_settings_stays_stopped(
    supervisor: Supervisor, told: list[str], tmp_path: Path
) -> None:
    supervisor.start("api", python(WRONG_SETTINGS), os.environ, tmp_path / "log")

    wait_for(lambda: not supervisor.watches)

    assert supervisor.pid("api") is None
    assert supervisor.restarts == {"api": 0}
    assert [message for message in told if "设置有误" in message and "settings" in message] == told


def test_a_stop_ends_every_process_and_starts_none_again(
    supervisor: Supervisor, tmp_path: Path
) -> None:
    for name in ("worker-1", "worker-2"):
        supervisor.start(name, python(SLEEPS), os.environ, tmp_path / name)

    supervisor.stop(within_seconds=5)

    assert [supervisor.pid(name) for name in ("worker-1", "worker-2")] == [None, None]
    assert supervisor.restarts == {"worker-1": 0, "worker-2": 0}
    assert not supervisor.watches


def test_a_process_that_ignores_the_signal_is_killed_when_the_time_is_up(
    supervisor: Supervisor, told: list[str], tmp_path: Path
) -> None:
    log_path = tmp_path / "log"
    supervisor.start("deaf", python(DEAF), os.environ, log_path)
    wait_for(lambda: log_path.read_text() != "")

    supervisor.stop(within_seconds=0.1)

    assert supervisor.pid("deaf") is None
    assert "did not end in time" in told[0]


def test_what_a_process_writes_is_in_its_log_with_its_environment(
    supervisor: Supervisor, tmp_path: Path
) -> None:
    program = "import os; print(os.environ['WUGUAN_KAFKA'])"
    env = {**os.environ, "WUGUAN_KAFKA": "127.0.0.1:19092"}
    log_path = tmp_path / "logs" / "worker-1.log"

    supervisor.start("worker-1", python(program), env, log_path)

    wait_for(lambda: log_path.read_text().startswith("127.0.0.1:19092"))


def test_a_program_that_does_not_exist_is_told_at_once(
    supervisor: Supervisor, tmp_path: Path
) -> None:
    with pytest.raises(ServiceFault, match="absent"):
        supervisor.start("absent", [str(tmp_path / "no-program")], os.environ, tmp_path / "log")


def test_a_name_is_taken_once(supervisor: Supervisor, tmp_path: Path) -> None:
    supervisor.start("api", python(SLEEPS), os.environ, tmp_path / "log")

    with pytest.raises(ServiceFault, match="api"):
        supervisor.start("api", python(SLEEPS), os.environ, tmp_path / "log")


@pytest.mark.parametrize(
    ("lasted_seconds", "before", "expected"),
    [
        (0.5, None, 1),
        (0.5, 1, 2),
        (0.5, 4, 8),
        (0.5, 8, 10),
        (0.5, 10, 10),
        (30, 10, 1),
    ],
)
def test_the_pause_doubles_up_to_ten_seconds_until_a_process_has_lasted(
    lasted_seconds: float, before: float | None, expected: float
) -> None:
    assert Pauses().after(lasted_seconds, before) == expected

"""`python -m producers simulate`: what it writes, and what it refuses."""

import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from typer.testing import CliRunner

from producers.__main__ import main

DAYS = ("--schools", "1", "--from", "2026-09-16", "--until", "2026-09-18")


@pytest.fixture(autouse=True)
def _signals_as_before() -> Iterator[None]:
    """The command takes signals; pytest's own come back."""
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def simulated(*arguments: str) -> tuple[int, bytes, str]:
    result = CliRunner().invoke(main, ["simulate", *arguments])
    return result.exit_code, result.stdout_bytes, result.stderr


def lines_of(text: bytes) -> list[dict[str, Any]]:
    return [msgspec.json.decode(line) for line in text.splitlines()]


def test_events_are_written_one_a_line_and_the_same_every_time(tmp_path: Path) -> None:
    # when
    code, _, said = simulated(*DAYS, "--ndjson", str(tmp_path / "a.ndjson"))
    simulated(*DAYS, "--ndjson", str(tmp_path / "b.ndjson"), "--truth", str(tmp_path / "truth"))
    _, printed, _ = simulated(*DAYS, "--ndjson", "-")

    # then
    assert code == 0
    written = (tmp_path / "a.ndjson").read_bytes()
    assert written == (tmp_path / "b.ndjson").read_bytes() == printed
    events = lines_of(written)
    assert {event["data"]["day"] for event in events} <= {"2026-09-16", "2026-09-17", "2026-09-18"}
    assert max(event["time"] for event in events) < "2026-09-19"
    assert f"{len(events)}" in said


def test_another_span_gives_the_same_events_of_the_days_in_both() -> None:
    # when
    _, few, _ = simulated(*DAYS, "--ndjson", "-")
    _, many, _ = simulated(*DAYS[:2], "--from", "2026-09-14", "--until", "2026-09-25",
                           "--ndjson", "-")  # fmt: skip

    # then
    assert set(few.splitlines()) <= set(many.splitlines())


def test_the_truth_tells_every_class_of_every_day(tmp_path: Path) -> None:
    # when
    simulated(*DAYS, "--ndjson", str(tmp_path / "events"), "--truth", str(tmp_path / "truth"))

    # then
    truths = lines_of((tmp_path / "truth").read_bytes())
    assert len({(one["class_id"], one["day"]) for one in truths}) == len(truths) == 6 * 3
    wednesday = truths[0]
    assert len(wednesday["sleep"]["slept"]) == wednesday["pupils"]
    assert {"minutes", "tasks"} <= wednesday["homework"].keys()
    assert {"sport_minutes", "pe_held"} <= wednesday["fitness"].keys()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--until", "2999-01-01", "--ndjson", "-"), "events of the future are refused"),
        (("--from", "2024-01-01", "--ndjson", "-"), "--from begins at"),
        (("--from", "2026-09-18", "--until", "2026-09-16", "--ndjson", "-"), "--from begins at"),
        (DAYS, "WUGUAN_ADMIN_KEY"),
        ((*DAYS, "--ndjson", "-", "--truth", "-"), "need a place each"),
    ],
)
def test_what_cannot_be_done_is_said_with_the_way_out(
    arguments: tuple[str, ...], says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    monkeypatch.delenv("WUGUAN_ADMIN_KEY", raising=False)

    # when
    code, printed, said = simulated(*arguments)

    # then
    assert code == 1
    assert says in said
    assert not printed

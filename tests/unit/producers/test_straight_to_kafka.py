"""Files of events, written straight to Kafka: what is sent, what is refused, and exit codes."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import pytest
from rich.console import Console
from typer.testing import CliRunner

import producers.__main__ as command
from producers.late_bar import LateBar
from producers.straight_to_kafka import Refused, Sender, Writing, read_items
from tests.builders import OTHER_SCHOOL, SCHOOL, Clock, class_check, event
from wuguan.codec import FRAME_LIMIT_BYTES, decode_events
from wuguan.domain.envelope import Envelope
from wuguan.domain.errors import TemporarilyUnavailable
from wuguan.ports import Frame

NOW_US = Clock().now_us + 12 * 3_600_000_000
BROKERS = "broker:9092"


class Topics:
    """A sender that only remembers."""

    def __init__(self) -> None:
        self.frames: list[Frame] = []
        self.events: list[Envelope] = []
        self.confirmed = 0

    def send_frame(self, frame: Frame) -> None:
        self.frames.append(frame)

    def send_event(self, event: Envelope) -> None:
        self.events.append(event)

    def confirm(self) -> None:
        self.confirmed += 1


class Away(Topics):
    """Brokers that confirm nothing."""

    def confirm(self) -> None:
        raise TemporarilyUnavailable("the broker did not confirm")


def lines(*events: Any) -> bytes:
    return b"".join(msgspec.json.encode(one) + b"\n" for one in events)


def built(one: Envelope, **changed: Any) -> dict[str, Any]:
    """An event as JSON, with some attributes changed."""
    return {**msgspec.to_builtins(one), **changed}


def taken(content: bytes, topics: Topics, *, single: bool = False) -> tuple[Writing, list[Refused]]:
    told: list[Refused] = []
    writing = Writing(
        topics, single=single, clock=lambda: NOW_US, tell=told.append, advance=lambda _: None
    )
    writing.take(*read_items(content))
    writing.confirm()
    return writing, told


# ---- what is sent


def test_events_are_framed_by_school_and_management() -> None:
    topics = Topics()
    sent = [
        class_check("c-1"),
        event("homework.nil_reported", event_id="h-1"),
        class_check("c-2", school=OTHER_SCHOOL),
        class_check("c-3"),
    ]

    writing, told = taken(lines(*sent), topics)

    assert [(one.school_id, one.management, decode_events(one.body)) for one in topics.frames] == [
        (SCHOOL, "phone", [sent[0], sent[3]]),
        (SCHOOL, "homework", [sent[1]]),
        (OTHER_SCHOOL, "phone", [sent[2]]),
    ]
    assert {one.received_us for one in topics.frames} == {NOW_US}
    assert {UUID(one.frame_id).version for one in topics.frames} == {7}
    assert len({one.frame_id for one in topics.frames}) == 3
    assert writing.written == (4, 0, 0)
    assert told == []


def test_single_events_are_sent_one_by_one() -> None:
    topics, sent = Topics(), [class_check("c-1"), class_check("c-2", school=OTHER_SCHOOL)]

    writing, _ = taken(lines(*sent), topics, single=True)

    assert (topics.frames, topics.events) == ([], sent)
    assert writing.written.events == 2


@pytest.mark.parametrize("indent", [None, 2])
def test_an_array_is_read_as_lines_are(indent: int | None) -> None:
    topics, sent = Topics(), [class_check("c-1"), class_check("c-2")]

    taken(json.dumps([built(one) for one in sent], indent=indent).encode(), topics)

    assert decode_events(topics.frames[0].body) == sent


def test_a_frame_holds_no_more_than_a_request_and_than_a_record() -> None:
    topics = Topics()
    many = [class_check(f"{number:060}") for number in range(2_500)]

    writing, _ = taken(lines(*many), topics)

    sizes = [len(decode_events(one.body)) for one in topics.frames]
    assert sum(sizes) == writing.written.events == 2_500
    assert max(sizes) <= 1_000
    assert max(len(one.body) for one in topics.frames) <= FRAME_LIMIT_BYTES


def test_much_is_confirmed_on_the_way() -> None:
    topics = Topics()

    taken(lines(*(class_check(f"c-{number}") for number in range(21_000))), topics)

    assert topics.confirmed == 3


# ---- what is refused


def test_a_bad_event_is_told_with_its_line_and_spoils_no_neighbour() -> None:
    topics, good = Topics(), class_check("c-1")
    bad: Sequence[Any] = [
        built(class_check("c-2"), data={"class_id": "P2023-04", "day": "2026-09-14"}),
        built(class_check("c-3"), source="/schools/12/board"),
        built(class_check("c-4"), time="2031-01-01T00:00:00+08:00"),
        7,
    ]
    content = lines(*bad[:2]) + b"\n{]\n" + lines(good, *bad[2:])

    writing, told = taken(content, topics)

    assert [(one.number, one.code, one.path) for one in sorted(told)] == [
        (1, "missing_field", "/data/check_id"),
        (2, "out_of_range", "/source"),
        (4, "not_json", ""),
        (6, "bad_time", "/time"),
        (7, "not_an_event", ""),
    ]
    assert all(one.message and one.message_zh for one in told)
    assert decode_events(topics.frames[0].body) == [good]
    assert writing.written == (1, 0, 5)


def test_a_refused_value_is_never_repeated() -> None:
    name = "张三丰"

    _, told = taken(lines(built(class_check("c-1", class_id=name), id="x")), Topics())

    (line,) = [one.line_of("events.ndjson") for one in told]
    assert line.startswith("events.ndjson:1: ")
    assert name not in line


def test_what_a_request_compares_is_compared() -> None:
    topics = Topics()
    sent = [class_check("c-1"), class_check("c-1"), class_check("c-1", found=3)]

    writing, told = taken(lines(*sent), topics)

    assert [(one.number, one.code) for one in told] == [(3, "id_conflict")]
    assert writing.written == (1, 1, 1)


def test_lines_that_begin_with_a_bracket_are_no_array() -> None:
    items, refused = read_items(b"[1\n" + lines(class_check("c-1")))

    assert [one.number for one in items] == [2]
    assert [(one.number, one.code) for one in refused] == [(1, "not_json")]


def test_what_json_the_api_does_not_take_is_not_taken_here() -> None:
    _, refused = read_items(b'{"id": NaN}\n' + b"[" * 70 + b"]" * 70)

    assert [(one.number, one.code) for one in refused] == [(1, "not_json"), (2, "not_json")]


# ---- the command


def run(
    monkeypatch: pytest.MonkeyPatch, sender: Sender, *arguments: str, brokers: str = BROKERS
) -> tuple[int, list[str]]:
    """The exit code of the command and its lines."""

    @contextmanager
    def connected(_: str) -> Iterator[Sender]:
        yield sender

    monkeypatch.setattr(command, "connected", connected)
    # At noon of a day that is over.
    monkeypatch.setattr(command, "_now_us", lambda: NOW_US)
    runner = CliRunner(env={"COLUMNS": "200"})
    result = runner.invoke(command.main, ["kafka", *arguments, "--brokers", brokers])
    return result.exit_code, result.output.splitlines()


@pytest.fixture
def good(tmp_path: Path) -> Path:
    path = tmp_path / "good.ndjson"
    path.write_bytes(lines(class_check("c-1"), class_check("c-2")))
    return path


@pytest.fixture
def mixed(tmp_path: Path) -> Path:
    path = tmp_path / "mixed.json"
    path.write_bytes(json.dumps([7, built(class_check("c-3"))]).encode())
    return path


def test_all_written_is_exit_code_0(monkeypatch: pytest.MonkeyPatch, good: Path) -> None:
    topics = Topics()

    code, said = run(monkeypatch, topics, str(good))

    assert (code, said) == (0, ["已写入 written 2，重复 duplicates 0，退回 refused 0"])
    assert topics.confirmed == 1


def test_some_refused_is_exit_code_1_and_the_rest_is_written(
    monkeypatch: pytest.MonkeyPatch, good: Path, mixed: Path
) -> None:
    topics = Topics()

    code, said = run(monkeypatch, topics, str(mixed), str(good), "--single")

    assert code == 1
    assert said[0].startswith(f"{mixed}:1: not_an_event: ")
    assert said[-1] == "已写入 written 3，重复 duplicates 0，退回 refused 1"
    assert len(topics.events) == 3


def test_brokers_that_confirm_nothing_are_exit_code_2(
    monkeypatch: pytest.MonkeyPatch, good: Path
) -> None:
    code, said = run(monkeypatch, Away(), str(good))

    assert code == 2
    assert "did not confirm" in said[-1]
    assert "请" in said[-1]


@pytest.mark.parametrize("brokers", ["broker", "broker:", "a:1;b:2", ""])
def test_brokers_that_are_miswritten_are_exit_code_2(
    monkeypatch: pytest.MonkeyPatch, good: Path, brokers: str
) -> None:
    code, said = run(monkeypatch, Topics(), str(good), brokers=brokers)

    assert code == 2
    assert said[-1].startswith("--brokers: ")


def test_a_file_that_is_not_there_is_exit_code_2(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert run(monkeypatch, Topics(), str(tmp_path / "nowhere"))[0] == 2


def test_the_bar_is_shown_when_two_seconds_are_over() -> None:
    now = [0.0]
    with LateBar("writing", Console(quiet=True), lambda: now[0]) as bar:
        bar.expect(10)
        bar.advance(3)
        early = bar.shown
        now[0] = 2.0
        bar.advance(3)

        assert (early, bar.shown) == (False, True)

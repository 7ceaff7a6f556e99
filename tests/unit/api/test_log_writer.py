"""Group commit: what waits together is written together, and everybody hears of it."""

import asyncio
import time
from collections.abc import Sequence
from threading import Event
from uuid import UUID

import pytest

from api import log_writer
from api.log_writer import LogWriter
from api.rate_limit import RateLimit
from wuguan.codec import frame_id
from wuguan.domain.errors import TemporarilyUnavailable
from wuguan.metric_names import Silence
from wuguan.ports import EventLog, Frame, LogRecord


class SlowLog(EventLog):
    """A log whose appends wait until they are let through; some fail."""

    def __init__(self) -> None:
        self.groups: list[list[str]] = []
        self.let_through = Event()
        self.failing = False

    def append(self, frames: Sequence[Frame]) -> None:
        self.let_through.wait(5)
        self.groups.append([frame.frame_id for frame in frames])
        if self.failing:
            raise TemporarilyUnavailable("down")

    def read(self, after: int, limit: int) -> Sequence[LogRecord]:
        return []

    def end(self) -> int:
        return 1


def frame(name: str) -> Frame:
    return Frame("2199000001", "sleep", name, 0, b"[]")


def writer(log: EventLog) -> LogWriter:
    return LogWriter(log, Silence(), time.monotonic)


async def push(to: LogWriter, names: str) -> list[BaseException | None]:
    """Appends a frame for each letter, all at once, the first of them alone."""
    first = asyncio.create_task(to.append([frame(names[0])]))
    await asyncio.sleep(0.05)
    rest = [asyncio.create_task(to.append([frame(name)])) for name in names[1:]]
    await asyncio.sleep(0.05)
    log = to._log
    assert isinstance(log, SlowLog)
    log.let_through.set()
    return await asyncio.gather(first, *rest, return_exceptions=True)


def test_what_arrives_during_a_write_goes_into_the_next_one() -> None:
    log = SlowLog()

    answers = asyncio.run(push(writer(log), "abcd"))

    assert answers == [None] * 4
    assert log.groups == [["a"], ["b", "c", "d"]]


def test_all_of_a_group_hear_of_its_failure() -> None:
    log = SlowLog()
    log.failing = True

    answers = asyncio.run(push(writer(log), "abc"))

    assert all(isinstance(answer, TemporarilyUnavailable) for answer in answers)


def test_a_full_queue_is_temporarily_unavailable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_writer, "MOST_WAITING_REQUESTS", 2)
    log = SlowLog()

    answers = asyncio.run(push(writer(log), "abcd"))

    assert [type(answer) for answer in answers] == [
        type(None), type(None), type(None), TemporarilyUnavailable,
    ]  # fmt: skip


def test_stopping_writes_what_waits_and_takes_no_more() -> None:
    log = SlowLog()
    to = writer(log)

    async def scenario() -> list[BaseException | None]:
        waiting = [asyncio.create_task(to.append([frame(name)])) for name in "ab"]
        await asyncio.sleep(0.05)
        log.let_through.set()
        await to.close()
        late = asyncio.create_task(to.append([frame("late")]))
        return await asyncio.gather(*waiting, late, return_exceptions=True)

    *written, late = asyncio.run(scenario())

    assert written == [None, None]
    assert isinstance(late, TemporarilyUnavailable)
    assert sorted(name for group in log.groups for name in group) == ["a", "b"]


def test_a_frame_id_is_a_uuid_of_version_7_in_order_of_time() -> None:
    earlier, later = (
        frame_id(us, b"\xff" * 10) for us in (1_789_876_800_000_000, 1_789_876_800_001_000)
    )

    for text in (earlier, later):
        assert UUID(text).version == 7
        assert UUID(text).variant == "specified in RFC 4122"
    assert earlier < later
    assert UUID(earlier).int >> 80 == 1_789_876_800_000


def test_tokens_come_back_with_time_and_no_more_than_a_burst() -> None:
    now = [0]
    limit = RateLimit(2, lambda: now[0])

    assert [limit.seconds_to_wait("a") for _ in range(3)] == [0, 0, 1]
    now[0] += 500_000
    assert [limit.seconds_to_wait("a") for _ in range(2)] == [0, 1]
    now[0] += 3_600_000_000
    assert [limit.seconds_to_wait("a") for _ in range(3)] == [0, 0, 1]
    now[0] -= 3_600_000_000
    assert limit.seconds_to_wait("a") == 1
    assert limit.seconds_to_wait("b") == 0


def test_a_slow_limit_tells_how_long_to_wait() -> None:
    limit = RateLimit(0.1, lambda: 0)

    assert [limit.seconds_to_wait("a") for _ in range(2)] == [0, 10]

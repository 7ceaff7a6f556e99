"""What `python -m producers simulate` does, once it knows the day."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import IO

from msgspec import Struct
from rich.console import Console

from producers.district.class_day import clock
from producers.district.organisation import District
from producers.district.school_year import ONE_DAY, first_day_of_school
from producers.late_bar import LateBar
from producers.simulation import Simulation, write_events, write_truth
from producers.stretch import Stretch, history
from wuguan.domain.errors import Misconfigured
from wuguan.domain.instants import CHINA

FIRST_SIMULATED_DAY = date(2025, 8, 31)
LIVE_EVERY_SECONDS = 3.0


class Wish(Struct, frozen=True, kw_only=True):
    """What somebody wants simulated, and where it shall go."""

    district: District
    url: str
    admin_key: str
    first: date | None
    last: date | None
    once: bool
    ndjson: Path | None
    truth: Path | None


def simulate(wish: Wish, real_now: Callable[[], datetime], console: Console) -> None:
    """Writes what is to be written; pushes, unless the events are written."""
    now = real_now()
    stretch = _stretch(wish, now)
    _refuse_contradictions(wish)
    if wish.truth is not None:
        with _file(wish.truth) as file, _bar("真值 truth", stretch, console) as bar:
            write_truth(wish.district, stretch, file, bar.advance)
    if wish.ndjson is None:
        _push(wish, stretch, real_now, console)
        return
    with _file(wish.ndjson) as file, _bar("写入 writing", stretch, console) as bar:
        events = write_events(wish.district, stretch, file, bar.advance)
    console.print(f"已写入 written: {events:,} 条事件 events")


def _push(wish: Wish, stretch: Stretch, real_now: Callable[[], datetime], console: Console) -> None:
    with Simulation(wish.url, wish.admin_key, wish.district) as simulation:
        simulation.set_up(stretch)
        with _bar("推送 pushing", stretch, console) as bar:
            events = simulation.load(stretch, bar.advance)
        console.print(f"已推送 pushed: {events:,} 条事件 events")
        if not wish.once and stretch.last_day == real_now().astimezone(CHINA).date():
            _live(simulation, stretch.until, real_now, console)


def _live(
    simulation: Simulation, since: datetime, real_now: Callable[[], datetime], console: Console
) -> None:
    """Pushes what falls due until it is interrupted."""
    console.print("实时推送中，按 Ctrl-C 停止 / pushing what falls due, Ctrl-C stops")
    push, events = simulation.live(since), 0
    with console.status("") as status:
        while True:
            events += push(real_now())
            status.update(f"实时 live: {events:,} 条事件 events")
            time.sleep(LIVE_EVERY_SECONDS)


def _stretch(wish: Wish, now: datetime) -> Stretch:
    today = now.astimezone(CHINA).date()
    last = min(wish.last or today, today)
    # The evening before school begins: its night is the first that is asked about.
    first = wish.first or first_day_of_school(last) - ONE_DAY
    if not FIRST_SIMULATED_DAY <= first <= last or last < (wish.last or last):
        raise Misconfigured(
            [
                f"--from 不得早于 {FIRST_SIMULATED_DAY}，--until 不得早于 --from，也不得晚于今天 / "
                f"--from begins at {FIRST_SIMULATED_DAY}, --until lies between it and today: "
                "events of the future are refused"
            ]
        )
    return history(first, now if last == today else clock(last, 23, 59))


def _refuse_contradictions(wish: Wish) -> None:
    if wish.ndjson is None and not wish.admin_key:
        raise Misconfigured(
            [
                "推送需要管理密钥：--admin-key 或环境变量 WUGUAN_ADMIN_KEY；"
                "只写文件请用 --ndjson / "
                "to push, give the admin key (--admin-key, or WUGUAN_ADMIN_KEY in the environment);"
                " to write a file, --ndjson"
            ]
        )
    if wish.ndjson is not None and wish.ndjson == wish.truth:
        raise Misconfigured(
            [
                "--ndjson 与 --truth 不能写入同一处 / "
                "--ndjson and --truth need a place each: choose another file for one of them"
            ]
        )


@contextmanager
def _file(path: Path) -> Iterator[IO[bytes]]:
    if str(path) == "-":
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    with path.open("wb") as file:
        yield file


@contextmanager
def _bar(text: str, stretch: Stretch, console: Console) -> Iterator[LateBar]:
    with LateBar(text, console, time.monotonic) as bar:
        bar.expect(len(stretch.newest_first()))
        yield bar

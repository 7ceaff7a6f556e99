"""What a demonstration remembers between two starts: its keys, and what it has still to load."""

import os
import secrets
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path

import msgspec
from msgspec import Struct, structs

from producers.couriers import Delivery
from producers.district.class_day import clock
from producers.district.school_year import ONE_DAY
from producers.stretch import Stretch, history, sent_meanwhile
from wuguan.domain.errors import Misconfigured

FILE_NAME = "demo-state.json"
DISTRICT = "990101: 333 classes, 14802 pupils"
"""Which district a folder holds, and in which form its state is kept: another is refused."""


class DemoState(Struct, frozen=True):
    """Everything of one demonstration that is not in its server's store."""

    seed: int
    admin_key: str
    district: str = ""
    port: int = 0
    server_pid: int = 0
    """0: no server was left running."""
    ingest_keys: dict[str, str] = {}
    read_keys: dict[str, str] = {}
    live_until: datetime | None = None
    """Everything sent up to here is accepted, but for what the stretches say."""
    stretches: tuple[Stretch, ...] = ()
    """What is still to load, the newest first."""
    events: dict[str, int] = {}
    """By management: how many events were accepted."""
    rejected: int = 0

    def begun(self, now: datetime, term_first: date) -> "DemoState":
        """The state with all to load that has happened in the term since the last start."""
        if self.live_until is None:
            # The night before school begins is the first that is asked about.
            new = history(term_first - ONE_DAY, now)
        elif now <= self.live_until:
            return self
        else:
            new = sent_meanwhile(max(self.live_until, clock(term_first, 0)), now)
        return structs.replace(self, live_until=now, stretches=(new, *self.stretches))

    def loaded(self, day: date, deliveries: Iterable[Delivery]) -> "DemoState":
        """The state after a day, and all later ones, of the first stretch were answered."""
        left = self.stretches[0].before(day)
        rest = self.stretches[1:]
        stretches = (left, *rest) if left.newest_first() else rest
        return structs.replace(self._counted(deliveries), stretches=stretches)

    def sent(self, until: datetime, deliveries: Iterable[Delivery]) -> "DemoState":
        """The state after what fell due up to an instant was answered."""
        return structs.replace(self._counted(deliveries), live_until=until)

    def _counted(self, deliveries: Iterable[Delivery]) -> "DemoState":
        events, rejected = dict(self.events), self.rejected
        for one in deliveries:
            rejected += one.rejected
            for management, count in one.accepted.items():
                events[management] = events.get(management, 0) + count
        return structs.replace(self, events=events, rejected=rejected)


def fresh_state(seed: int) -> DemoState:
    """The state of a demonstration that has not begun, with an admin key of its own."""
    return DemoState(seed=seed, admin_key=secrets.token_urlsafe(32), district=DISTRICT)


def is_demo_folder(data: Path) -> bool:
    """Whether a demonstration has begun in the folder."""
    return (data / FILE_NAME).is_file()


def load_state(data: Path, seed: int) -> DemoState:
    """The state kept in the folder; a fresh one where the folder is new or empty."""
    if not is_demo_folder(data):
        _refuse_foreign(data)
        return fresh_state(seed)
    state = read_state(data)
    if state.district != DISTRICT:
        raise Misconfigured(
            [
                f"{data} 中是旧版演示的区县，请运行 make demo-reset 删除后重来 / {data} holds the "
                "district of another version's demo: run `make demo-reset` and begin again"
            ]
        )
    return state


def read_state(data: Path) -> DemoState:
    """The state kept in a demonstration's folder, of whatever district."""
    try:
        return msgspec.json.decode((data / FILE_NAME).read_bytes(), type=DemoState)
    except msgspec.DecodeError as error:
        raise Misconfigured(
            [
                f"演示状态文件 {data / FILE_NAME} 无法读取，请运行 make demo-reset 后重来 / "
                "the demo's state file cannot be read: run `make demo-reset` and begin again"
            ]
        ) from error


def save_state(data: Path, state: DemoState) -> None:
    """Keeps the state, whole or not at all, readable by its owner only: it holds keys."""
    data.mkdir(parents=True, exist_ok=True)
    written = data / f"{FILE_NAME}.new"
    descriptor = os.open(written, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(msgspec.json.format(msgspec.json.encode(state), indent=1))
        file.flush()
        os.fsync(file.fileno())
    written.replace(data / FILE_NAME)


def _refuse_foreign(data: Path) -> None:
    """A folder with somebody's real data must never get a simulated district."""
    if data.exists() and (not data.is_dir() or any(data.iterdir())):
        raise Misconfigured(
            [
                f"{data} 不是演示数据，请用 --data 另选一个空文件夹 / "
                f"{data} holds data that is not the demo's: choose an empty folder with --data"
            ]
        )

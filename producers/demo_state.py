"""What a demonstration remembers between two starts: its keys, and how far it has sent."""

import os
import secrets
from datetime import datetime
from pathlib import Path

import msgspec
from msgspec import Struct, structs

from wuguan.domain.errors import Misconfigured

FILE_NAME = "demo-state.json"


class DemoState(Struct, frozen=True):
    """Everything of one demonstration that is not in its server's store."""

    seed: int
    admin_key: str
    port: int = 0
    server_pid: int = 0
    """0: no server was left running."""
    ingest_keys: dict[str, str] = {}
    read_keys: dict[str, str] = {}
    sent_until: dict[str, datetime] = {}
    """By school: everything up to this instant is accepted."""
    events: dict[str, int] = {}
    """By management: how many events were accepted."""
    rejected: int = 0

    def sent(
        self, school_id: str, until: datetime, accepted: dict[str, int], rejected: int
    ) -> "DemoState":
        """The state after a school's events up to an instant were answered."""
        events = dict(self.events)
        for management, count in accepted.items():
            events[management] = events.get(management, 0) + count
        return structs.replace(
            self,
            sent_until={**self.sent_until, school_id: until},
            events=events,
            rejected=self.rejected + rejected,
        )


def fresh_state(seed: int) -> DemoState:
    """The state of a demonstration that has not begun, with an admin key of its own."""
    return DemoState(seed=seed, admin_key=secrets.token_urlsafe(32))


def is_demo_folder(data: Path) -> bool:
    """Whether a demonstration has begun in the folder."""
    return (data / FILE_NAME).is_file()


def load_state(data: Path, seed: int) -> DemoState:
    """The state kept in the folder; a fresh one where the folder is new or empty."""
    if not is_demo_folder(data):
        _refuse_foreign(data)
        return fresh_state(seed)
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

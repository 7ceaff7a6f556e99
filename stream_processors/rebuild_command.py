"""What the command `rebuild` does: reads its options, shows how far it is, tells what it found."""

import contextlib
from collections.abc import Iterator
from datetime import date

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from stream_processors.logs_to_rebuild import EmbeddedTable, KafkaTopics
from stream_processors.rebuilding import Compared, Log, Rebuild, Scope
from wuguan.adapters.kafka.log_reader import KafkaLogReader
from wuguan.adapters.postgres.store import PostgresStore
from wuguan.domain.errors import Misconfigured
from wuguan.domain.forms import SCHOOL_ID, whole
from wuguan.domain.instants import FIRST_DAY, parse_day
from wuguan.domain.managements import MANAGEMENTS
from wuguan.settings import Settings

_LAST_DAY = Scope().to_day
_STEPS = {"records": "读取日志 reading the log", "schools": "核对学校 comparing schools"}
_console = Console(stderr=True)


def scope_of(
    managements: list[str], schools: list[str], from_day: str | None, to_day: str | None
) -> Scope:
    """What to rebuild; Misconfigured with everything that is wrong with the options."""
    faults = [
        f"--management: 没有 {one} 这一项,应为 {' '.join(MANAGEMENTS)} / no such management"
        for one in managements
        if one not in MANAGEMENTS
    ]
    faults += [
        f"--school: {one} 应为 10 位学校标识码 / a school_id has ten digits"
        for one in schools
        if whole(SCHOOL_ID).match(one) is None
    ]
    first, last = (
        _day("--from", from_day, FIRST_DAY, faults),
        _day("--to", to_day, _LAST_DAY, faults),
    )
    if first > last:
        faults.append("--from, --to: 起始日期晚于结束日期 / the first day is after the last")
    if faults:
        raise Misconfigured(faults)
    return Scope(tuple(managements or MANAGEMENTS), schools or None, first, last)


def rebuild(store: PostgresStore, settings: Settings, scope: Scope, *, swap: bool) -> Compared:
    """Rebuilds with a bar for each step."""
    with _log(store, settings) as log, _progress() as bars:
        tasks = {}

        def tell(step: str, done: int, total: int) -> None:
            if step not in tasks:
                tasks[step] = bars.add_task(_STEPS[step], total=total)
            bars.update(tasks[step], completed=done, total=total)

        return Rebuild(store, log, scope, swap=swap, progress=tell).run()


def summary_of(compared: Compared, *, swap: bool) -> str:
    """The last line."""
    total = sum(compared) - compared.tallies
    verb = "mended" if swap else "differ"
    return (
        f"rebuild: {total} ledgers compared, {compared.same} same, {compared.mended} {verb},"
        f" {compared.added} missing, {compared.removed} unfounded;"
        f" tallies of {compared.tallies} school-days did not fit"
    )


@contextlib.contextmanager
def _log(store: PostgresStore, settings: Settings) -> Iterator[Log]:
    if settings.kafka is None:
        yield EmbeddedTable(store.log)
        return
    with contextlib.closing(KafkaLogReader(settings.kafka, settings.kafka_partitions)) as reader:
        yield KafkaTopics(reader, store.log)


def _progress() -> Progress:
    return Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
        console=_console,
    )  # fmt: skip


def _day(option: str, text: str | None, default: date, faults: list[str]) -> date:
    if text is None:
        return default
    day = parse_day(text)
    if day is None:
        faults.append(f"{option}: 日期应写作 2026-09-01 / write a day as 2026-09-01")
    return day or default

"""`python -m producers …`: the edge, where settings and the clock are read."""

import logging
import signal
import sys
import time
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console
from rich.text import Text

from producers.demo import SEED, run
from producers.demo_reset import forget
from producers.demo_screen import Screen
from producers.demo_server import CHECKOUT, ServerFault
from producers.district.profiles import simulated_district
from producers.late_bar import LateBar
from producers.simulate import Wish
from producers.simulate import simulate as run_simulation
from producers.straight_to_kafka import (
    Refused,
    Sender,
    Writing,
    Written,
    are_brokers,
    connected,
    read_items,
)
from wuguan.client.errors import ClientError
from wuguan.domain.errors import Misconfigured, TemporarilyUnavailable
from wuguan.domain.instants import CHINA

FIRST_DEMO_DAY = date(2025, 9, 1)
USUAL_URL = "http://127.0.0.1:8000"
_DAY = "%Y-%m-%d"
_NOT_WRITTEN = 2
_BROKERS_WANTED = (
    "--brokers: 应为 主机:端口，多个以逗号分隔 / write host:port, several separated by commas"
)
_AGAIN = (
    "请检查地址、网络和服务是否已启动，然后重新写入同样的文件：重复的事件不影响结果"
    " / is it started, is the address right? Then write the same files again: events that come"
    " twice change nothing"
)

main = typer.Typer(no_args_is_help=True, add_completion=False, help="演示与模拟 Demo, simulation.")
Data = Annotated[
    Path, typer.Option("--data", envvar="WUGUAN_DATA", help="演示数据文件夹 the demo's folder")
]
DEFAULT_DATA = CHECKOUT / ".wuguan"


@main.command()
def demo(
    data: Data = DEFAULT_DATA,
    port: Annotated[int | None, typer.Option(envvar="WUGUAN_PORT", min=1, max=65_535)] = None,
    today: Annotated[
        datetime | None, typer.Option(formats=[_DAY], help="演示日期 a demo date")
    ] = None,
    once: Annotated[bool, typer.Option("--once", help="载入后结束 end when loaded")] = False,
) -> None:
    """启动一切，载入一个区县，看五项管理的数字变化。 Start everything, load a district, watch."""
    day = _demo_day(today)
    _end_like_ctrl_c()
    try:
        screen = Screen(Console())
        run(data, port=port, today=day, once=once, screen=screen, real_now=_now)
    except KeyboardInterrupt:
        typer.echo("已停止，数据保留 / stopped; the data stay")
    except (ClientError, Misconfigured, ServerFault) as error:
        _fail(str(error))


@main.command()
def simulate(
    url: Annotated[str, typer.Option(envvar="WUGUAN_URL", help="服务器地址 address")] = USUAL_URL,
    admin_key: Annotated[
        str, typer.Option(envvar="WUGUAN_ADMIN_KEY", help="管理密钥 admin key")
    ] = "",
    schools: Annotated[int, typer.Option(min=1, max=10_000, help="学校数 how many schools")] = 12,
    seed: Annotated[int, typer.Option(help="随机种子 the same seed, the same events")] = SEED,
    first: Annotated[
        datetime | None, typer.Option("--from", formats=[_DAY], help="首日 first day")
    ] = None,
    last: Annotated[
        datetime | None,
        typer.Option(
            "--until", "--today", formats=[_DAY], help="末日，默认今天 last day, else today"
        ),
    ] = None,
    once: Annotated[
        bool, typer.Option("--once", help="推送历史后结束 end when what has happened is pushed")
    ] = False,
    ndjson: Annotated[
        Path | None,
        typer.Option(help="写入文件而不推送，- 为标准输出 write the events, push nothing"),
    ] = None,
    truth: Annotated[
        Path | None, typer.Option(help="写下事件由何而来 write what the events were drawn from")
    ] = None,
) -> None:
    """推送一个模拟区县的历史，然后实时推送。 Push a district's history, then what falls due."""
    wish = Wish(
        district=simulated_district(seed, schools),
        url=url,
        admin_key=admin_key,
        first=first.date() if first else None,
        last=last.date() if last else None,
        once=once,
        ndjson=ndjson,
        truth=truth,
    )
    _end_like_ctrl_c()
    try:
        # On stderr: what is asked for may go to stdout.
        run_simulation(wish, _now, Console(stderr=True))
    except KeyboardInterrupt:
        typer.echo("已停止 / stopped", err=True)
    except (ClientError, Misconfigured, OSError) as error:
        _fail(str(error))


@main.command("demo-reset")
def demo_reset(data: Data = DEFAULT_DATA) -> None:
    """忘记演示数据。 Forget the demo."""
    try:
        forgotten = forget(data)
    except (Misconfigured, ServerFault, TemporarilyUnavailable) as error:
        _fail(str(error))
    typer.echo("演示数据已删除 / forgotten" if forgotten else "没有演示数据 / nothing to forget")


@main.command()
def kafka(
    files: Annotated[
        list[Path],
        typer.Argument(
            exists=True,
            dir_okay=False,
            allow_dash=True,
            metavar="FILE…",
            help="每行一个事件，或一个JSON数组 an event a line, or an array",
        ),
    ],
    brokers: Annotated[
        str, typer.Option(envvar="WUGUAN_KAFKA", metavar="HOST:PORT,…", help="Kafka 地址 address")
    ],
    single: Annotated[
        bool, typer.Option("--single", help="逐条写入 each event as a record of its own")
    ] = False,
) -> None:
    """不经HTTP，将事件文件直接写入Kafka。 Write files of events straight to Kafka."""
    if not are_brokers(brokers):
        _fail(_BROKERS_WANTED, _NOT_WRITTEN)
    # What its client has to say of its attempts is said here, once.
    logging.getLogger("kafka").setLevel(logging.CRITICAL)
    try:
        with connected(brokers) as sender:
            written = _written(files, sender, single=single)
    except (OSError, TemporarilyUnavailable) as error:
        _fail(f"{error}；{_AGAIN}", _NOT_WRITTEN)
    typer.echo(written.summary)
    raise typer.Exit(1 if written.refused else 0)


def _written(files: list[Path], sender: Sender, *, single: bool) -> Written:
    console = Console()
    with LateBar("写入 writing", console, time.monotonic) as bar:
        name = ""

        def tell(refused: Refused) -> None:
            console.print(Text(refused.line_of(name)), soft_wrap=True)

        writing = Writing(sender, single=single, clock=_now_us, tell=tell, advance=bar.advance)
        for file in files:
            name = "stdin" if str(file) == "-" else str(file)
            items, refused = read_items(
                sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
            )
            bar.expect(len(items))
            writing.take(items, refused)
        writing.confirm()
    return writing.written


def _now_us() -> int:
    return time.time_ns() // 1000


def _now() -> datetime:
    return datetime.now(UTC)


def _demo_day(today: datetime | None) -> date | None:
    if today is None:
        return None
    day = today.date()
    if FIRST_DEMO_DAY <= day <= _now().astimezone(CHINA).date():
        return day
    _fail(
        f"演示日期须在 {FIRST_DEMO_DAY} 至今天之间 / a demo date lies between {FIRST_DEMO_DAY} "
        "and today: events of the future are refused"
    )


def _end_like_ctrl_c() -> None:
    """Whoever ends the program, its requests are answered first."""
    for ending in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, _interrupt)


def _interrupt(*_: object) -> NoReturn:
    raise KeyboardInterrupt


def _fail(message: str, code: int = 1) -> NoReturn:
    typer.echo(message, err=True)
    raise typer.Exit(code)


if __name__ == "__main__":
    main()

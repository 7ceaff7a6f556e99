"""`python -m producers demo` and `demo-reset`: the edge, where settings and the clock are read."""

import signal
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console

from producers.demo import run
from producers.demo_reset import forget
from producers.demo_screen import Screen
from producers.demo_server import CHECKOUT, ServerFault
from wuguan.client.errors import ClientError
from wuguan.domain.errors import Misconfigured, TemporarilyUnavailable
from wuguan.domain.instants import CHINA

FIRST_DEMO_DAY = date(2025, 9, 1)

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
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="演示日期 a demo date")
    ] = None,
    once: Annotated[bool, typer.Option("--once", help="载入后结束 end when loaded")] = False,
) -> None:
    """启动一切，载入一个小区县，看五项管理的数字变化。 Start everything, load a district, watch."""
    day = _demo_day(today)
    for ending in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, _interrupt)
    try:
        screen = Screen(Console())
        run(data, port=port, today=day, once=once, screen=screen, real_now=_now)
    except KeyboardInterrupt:
        typer.echo("已停止，数据保留 / stopped; the data stay")
    except (ClientError, Misconfigured, ServerFault) as error:
        _fail(str(error))


@main.command("demo-reset")
def demo_reset(data: Data = DEFAULT_DATA) -> None:
    """忘记演示数据。 Forget the demo."""
    try:
        forgotten = forget(data)
    except (Misconfigured, ServerFault, TemporarilyUnavailable) as error:
        _fail(str(error))
    typer.echo("演示数据已删除 / forgotten" if forgotten else "没有演示数据 / nothing to forget")


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


def _interrupt(*_: object) -> NoReturn:
    raise KeyboardInterrupt


def _fail(message: str) -> NoReturn:
    typer.echo(message, err=True)
    raise typer.Exit(1)


if __name__ == "__main__":
    main()

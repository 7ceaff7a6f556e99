"""`python -m deploy.local up | down | status | run`: local services without containers."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event
from typing import Annotated

import typer

from deploy.local import programs
from deploy.local.errors import ServiceFault
from deploy.local.services import CONTROLLER_PORT, KAFKA_PORT, TIMESCALE_PORT, Services, WantedPorts

main = typer.Typer(
    no_args_is_help=True, add_completion=False, help="本地服务 Kafka and TimescaleDB, locally."
)


def _port(option: str, usual: int) -> typer.models.OptionInfo:
    text = f"默认上次的端口，首次为 the last one, at first {usual}"
    found = typer.Option(option, min=1, max=65_534, help=text)
    assert isinstance(found, typer.models.OptionInfo)
    return found


@main.command()
def up(
    kafka_port: Annotated[int | None, _port("--kafka-port", KAFKA_PORT)] = None,
    controller_port: Annotated[int | None, _port("--controller-port", CONTROLLER_PORT)] = None,
    timescale_port: Annotated[int | None, _port("--timescale-port", TIMESCALE_PORT)] = None,
) -> None:
    """下载并启动，输出各地址。 Download what is missing, start both, print the addresses."""
    with _told():
        services = Services(WantedPorts(kafka_port, controller_port, timescale_port))
        services.up()
        for name, text in services.environment.items():
            typer.echo(f"export {name}={text}")


@main.command()
def down(
    forget: Annotated[
        bool, typer.Option("--forget", help="并删除数据 delete the data too")
    ] = False,
) -> None:
    """停止两个服务，数据保留。 Stop both; the data stay."""
    with _told():
        services = Services()
        if forget:
            services.forget()
        else:
            services.down()


@main.command()
def status() -> None:
    """显示运行情况。 Show what runs; the exit code is 1 unless both do."""
    with _told():
        if not Services().status():
            raise typer.Exit(1)


@main.command()
def run(
    workers: Annotated[int, typer.Option(min=1, help="工作进程数 Faust workers")] = 2,
    rollups: Annotated[int, typer.Option(min=0, help="汇总进程数 roll-up processes")] = 1,
    port: Annotated[int, typer.Option(min=1, max=65_535, help="接口端口 the API's port")] = 8000,
) -> None:
    """启动服务、接口和工作进程，直到 Ctrl-C。 Run the API and workers on them until Ctrl-C."""
    stopping = Event()
    for ending in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, lambda *_: stopping.set())
    with _told():
        services = Services()
        services.up()
        counts = programs.Counts(workers, rollups)
        code = programs.run(counts, port, services.environment, stopping)
    raise typer.Exit(code)


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except ServiceFault as fault:
        typer.echo(str(fault), err=True)
        raise typer.Exit(1) from fault


if __name__ == "__main__":
    main()

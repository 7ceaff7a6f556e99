"""Wuguan's own programs on Kafka: the API, workers and roll-ups, supervised until told to end."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from threading import Event

from deploy.local.places import CHECKOUT, log_folder
from deploy.local.supervisor import WRONG_SETTINGS, Supervisor
from deploy.local.waiting import say, waiting

_LOOK_EVERY_SECONDS = 0.5
_STOP_WITHIN_SECONDS = 60.0


@dataclass(frozen=True)
class Counts:
    """How many processes of a kind."""

    workers: int
    rollups: int


def run(counts: Counts, port: int, services: Mapping[str, str], stopping: Event) -> int:
    """Runs all until told to stop, or until none is left; the exit code."""
    supervisor = Supervisor(say)
    try:
        _start(supervisor, counts, port, services)
        _say_where_to_look(port)
        while supervisor.watches and not stopping.wait(_LOOK_EVERY_SECONDS):
            pass
        return 0 if supervisor.watches else WRONG_SETTINGS
    finally:
        with waiting("正在停止 stopping"):
            supervisor.stop(_STOP_WITHIN_SECONDS)


def commands(counts: Counts) -> dict[str, list[str]]:
    """The processes by name, and what each runs."""
    processors = [sys.executable, "-m", "stream_processors"]
    workers = range(1, counts.workers + 1)
    rollups = range(1, counts.rollups + 1)
    return {
        "api": [sys.executable, "-m", "api"],
        **{f"worker-{number}": [*processors, "faust"] for number in workers},
        **{f"rollup-{number}": [*processors, "rollup"] for number in rollups},
    }


def _start(supervisor: Supervisor, counts: Counts, port: int, services: Mapping[str, str]) -> None:
    # The programs are modules of the checkout, wherever this was called from.
    environment = {**os.environ, **services, "WUGUAN_PORT": str(port), "PYTHONPATH": str(CHECKOUT)}
    for name, command in commands(counts).items():
        supervisor.start(name, command, environment, log_folder() / f"{name}.log")


def _say_where_to_look(port: int) -> None:
    say(
        f"日志 logs: {log_folder()}\n"
        f"接口 API: http://127.0.0.1:{port}/readyz\n"
        "首个管理密钥（若未设置 WUGUAN_ADMIN_KEY）在 api.log 中 / the first admin key, "
        "if WUGUAN_ADMIN_KEY is not set, is in api.log\n"
        "Ctrl-C 结束 / ends all; Kafka and TimescaleDB run on"
    )

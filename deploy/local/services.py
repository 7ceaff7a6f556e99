"""Both services of the checkout: had, started, shown, stopped and forgotten together."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from deploy.local.installation import available, ensure_installation
from deploy.local.jars import are_complete, ensure_jars
from deploy.local.kafka import Broker
from deploy.local.places import cache_folder, data_folder
from deploy.local.ports import kept_port
from deploy.local.requirements import missing_for_kafka, missing_for_timescale, require
from deploy.local.timescale import Timescale
from deploy.local.waiting import say, waiting

KAFKA_PORT = 19_092
CONTROLLER_PORT = 19_093
TIMESCALE_PORT = 15_432


@dataclass(frozen=True)
class WantedPorts:
    """Ports that were asked for; where none was, the last one or the usual one is taken."""

    kafka: int | None = None
    controller: int | None = None
    timescale: int | None = None


class Services:
    """Kafka and TimescaleDB under the data folder."""

    def __init__(self, wanted: WantedPorts | None = None) -> None:
        ports = wanted or WantedPorts()
        self._kafka_folder = data_folder() / "kafka"
        folder = data_folder() / "timescale"
        beside = ports.kafka + 1 if ports.kafka is not None else None
        self.kafka = Broker(
            self._kafka_folder,
            port=_chosen(ports.kafka, self._kafka_folder / "port", KAFKA_PORT),
            controller_port=_chosen(
                ports.controller or beside, self._kafka_folder / "controller-port", CONTROLLER_PORT
            ),
        )
        self.timescale = Timescale(
            folder, port=_chosen(ports.timescale, folder / "port", TIMESCALE_PORT)
        )

    @property
    def environment(self) -> dict[str, str]:
        """The settings that lead Wuguan's programs here."""
        return {"WUGUAN_KAFKA": self.kafka.bootstrap, "WUGUAN_DSN": self.timescale.dsn}

    def up(self) -> None:
        """Downloads what is not there, and starts what does not run."""
        cache = cache_folder()
        # All at once: nobody likes to install one thing only to be told of the next.
        require([*missing_for_kafka(cache), *missing_for_timescale(cache)])
        _download(cache)
        self._start_kafka()
        self._start_timescale()

    def status(self) -> bool:
        """Says what runs and where; whether both do."""
        _show("Kafka", self.kafka.pid, self.kafka.bootstrap)
        _show("TimescaleDB", self.timescale.pid, self.timescale.dsn)
        return self.kafka.running and self.timescale.running

    def down(self) -> None:
        """Stops both; the data stay."""
        if not (self.kafka.running or self.timescale.running):
            say("没有正在运行的服务 / nothing runs")
            return
        with waiting("正在停止 stopping"):
            self.kafka.stop()
            self.timescale.stop()

    def forget(self) -> None:
        """Stops both and deletes their data, not the downloads."""
        self.down()
        shutil.rmtree(self._kafka_folder, ignore_errors=True)
        self.timescale.forget()
        say("数据已删除 / the data are deleted")

    def _start_kafka(self) -> None:
        if self.kafka.running:
            say(f"Kafka 已在运行 / runs already: {self.kafka.bootstrap}")
        else:
            with waiting("正在启动 Kafka starting"):
                self.kafka.start()

    def _start_timescale(self) -> None:
        if self.timescale.running:
            say(f"TimescaleDB 已在运行 / runs already: {self.timescale.dsn}")
        else:
            with waiting("正在启动 TimescaleDB starting"):
                self.timescale.start()


def _download(cache: Path) -> None:
    if not are_complete(cache):
        with waiting("正在下载 Kafka，54 MB downloading"):
            ensure_jars(cache)
    if available(cache) is None:
        with waiting("正在安装 TimescaleDB，约一分钟 installing, about a minute"):
            ensure_installation(cache)


def _chosen(wanted: int | None, kept: Path, usual: int) -> int:
    return wanted or kept_port(kept) or usual


def _show(service: str, pid: int | None, address: str) -> None:
    state = f"正在运行 runs ({pid})" if pid is not None else "未运行 does not run"
    say(f"{service:<12} {state}  {address}")

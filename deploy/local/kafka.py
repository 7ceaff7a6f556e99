"""A Kafka broker of our own: one node, broker and controller in one, on the loopback only."""

import base64
import os
import signal
import subprocess
import sys
import uuid
from pathlib import Path

from deploy.local.errors import ServiceFault
from deploy.local.jars import ensure_jars
from deploy.local.kafka_answer import serves
from deploy.local.places import cache_folder
from deploy.local.ports import free_port, keep_port, kept_port, require_free
from deploy.local.processes import end, log_tail, number_in, runs, start_detached, wait_until
from deploy.local.requirements import java, missing_for_kafka, require
from deploy.local.turns import turn

_READY_WITHIN_SECONDS = 90.0
_STOP_WITHIN_SECONDS = 30.0
_GONE_WITHIN_SECONDS = 10.0
# Relative paths, from the broker's folder: a properties file holds Latin letters only. A killed
# broker is let in again when its session has run out, so sessions are shorter than usual.
_PROPERTIES = """\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller_port}
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller_port}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAINTEXT
log.dirs=data
auto.create.topics.enable=false
default.replication.factor=1
min.insync.replicas=1
offsets.topic.replication.factor=1
offsets.topic.num.partitions=10
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=10
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
broker.heartbeat.interval.ms=500
broker.session.timeout.ms=4000
"""


class Broker:
    """The Kafka broker of a folder; another process finds it by the same folder."""

    def __init__(
        self,
        folder: Path,
        *,
        port: int | None = None,
        controller_port: int | None = None,
        heap: str = "1g",
    ) -> None:
        self._folder = folder.expanduser().resolve()
        self._heap = heap
        if self.running:  # It keeps the ports that it has.
            port = controller_port = None
        self._port = port or kept_port(self._folder / "port") or free_port()
        self._controller_port = (
            controller_port or kept_port(self._folder / "controller-port") or free_port()
        )

    @property
    def bootstrap(self) -> str:
        """Where clients find the broker."""
        return f"127.0.0.1:{self._port}"

    @property
    def log_path(self) -> Path:
        """What the broker writes."""
        return self._folder / "log"

    @property
    def pid(self) -> int | None:
        """The number of its process, None when it does not run."""
        pid = number_in(self._folder / "pid")
        return pid if pid is not None and runs(pid, self._mark) else None

    @property
    def running(self) -> bool:
        """Whether its process runs."""
        return self.pid is not None

    def start(self) -> None:
        """Starts the broker if it does not run, and returns when it serves clients."""
        with turn(self._folder, "start"):
            if not self.running:
                self._start()
        wait_until(lambda: serves(self._port) or not self.running, _READY_WITHIN_SECONDS)
        if not (self.running and serves(self._port)):
            self.kill()
            raise self._fault("未能启动", "did not start")

    def stop(self) -> None:
        """SIGTERM and wait; a broker that does not end is killed."""
        pid = self.pid
        if pid is not None:
            end(pid, signal.SIGTERM)
            if not wait_until(lambda: not self.running, _STOP_WITHIN_SECONDS):
                self.kill()

    def kill(self) -> None:
        """`kill -9`: nothing of the broker's own tidying runs."""
        pid = self.pid
        if pid is not None:
            end(pid, signal.SIGKILL)
            if not wait_until(lambda: not self.running, _GONE_WITHIN_SECONDS):
                raise self._fault("无法终止", "could not be killed")

    @property
    def _mark(self) -> str:
        return f"-Dwuguan.folder={self._folder}"

    def _start(self) -> None:
        require(missing_for_kafka(cache_folder()))
        require_free(self._port, "Kafka")
        require_free(self._controller_port, "Kafka (controller)")
        self._prepare()
        self._spawn()

    def _prepare(self) -> None:
        keep_port(self._folder / "port", self._port)
        keep_port(self._folder / "controller-port", self._controller_port)
        text = _PROPERTIES.format(port=self._port, controller_port=self._controller_port)
        (self._folder / "server.properties").write_text(text, "ascii")
        if self.log_path.exists():
            self.log_path.rename(self._folder / "log.before")
        if not (self._folder / "data" / "meta.properties").exists():
            self._format()

    def _format(self) -> None:
        # A first letter of its own: an id that begins with a dash would be read as an option.
        cluster = "W" + base64.urlsafe_b64encode(uuid.uuid4().bytes).decode("ascii")[1:22]
        command = self._java(
            "kafka.tools.StorageTool", "format", "-t", cluster, "-c", "server.properties"
        )
        with self.log_path.open("ab") as log:
            done = subprocess.run(
                command, cwd=self._folder, env=_environment(), stdin=subprocess.DEVNULL,
                stdout=log, stderr=subprocess.STDOUT, check=False,
            )  # fmt: skip
        if done.returncode != 0:
            raise self._fault("未能初始化存储", "could not format its storage")

    def _spawn(self) -> None:
        pid = start_detached(
            self._java("kafka.Kafka", "server.properties"),
            env=_environment(), folder=self._folder, log_path=self.log_path,
        )  # fmt: skip
        (self._folder / "pid").write_text(f"{pid}\n", "utf-8")

    def _java(self, main: str, *arguments: str) -> list[str]:
        jars = ensure_jars(cache_folder())
        return [
            java() or "java", f"-Xmx{self._heap}", "-XX:+ExitOnOutOfMemoryError", self._mark,
            "-Dorg.slf4j.simpleLogger.showDateTime=true",
            "-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd'T'HH:mm:ss.SSSXXX",
            "-cp", f"{jars}/*", main, *arguments,
        ]  # fmt: skip

    def _fault(self, chinese: str, english: str) -> ServiceFault:
        return ServiceFault(
            f"Kafka {chinese}（{self._folder}），日志末尾如下 / Kafka {english}; its log ends:\n"
            + log_tail(self.log_path)
        )


def _environment() -> dict[str, str]:
    # Without a UTF-8 locale Java cannot read a folder's Chinese name. macOS needs none.
    return {**os.environ, **({} if sys.platform == "darwin" else {"LC_ALL": "C.UTF-8"})}

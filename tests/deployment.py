"""A whole deployment on Kafka for the length of a program: broker, database, API, workers.

The conformance run, the fault program and the benches start it here, each on data of its own. The
programs are supervised as `python -m deploy.local run` supervises them; broker and database are
started again by whoever kills them.
"""

import os
import secrets
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from deploy.local.kafka import Broker
from deploy.local.supervisor import Pauses, Supervisor
from deploy.local.timescale import Timescale
from tests.server import PROJECT, READY_WITHIN_SECONDS, ServerFault, free_port

API, ROLLUP = "api", "rollup"


@dataclass
class Deployment:
    """Everything that runs, by name; and how to reach it."""

    folder: Path
    broker: Broker
    timescale: Timescale
    supervisor: Supervisor
    settings: Mapping[str, str]
    base_url: str
    admin_key: str
    told: list[str] = field(default_factory=list)

    @property
    def workers(self) -> Sequence[str]:
        """The names of the Faust workers."""
        return sorted(name for name in self.supervisor.restarts if name.startswith("worker"))

    def kill(self, name: str) -> None:
        """`kill -9` of a process; broker and database are started again at once."""
        if name == "broker":
            self.broker.kill()
            self.broker.start()
        elif name == "PostgreSQL":
            self.timescale.kill()
            self.timescale.start()
        else:
            self.supervisor.kill(name)

    def wait_until_ready(self, within_seconds: float = READY_WITHIN_SECONDS) -> None:
        """Returns as soon as the API is ready, or raises ServerFault."""
        deadline = time.monotonic() + within_seconds
        while time.monotonic() < deadline:
            try:
                if httpx.get(f"{self.base_url}/readyz", trust_env=False).status_code == 200:
                    return
            except httpx.TransportError:
                pass
            time.sleep(0.1)
        raise ServerFault(f"the API is not ready\n{self.log_tails()}")

    def log_tails(self, lines: int = 15) -> str:
        """The last lines that every program wrote."""
        tails = []
        for path in sorted(self.folder.glob("*.log")):
            text = path.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:]
            tails.append("\n".join([f"--- {path.name} ---", *text]))
        return "\n".join(tails)


@contextmanager
def running_deployment(
    folder: Path,
    *,
    workers: int = 1,
    rollups: int = 1,
    env: Mapping[str, str] | None = None,
    programs: bool = True,
) -> Iterator[Deployment]:
    """A deployment on fresh data under `folder`; everything is stopped when left.

    An error inside the block gets the tails of the logs as a note.
    """
    broker, timescale = Broker(folder / "kafka"), Timescale(folder / "timescale")
    told: list[str] = []
    supervisor = Supervisor(told.append, pauses=Pauses(first_seconds=0.2, longest_seconds=2.0))
    try:
        broker.start()
        dsn = timescale.start()
        deployment = _deployment(folder, broker, timescale, supervisor, dsn, env or {})
        deployment.told = told
        if programs:
            start_programs(deployment, workers, rollups)
            deployment.wait_until_ready()
        try:
            yield deployment
        except Exception as error:
            error.add_note(deployment.log_tails())
            raise
    finally:
        supervisor.stop(30)
        broker.stop()
        timescale.forget()


def start_programs(deployment: Deployment, workers: int, rollups: int = 1) -> None:
    """Starts the API, so many Faust workers and so many roll-ups."""
    start(deployment, API, "api")
    for number in range(1, workers + 1):
        start(deployment, f"worker-{number}", "stream_processors", "faust")
    for number in range(1, rollups + 1):
        start(deployment, f"{ROLLUP}-{number}", "stream_processors", "rollup")


def start(deployment: Deployment, name: str, *module: str) -> None:
    """Starts one program under a name, with the deployment's settings."""
    # Settings of the person who runs the tests must not reach the programs.
    clean = {name: text for name, text in os.environ.items() if name[:7] != "WUGUAN_"}
    command = [sys.executable, "-m", *module]
    env = {**clean, **deployment.settings, "PYTHONPATH": str(PROJECT)}
    deployment.supervisor.start(name, command, env, deployment.folder / f"{name}.log")


def _deployment(
    folder: Path,
    broker: Broker,
    timescale: Timescale,
    supervisor: Supervisor,
    dsn: str,
    env: Mapping[str, str],
) -> Deployment:
    port, admin_key = free_port(), secrets.token_urlsafe(32)
    settings = {
        "WUGUAN_KAFKA": broker.bootstrap,
        "WUGUAN_DSN": dsn,
        "WUGUAN_PORT": str(port),
        "WUGUAN_ADMIN_KEY": admin_key,
        **env,
    }
    return Deployment(
        folder, broker, timescale, supervisor, settings, f"http://127.0.0.1:{port}", admin_key
    )

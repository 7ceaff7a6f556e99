"""A server with a simulated district, for the length of a test session."""

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import httpx

from producers.district.organisation import roster
from producers.district.profiles import simulated_district as district_of
from producers.district.school_year import school_year_of
from tests.e2e.multiplying import multiply
from tests.server import PROJECT, Server, running_server
from wuguan.domain.instants import CHINA

DISTRICT = "990101"
SETTLED_WITHIN_SECONDS = 240.0


@dataclass
class SimulatedDistrict:
    """Where a district is looked at, and with which keys."""

    base_url: str
    admin_key: str
    keys: dict[str, str]
    schools: Sequence[str]
    data_dir: Path
    """Where its database lies."""

    def key_of(self, unit_id: str, scope: str = "read") -> str:
        """A key of a unit, made once; a read key unless something else is wanted."""
        name = f"{scope} {unit_id}"
        if name not in self.keys:
            wanted = {"scope": scope, "unit_id": unit_id, "label": "browser"}
            answer = self._http("POST", "/v1/keys", json=wanted)
            self.keys[name] = answer.json()["key"]
        return self.keys[name]

    def settle(self, first: date) -> None:
        """Waits until everything accepted is in the figures."""
        deadline = time.monotonic() + SETTLED_WITHIN_SECONDS
        query = f"level=district&unit={DISTRICT}&from={first}&to={first}&by=total"
        while not self._http("GET", f"/v1/tallies?{query}").json()["settled"]:
            assert time.monotonic() < deadline, "the figures do not settle"
            time.sleep(0.3)

    def put_roster(self) -> None:
        """Makes the twelve schools and their classes known."""
        year = school_year_of(datetime.now(CHINA).date())
        self._http("PUT", "/v1/roster", json=roster(district_of(schools=12), {year}))

    def _http(self, method: str, path: str, **sent: object) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.admin_key}"}
        answer = httpx.request(
            method,
            self.base_url + path,
            headers=headers,
            timeout=60,
            trust_env=False,
            **sent,  # type: ignore[arg-type]  # whatever httpx takes
        )
        return answer.raise_for_status()


@contextmanager
def simulated_district(
    schools: int | None, days: int, *, today: date | None = None
) -> Iterator[SimulatedDistrict]:
    """A fresh server that a simulated district has pushed some days to; no district where None."""
    with (
        tempfile.TemporaryDirectory(prefix="wuguan-e2e-") as folder,
        running_server(Path(folder) / "data", env={"WUGUAN_RATE_LIMIT": "0"}) as server,
    ):
        if schools is None:
            yield SimulatedDistrict(server.base_url, server.admin_key, {}, [], server.data_dir)
        else:
            last = today or datetime.now(CHINA).date()
            yield simulate(server, schools, last - timedelta(days=days), last)


@contextmanager
def large_district(copies: int, days: int) -> Iterator[SimulatedDistrict]:
    """A server with so many copies of the twelve schools, with some days of figures."""
    last = datetime.now(CHINA).date()
    settings = {"WUGUAN_RATE_LIMIT": "0"}
    with tempfile.TemporaryDirectory(prefix="wuguan-e2e-") as folder:
        data = Path(folder) / "data"
        with running_server(data, env=settings) as server:
            found = simulate(server, 12, last - timedelta(days=days), last)
        multiply(data, copies * 12, last)
        with running_server(data, env=settings, admin_key=server.admin_key) as again:
            found.base_url = again.base_url
            yield found


@contextmanager
def silent_district() -> Iterator[SimulatedDistrict]:
    """A server with a roster of twelve schools, of which none has reported anything."""
    with simulated_district(None, 0) as found:
        found.put_roster()
        yield found


def simulate(server: Server, schools: int, first: date, last: date) -> SimulatedDistrict:
    """Pushes what a simulated district sends, and waits until the figures hold it."""
    command = [
        *(sys.executable, "-m", "producers", "simulate", "--once"),
        *("--url", server.base_url, "--admin-key", server.admin_key, "--schools", str(schools)),
        *("--from", str(first), "--today", str(last)),
    ]
    subprocess.run(command, cwd=PROJECT, check=True, stdout=subprocess.DEVNULL, timeout=900)
    ids = [f"2199{number:06d}" for number in range(1, schools + 1)]
    found = SimulatedDistrict(server.base_url, server.admin_key, {}, ids, server.data_dir)
    found.settle(first)
    return found

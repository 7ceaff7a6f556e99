"""Check a server against the conformance case: `python -m tests.conformance.run`.

By default the server is our own, started afresh: embedded, or with `--runtime kafka` a
deployment on Kafka, Faust and TimescaleDB. `--url` and `--admin-key` name another one, with an
empty log and database. The last line says what was equal and what differed.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.progress import track

from deploy.local.errors import ServiceFault
from tests.conformance.case import Case, read_case
from tests.conformance.check import Step, check
from tests.conformance.conversation import Unanswered
from tests.deployment import running_deployment
from tests.server import ServerFault, running_server


class _OnConsole:
    """A bar where somebody looks, a line for each part where nobody does."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def __call__(self, title: str, steps: Sequence[Step]) -> Iterable[Step]:
        if self._console.is_terminal:
            return track(steps, title, console=self._console)
        self._console.print(f"{title}: {len(steps)}")
        return steps


@contextmanager
def _server(options: argparse.Namespace) -> Iterator[tuple[str, str]]:
    if options.url is not None:
        yield options.url, options.admin_key
        return
    with tempfile.TemporaryDirectory(prefix="wuguan-conformance-") as folder:
        if options.runtime == "kafka":
            # Two of each: what one worker alone gets right, several might not.
            with running_deployment(Path(folder), workers=2, rollups=2) as deployment:
                yield deployment.base_url, deployment.admin_key
        else:
            with running_server(Path(folder) / "data") as server:
                yield server.base_url, server.admin_key


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.conformance.run", description=__doc__)
    parser.add_argument("--url", help="check the server at this address; it must be empty")
    parser.add_argument("--admin-key", help="an admin key of that server")
    parser.add_argument(
        "--runtime", choices=("embedded", "kafka"), default="embedded", help="of our own server"
    )
    parser.add_argument(
        "--shuffled", type=int, metavar="SEED", help="another order, some twice; figures only"
    )
    options = parser.parse_args(arguments)
    if (options.url is None) != (options.admin_key is None):
        parser.error("--url and --admin-key go together: a server, and who may set it up")
    return options


def _clock_fault(case: Case, now: datetime) -> str | None:
    if now >= datetime.fromisoformat(case.now):
        return None
    return f"this machine's clock says {now:%Y-%m-%d %H:%M}Z; the case needs {case.now} or later"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run, report, and say by the exit code whether all was equal."""
    options = _options(arguments)
    narrate = _OnConsole(Console(stderr=True))
    if options.url is None and (fault := _clock_fault(read_case(), datetime.now(UTC))):
        sys.exit(fault)
    try:
        with _server(options) as (base_url, admin_key):
            verdict = check(base_url, admin_key, shuffled_seed=options.shuffled, narrate=narrate)
    except (ServerFault, ServiceFault, Unanswered) as error:
        sys.exit("\n".join(["conformance: could not be checked", str(error), *_notes(error)]))
    if verdict.report:
        print(verdict.report)
    print(verdict.line)
    return 0 if verdict.conforms else 1


def _notes(error: BaseException) -> list[str]:
    return getattr(error, "__notes__", [])


if __name__ == "__main__":
    sys.exit(main())

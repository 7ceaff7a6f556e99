"""What both fault programs do: set up, push under fire, wait until the figures are settled."""

import json
import random
import time
from collections.abc import Callable, Iterator, Sequence

import httpx
from rich.console import Console
from rich.progress import Progress

from tests.load import DISTRICT, Load, LoadRequest
from tests.pushing import Pushing
from wuguan.client.client import Client

_SETTLE_SECONDS = 300.0
_AHEAD = 16
console = Console(stderr=True)


def set_up(base_url: str, admin_key: str, load: Load) -> dict[str, str]:
    """Roster, calendar, and an ingest key for each school."""
    with Client(base_url, admin_key) as admin:
        admin.put_roster(load.roster())
        admin.put_calendar(load.calendar())
        return {
            school: admin.create_key("ingest", school_id=school, label="faults").key
            for school in load.school_ids()
        }


def push_under_fire(
    base_url: str, keys: dict[str, str], load: Load, victims: Sequence[str], seed: int,
    kill: Callable[[str], None],
) -> set[str]:  # fmt: skip
    """Pushes all of a load while one after another is killed; the ids answered as accepted."""
    requests, accepted = list(load.requests()), set[str]()

    def answered(request: LoadRequest, answer: bytes) -> None:
        counts = json.loads(answer)
        assert counts["accepted"] == len(request.ids), counts
        accepted.update(request.ids)

    plan = _plan(len(requests), victims, random.Random(seed))
    gated = _not_before_their_kill(requests, plan)
    pushing = Pushing(base_url, keys, gated, connections=8, on_answer=answered)
    pushing.start()
    with Progress(console=console) as progress:
        bar = progress.add_task("推送 pushing", total=len(requests))
        while pushing.working:
            progress.update(bar, completed=pushing.pushed)
            if plan and pushing.pushed >= plan[0][0]:
                _, victim = plan.pop(0)
                progress.console.print(f"kill -9 {victim} after {pushing.pushed} requests")
                kill(victim)
            time.sleep(0.01)
    pushing.wait()
    assert not plan, "the push ended before the last kill"
    return accepted


def _not_before_their_kill(
    requests: Sequence[LoadRequest], plan: Sequence[tuple[int, str]]
) -> Iterator[LoadRequest]:
    """The requests; those after the next kill but one wait until the next is done."""
    for number, request in enumerate(requests):
        while plan and number > plan[0][0] + _AHEAD:
            time.sleep(0.01)
        yield request


def is_settled_within(base_url: str, admin_key: str, load: Load) -> bool:
    """Whether the district's figures are settled in due time."""
    days, deadline = load.school_days(), time.monotonic() + _SETTLE_SECONDS
    query = {
        "level": "district", "unit": DISTRICT, "limit": "1",
        "from": days[0].isoformat(), "to": days[-1].isoformat(),
    }  # fmt: skip
    headers = {"Authorization": f"Bearer {admin_key}"}
    while time.monotonic() < deadline:
        try:
            answer = httpx.get(f"{base_url}/v1/tallies", params=query, headers=headers)
            if answer.status_code == 200 and answer.json()["settled"]:
                return True
        except httpx.TransportError:
            pass
        time.sleep(0.2)
    return False


def _plan(requests: int, victims: Sequence[str], chance: random.Random) -> list[tuple[int, str]]:
    """After how many requests who is killed: evenly spread, each a little off."""
    shuffled = list(victims)
    chance.shuffle(shuffled)
    step = requests // (len(shuffled) + 1)
    return [
        (step * number + chance.randrange(step // 2), victim)
        for number, victim in enumerate(shuffled, 1)
    ]

"""Requests that are looked for: pushed like all others, and seen in the figures of the district."""

import time
from collections.abc import Mapping, Sequence
from datetime import date
from threading import Lock, Thread
from typing import Any

import httpx

from tests.load import DISTRICT, Load, LoadRequest
from wuguan.domain.managements import MANAGEMENTS

_POLL_SECONDS = 0.01
_MOST_SECONDS = 120.0


class ProbeLoad(Load):
    """One class a grade on the last days of a load, which are kept for probes."""

    def class_ids(self) -> Sequence[str]:
        """The first class of each grade."""
        return [one for one in super().class_ids() if one.endswith("-01")]

    def school_days(self) -> Sequence[date]:
        """Mondays to Thursdays: sleep counts on days before a school day."""
        return [day for day in super().school_days()[-16:-1] if day.weekday() < 4]


class Probes:
    """One request at most under way on each probe day, and a thread that looks for them all."""

    def __init__(self, base_url: str, read_key: str, load: ProbeLoad) -> None:
        self._days = load.school_days()
        self._waiting = _by_day(load)
        self._http = httpx.Client(
            base_url=base_url, headers={"Authorization": f"Bearer {read_key}"}, timeout=60
        )
        self._lock = Lock()
        self._sent = dict.fromkeys(self._days, 0)
        self._accepted: dict[date, float] = {}
        self._under_way: set[date] = set()
        self._ending = False
        self.seconds: list[float] = []
        self.poll_seconds: list[float] = []
        self._thread = Thread(target=self._run, daemon=True)

    def next(self) -> tuple[date, LoadRequest] | None:
        """A probe on the day that has rested longest; None where all are under way."""
        with self._lock:
            free = [day for day in self._days if day not in self._under_way and self._waiting[day]]
            if not free:
                return None
            day = min(free, key=lambda one: self._sent[one])
            self._under_way.add(day)
            self._sent[day] += 1
            return day, self._waiting[day].pop()

    def accepted(self, day: date) -> None:
        """The 202 of the probe of that day has just come."""
        with self._lock:
            self._accepted[day] = time.monotonic()

    def until_settled(self) -> None:
        """Returns when the roster is in the figures; then begins to look for probes."""
        deadline = time.monotonic() + _MOST_SECONDS
        while not self._ask()["settled"]:
            assert time.monotonic() < deadline, "the figures do not settle"
            time.sleep(0.2)
        self._thread.start()

    def forget(self) -> None:
        """What was seen so far was warming up."""
        with self._lock:
            self.seconds.clear()
            self.poll_seconds.clear()

    def finish(self) -> None:
        """Returns when every probe was seen."""
        deadline = time.monotonic() + _MOST_SECONDS
        while self._under_way:
            assert self._thread.is_alive(), "the thread that looks has failed"
            assert time.monotonic() < deadline, f"not seen: the probes of {self._under_way}"
            time.sleep(0.05)
        self._ending = True
        self._thread.join()

    def _run(self) -> None:
        while not self._ending:
            begun = time.monotonic()
            reported = self._reported()
            seen = time.monotonic()
            self._note(reported, seen)
            self.poll_seconds.append(seen - begun)
            time.sleep(max(0.0, begun + _POLL_SECONDS - time.monotonic()))

    def _note(self, reported: Mapping[date, int], seen: float) -> None:
        with self._lock:
            for day, accepted in list(self._accepted.items()):
                if reported.get(day, 0) >= self._sent[day]:
                    # An answer may show it that was asked for before the 202 came.
                    self.seconds.append(max(seen - accepted, 0.0))
                    del self._accepted[day]
                    self._under_way.remove(day)

    def _reported(self) -> Mapping[date, int]:
        """Of each probe day, how many classes are reported in every management."""
        found: dict[date, list[int]] = {}
        for row in self._ask()["rows"]:
            found.setdefault(date.fromisoformat(row["day"]), []).append(row["reported"])
        return {day: min(of) for day, of in found.items() if len(of) == len(MANAGEMENTS)}

    def _ask(self) -> Mapping[str, Any]:
        query = {
            "level": "district", "unit": DISTRICT, "by": "total",
            "metric": [f"{name}.reporting" for name in MANAGEMENTS],
            "from": self._days[0].isoformat(), "to": self._days[-1].isoformat(),
        }  # fmt: skip
        answer: Mapping[str, Any] = (
            self._http.get("/v1/tallies", params=query).raise_for_status().json()
        )
        return answer


def _by_day(load: ProbeLoad) -> Mapping[date, list[LoadRequest]]:
    requests = list(load.requests())
    of_a_day = len(load.school_ids()) * len(load.class_ids())
    return {
        day: requests[number * of_a_day : (number + 1) * of_a_day]
        for number, day in enumerate(load.school_days())
    }

"""A steady load for the fault and bench programs: class-days, each told in one request.

Not a district that looks true (that is `producers`): even, seeded, and dense in the ways that cost
something, so that two runs can be compared.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any
from uuid import UUID

PROVINCE, DISTRICT = "990000", "990101"
PUPILS = 40
_ENTRY_YEARS = range(2021, 2026)
_FIRST_DAY = date(2026, 9, 1)


@dataclass(frozen=True)
class LoadRequest:
    """One request: the events of a class-day, of all five managements."""

    school_id: str
    ids: Sequence[str]
    body: bytes


@dataclass(frozen=True)
class Load:
    """So many schools and classes a grade, over so many school days."""

    schools: int
    classes_a_grade: int
    days: int
    seed: int = 1

    def school_ids(self) -> Sequence[str]:
        """The schools, in the invented province 99."""
        return [f"2199{number:06d}" for number in range(1, self.schools + 1)]

    def class_ids(self) -> Sequence[str]:
        """The classes that every school has."""
        numbers = range(1, self.classes_a_grade + 1)
        return [f"P{year}-{number:02d}" for year in _ENTRY_YEARS for number in numbers]

    def school_days(self) -> Sequence[date]:
        """Days of September and October 2026, without weekends and holidays."""
        off = {date(2026, 9, 25), *(date(2026, 10, day) for day in range(1, 8))}
        days = (_FIRST_DAY + timedelta(days=number) for number in range(80))
        return [day for day in days if day.weekday() < 5 and day not in off][: self.days]

    def roster(self) -> Mapping[str, Any]:
        """The body of `PUT /v1/roster`."""
        units = [
            {"unit_id": PROVINCE, "level": "province", "name": "测试省", "parent": None},
            {"unit_id": DISTRICT, "level": "district", "name": "测试区", "parent": PROVINCE},
        ]
        schools = [
            {"school_id": one, "name": f"测试小学{one}", "parent": DISTRICT, "system": "6-3"}
            for one in self.school_ids()
        ]
        classes = [
            {
                "school_id": school,
                "class_id": class_id,
                "stage": "primary",
                "entry_year": int(class_id[1:5]),
                "valid_from": _FIRST_DAY.isoformat(),
                "enrolment": [{"from": _FIRST_DAY.isoformat(), "pupils": PUPILS}],
            }
            for school in self.school_ids()
            for class_id in self.class_ids()
        ]
        return {"units": units, "schools": schools, "classes": classes}

    def calendar(self) -> Mapping[str, Any]:
        """The body of `PUT /v1/calendar`."""
        last = self.school_days()[-1]
        term = {"from": _FIRST_DAY.isoformat(), "to": last.isoformat()}
        return {"unit_id": DISTRICT, "terms": [term]}

    def requests(self) -> Iterator[LoadRequest]:
        """Every class-day of every school, day by day; about 100 events each."""
        random = Random(self.seed)
        for day in self.school_days():
            for school in self.school_ids():
                for class_id in self.class_ids():
                    yield _request(random, school, class_id, day)


def _request(random: Random, school: str, class_id: str, day: date) -> LoadRequest:
    system, at = f"/schools/{school}/load", f"{day.isoformat()}T23:0{random.randrange(10)}:00+08:00"
    events, ids = [], []
    for kind, fields in _facts(random, day):
        ids.append(str(UUID(int=random.getrandbits(128))))
        event = {
            "specversion": "1.0",
            "id": ids[-1],
            "source": system,
            "type": f"wuguan.{kind}.v1",
            "time": at,
            "data": {"class_id": class_id, "day": day.isoformat(), **fields},
        }
        events.append(event)
    body = json.dumps(events, separators=(",", ":")).encode()
    return LoadRequest(school, ids, body)


def _facts(random: Random, day: date) -> Iterator[tuple[str, Mapping[str, Any]]]:
    pids = [f"{number:032x}" for number in range(PUPILS)]
    tomorrow = (day + timedelta(days=1)).isoformat()
    for pid in pids:
        slept = f"{day.isoformat()}T21:{random.randrange(60):02d}:00+08:00"
        woke = f"{tomorrow}T06:{random.randrange(60):02d}:00+08:00"
        yield "sleep.bedtime_reported", {"pid": pid, "slept_at": slept, "woke_at": woke}
    for number in range(2):
        assigned = {
            "assignment_id": f"a{number}", "subject": "maths", "form": "written", "place": "home",
            "estimated_minutes": random.randrange(10, 40), "channel": "board",
        }  # fmt: skip
        yield "homework.assigned", assigned
    for pid in pids[:20]:
        yield "homework.timed", {"pid": pid, "minutes": random.randrange(10, 80)}
    for pid in pids[:5]:
        yield "phone.checked_in", {"pid": pid, "permitted": random.random() < 0.97}
        yield "phone.returned", {"pid": pid}
    yield "phone.class_checked", {"check_id": "c1", "found": int(random.random() < 0.02)}
    for number in range(6):
        loan = {"loan_id": f"l{number}", "pid": pids[number], "item": "9787020002207"}
        yield "reading.loaned", loan
    for number, kind in enumerate(("pe_lesson", "big_break", "recess")):
        session = {"session_id": f"s{number}", "kind": kind, "minutes": random.randrange(30, 50)}
        yield "fitness.session_held", session
    for pid in pids[:18]:
        yield "fitness.exercise_reported", {"pid": pid, "minutes": random.randrange(120)}

"""What the schools of a check report: one return a class, management and school day, as events."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import msgspec

from wuguan.domain.envelope import ENVELOPES, Envelope
from wuguan.domain.event import full_type
from wuguan.domain.managements import METRICS

_PUPILS = 20
"""Enough that no figure of pupils is withheld."""
_Returns = Mapping[str, Sequence[tuple[str, Mapping[str, object]]]]


def returns(
    school_id: str, class_id: str, day: date, management: str, *, keeps: bool
) -> list[Envelope]:
    """The events of a class-day; whether they keep the rules."""
    told = (_KEEPING if keeps else _BREAKING)[management]
    return [
        _event(
            school_id, number, short_type, {"class_id": class_id, "day": day.isoformat(), **data}
        )
        for number, (short_type, data) in enumerate(told)
    ]


def _event(school_id: str, number: int, short_type: str, data: Mapping[str, Any]) -> Envelope:
    attributes = {
        "specversion": "1.0",
        "id": f"{data['class_id']}-{data['day']}-{short_type}-{number}",
        "source": f"/schools/{school_id}/board",
        "type": full_type(short_type),
        "time": f"{data['day']}T23:00:00+08:00",
        "data": data,
    }
    return msgspec.convert(attributes, ENVELOPES[full_type(short_type)])


def _counts(metric: str, low: int, high: int) -> list[int]:
    """A survey in which half the pupils answer the one value, half the other."""
    both = [low] * (_PUPILS // 2) + [high] * (_PUPILS // 2)
    return list(METRICS[metric].bins_of(both))


def _night(duration: int, bedtime: int) -> dict[str, object]:
    return {
        "asked": _PUPILS,
        "duration_counts": _counts("sleep.duration", duration, duration + 40),
        "bedtime_counts": _counts("sleep.bedtime", bedtime, bedtime + 20),
    }


def _of(
    minutes: int, tasks: int, marked: int, sleep: int, found: int, removed: int, sport: int
) -> _Returns:
    return {
        "homework": [
            (
                "homework.day_reported",
                {"written_minutes": minutes, "basis": "timed", "written_tasks": tasks,
                 "phone_tasks": tasks, "parent_tasks": 0},
            ),
            (
                "homework.marking_checked",
                {"check_id": "m", "subject": "maths", "collected": 20, "marked_by_teacher": marked},
            ),
        ],
        "sleep": [("sleep.night_surveyed", _night(sleep, 1100 - sleep))],
        "phone": [
            ("phone.day_reported", {"brought": 2, "permitted": 1, "stored": 2, "returned": 2}),
            ("phone.class_checked", {"check_id": "c", "found": found}),
            (
                "phone.screen_surveyed",
                {"asked": _PUPILS, "leisure_counts": _counts("phone.screen_time", 20, 50),
                 "both_kept": _PUPILS // 2},
            ),
        ],
        "reading": [
            ("reading.loans_counted", {"loans": 7}),
            ("reading.swept", {"sweep_id": "s", "checked": 90, "unfit": 2, "removed": removed}),
        ],
        "fitness": [
            (
                "fitness.day_reported",
                {"pe_planned": 1, "pe_held": int(sport > 60), "big_breaks": sport // 60,
                 "exercise_minutes": sport // 2, "sport_minutes": sport},
            ),
            (
                "fitness.exercise_surveyed",
                {"asked": _PUPILS, "minute_counts": _counts("fitness.out_of_school", 50, 70)},
            ),
        ],
    }  # fmt: skip


_KEEPING = _of(minutes=30, tasks=0, marked=20, sleep=600, found=0, removed=2, sport=125)
_BREAKING = _of(minutes=130, tasks=1, marked=5, sleep=420, found=1, removed=0, sport=30)

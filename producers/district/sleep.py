"""Sleep of a class: a survey of one school night a week, or each pupil's night from a form."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from random import Random

from msgspec import Struct

from producers.district.arrival import answered
from producers.district.class_day import ClassDay, Fact, binned, clock
from producers.district.school_year import ONE_DAY

DURATION_EDGES = (360, 420, 450, 480, 510, 540, 570, 600, 630, 660)
BEDTIME_EDGES = (480, 510, 540, 560, 600, 630, 660, 690, 720)
ROUNDED_SHARE = 0.6
"""Six in ten people remember the half hour, not the minute."""
EARLY_SHARE = 0.62 / 0.78
"""Of the parents who note a night: they do it before work."""
NOT_SURVEYED_SHARE = 0.03


class Habit(Struct, frozen=True):
    """When a stage goes to bed and gets up: minutes after 12:00, and how far pupils differ."""

    bed: float
    bed_spread: float
    wake: float
    wake_spread: float
    later_a_grade: float
    middle_grade: float


# 21:05 to 6:47, 21:55 to 6:12, 23:00 to 6:10. Published attainment: about 31, 17 and 12 %.
HABITS = {
    "primary": Habit(545, 30, 1127, 15, 3, 3.5),
    "junior": Habit(591, 36, 1092, 15, 5, 8),
    "senior": Habit(658, 36, 1090, 15, 5, 11),
}


class Sleep(Struct, frozen=True):
    """The night of every pupil: minutes after 12:00 to falling asleep, and to waking up."""

    slept: tuple[int, ...]
    woke: tuple[int, ...]


def draw(here: ClassDay, random: Random) -> Sleep | None:
    """The night that begins on the evening of the day, if somebody asks about it."""
    if not here.night_is_asked_about:
        return None
    habit = HABITS[here.room.stage]
    bed = habit.bed + (here.room.grade - habit.middle_grade) * habit.later_a_grade
    bed += _tendency(here.seed, here.room.school_id)
    pupils = range(here.room.pupils)
    woke = (round(random.gauss(habit.wake, habit.wake_spread)) for _ in pupils)
    return Sleep(
        tuple(_slept(random.gauss(bed, habit.bed_spread), random) for _ in pupils),
        tuple(min(max(one, 1030), 1230) for one in woke),
    )


def facts(here: ClassDay, drawn: Sleep, random: Random) -> list[Fact]:
    """What is said of it in the morning, or in the evening after."""
    if here.school.nightly_bedtimes:
        return _reports(here, drawn, random)
    return _surveys(here, drawn, random)


def _slept(bed: float, random: Random) -> int:
    slept = round(bed / 30) * 30 if random.random() < ROUNDED_SHARE else round(bed)
    return min(max(slept, 420), 800)


@cache
def _tendency(seed: int, school_id: str) -> float:
    """How much later than elsewhere the families of a school go to bed."""
    return Random(f"{seed}/{school_id}/sleep").gauss(0, 2.5)


def _reports(here: ClassDay, drawn: Sleep, random: Random) -> list[Fact]:
    pids, noon = here.pids(), clock(here.day, 12)
    pupils = random.sample(range(len(pids)), answered(here, random)[1])
    return [
        _report(here, pids[one], drawn.slept[one], drawn.woke[one], noon, random) for one in pupils
    ]


def _report(
    here: ClassDay, pupil: str, slept: int, woke: int, noon: datetime, random: Random
) -> Fact:
    fields = {
        "pid": pupil,
        "slept_at": (noon + timedelta(minutes=slept)).isoformat(),
        "woke_at": (noon + timedelta(minutes=woke)).isoformat(),
    }
    early = random.random() < EARLY_SHARE
    # Nobody notes a night before it is over, and few get up after half past eight.
    minute = random.uniform(45, 90) if early else random.uniform(90, 300)
    return Fact(
        "sleep.bedtime_reported",
        clock(here.day + ONE_DAY, 7, minute),
        fields,
        "sleep-form",
        "parent_form",
    )


def _surveys(here: ClassDay, drawn: Sleep, random: Random) -> list[Fact]:
    """The answers there by the evening, and all of them at noon: one fact, stated again."""
    if random.random() < NOT_SURVEYED_SHARE and not here.school.too_perfect:
        return []
    order = random.sample(range(here.room.pupils), here.room.pupils)
    by_evening, by_noon = answered(here, random)
    asked = here.day + ONE_DAY
    minute = random.uniform(0, 20)
    return [
        _survey(here, drawn, order[:by_evening], clock(asked, 21, minute)),
        _survey(here, drawn, order[:by_noon], clock(asked + ONE_DAY, 12, minute)),
    ]


def _survey(here: ClassDay, drawn: Sleep, pupils: Sequence[int], at: datetime) -> Fact:
    slept = [drawn.woke[one] - drawn.slept[one] for one in pupils]
    bedtimes = [drawn.slept[one] for one in pupils]
    fields = {
        "asked": here.room.pupils,
        "duration_counts": binned(slept, DURATION_EDGES, right_closed=False),
        "bedtime_counts": binned(bedtimes, BEDTIME_EDGES, right_closed=True),
        "minutes_total": sum(slept),
    }
    return Fact("sleep.night_surveyed", at, fields, "sleep-form", "parent_form")

"""Sleep of a class: a survey of one school night a week, or each pupil's night from a form."""

from datetime import datetime, timedelta
from random import Random

from msgspec import Struct

from producers.district.class_day import ClassDay, Fact, binned, clock
from producers.district.school_year import ONE_DAY

DURATION_EDGES = (360, 420, 450, 480, 510, 540, 570, 600, 630, 660)
BEDTIME_EDGES = (480, 510, 540, 560, 600, 630, 660, 690, 720)
RESPONSE_BY_MORNING = 0.62
RESPONSE_BY_NOON = 0.78


class Habit(Struct, frozen=True):
    """When a stage goes to bed and gets up: minutes after 12:00, and how far pupils differ."""

    bed: float
    bed_spread: float
    wake: float
    wake_spread: float


# 21:05 to 6:47, 21:55 to 6:12, 23:00 to 6:10. Published attainment: about 31, 17 and 12 %.
HABITS = {
    "primary": Habit(545, 32, 1127, 15),
    "junior": Habit(593, 38, 1093, 15),
    "senior": Habit(660, 38, 1090, 15),
}


class Night(Struct, frozen=True):
    """One pupil's night, in minutes after 12:00 of the day on which it begins."""

    slept: int
    woke: int

    @property
    def minutes(self) -> int:
        """How long the pupil slept."""
        return self.woke - self.slept


def facts(here: ClassDay) -> list[Fact]:
    """What is said of the night that begins on the evening of the day."""
    if not here.night_is_surveyed:
        return []
    random = here.random("sleep")
    nights = [_night(here, random) for _ in range(here.room.pupils)]
    order = random.sample(range(here.room.pupils), here.room.pupils)
    if here.sends_detail("sleep"):
        return _reports(here, nights, order, random)
    return _surveys(here, nights, order, random)


def _night(here: ClassDay, random: Random) -> Night:
    habit = HABITS[here.room.stage]
    bed = random.gauss(habit.bed, habit.bed_spread)
    # Six in ten people remember the half hour, not the minute.
    slept = round(bed / 30) * 30 if random.random() < 0.6 else round(bed)
    slept = min(max(slept, 420), 800)
    woke = round(random.gauss(habit.wake, habit.wake_spread))
    return Night(slept, min(max(woke, 1030), 1230))


def _reports(here: ClassDay, nights: list[Night], order: list[int], random: Random) -> list[Fact]:
    told, pids = [], here.pids()
    for pupil in order[: round(RESPONSE_BY_NOON * len(order))]:
        fields = {
            "pid": pids[pupil],
            "slept_at": _after_noon(here, nights[pupil].slept).isoformat(),
            "woke_at": _after_noon(here, nights[pupil].woke).isoformat(),
        }
        at = clock(here.day + ONE_DAY, 8, random.uniform(40, 230))
        told.append(Fact("sleep.bedtime_reported", at, fields, "sleep-form", "parent_form"))
    return told


def _surveys(here: ClassDay, nights: list[Night], order: list[int], random: Random) -> list[Fact]:
    """The answers there in the morning, and all of them at noon: one fact, stated again."""
    if random.random() < 0.03:
        return []
    told, minute = [], random.uniform(0, 45)
    for share, hour in ((RESPONSE_BY_MORNING, 8), (RESPONSE_BY_NOON, 12)):
        answered = [nights[pupil] for pupil in order[: round(share * len(order))]]
        told.append(_survey(here, answered, clock(here.day + ONE_DAY, hour, minute)))
    return told


def _survey(here: ClassDay, nights: list[Night], at: datetime) -> Fact:
    slept = [night.minutes for night in nights]
    fields = {
        "asked": here.room.pupils,
        "duration_counts": binned(slept, DURATION_EDGES, right_closed=False),
        "bedtime_counts": binned([n.slept for n in nights], BEDTIME_EDGES, right_closed=True),
        "minutes_total": sum(slept),
    }
    return Fact("sleep.night_surveyed", at, fields, "sleep-form", "parent_form")


def _after_noon(here: ClassDay, minutes: int) -> datetime:
    return clock(here.day, 12) + timedelta(minutes=minutes)

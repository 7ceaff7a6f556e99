"""When what a class has to say arrives: the habits of a school's office."""

from datetime import date, datetime
from random import Random

from producers.district.class_day import ClassDay, clock
from producers.district.school_year import ONE_DAY, is_school_day

AFTERNOON_SHARE = 0.70
ON_TIME_SHARE = 0.91
ON_TIME_SHARE_OF_A_LATE_SCHOOL = 0.35
RESPONSE_BY_EVENING = 0.62 / 0.78
"""Of those who answer at all."""
RESPONSE_BY_NOON = 0.78


def handed_in(here: ClassDay, random: Random) -> datetime:
    """When a class return arrives: most after lessons, some in the evening, a tenth late."""
    if here.school.too_perfect:
        return clock(here.day, 15, 30)
    if here.school.hands_in == "on_fridays":
        return clock(_end_of_week(here.day, here.room.stage), 16, 40 + random.uniform(0, 4))
    chance = random.random()
    if here.school.hands_in == "late" and chance > ON_TIME_SHARE_OF_A_LATE_SCHOOL:
        return _late(here.day, random, (3, 4, 2, 1))
    if chance < AFTERNOON_SHARE:
        return clock(here.day, 15, random.uniform(30, 150))
    if chance < ON_TIME_SHARE:
        return clock(here.day, 17, random.uniform(30, 240))
    return _late(here.day, random, (7, 2, 1))


def answered(here: ClassDay, random: Random) -> tuple[int, int]:
    """How many families of a class have answered by the evening, and how many by noon."""
    if here.school.too_perfect:
        return here.room.pupils, here.room.pupils
    share = min(0.97, random.gauss(RESPONSE_BY_NOON, 0.06))
    by_noon = round(here.room.pupils * share)
    return round(by_noon * RESPONSE_BY_EVENING), by_noon


def _late(day: date, random: Random, weights: tuple[int, ...]) -> datetime:
    """A morning of the next days; nobody is in the office on a weekend."""
    days = random.choices(range(1, len(weights) + 1), weights)[0]
    day += days * ONE_DAY
    while day.isoweekday() > 5:
        day += ONE_DAY
    return clock(day, 8, random.uniform(0, 100))


def _end_of_week(day: date, stage: str) -> date:
    """The last school day from Monday to Friday of the week, or `day` if that was before it."""
    friday = day + (5 - day.isoweekday()) * ONE_DAY
    while friday > day and not is_school_day(friday, stage):
        friday -= ONE_DAY
    return max(friday, day)

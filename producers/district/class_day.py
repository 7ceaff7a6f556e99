"""One class on one day, and the facts that somebody there states."""

from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from msgspec import Struct

from producers.district.calendar import SURVEY_WEEKDAY
from producers.district.organisation import SchoolClass, SchoolProfile, pseudonyms
from producers.district.school_year import (
    ONE_DAY,
    after_a_break,
    exams,
    is_school_day,
    weekend_follows,
)
from wuguan.domain.instants import CHINA


class Fact(Struct, frozen=True):
    """One thing stated, and when: the short type, and the fields after `class_id` and `day`."""

    type: str
    at: datetime
    fields: dict[str, Any]
    system: str = "school-office"
    sourcekind: str = "school_system"


class ClassDay(Struct, frozen=True):
    """A class on a day: all that a management must know to say what happened."""

    seed: int
    school: SchoolProfile
    room: SchoolClass
    day: date

    @property
    def is_school_day(self) -> bool:
        """Whether the class has school."""
        return is_school_day(self.day, self.room.stage)

    @property
    def weekend_follows(self) -> bool:
        """Whether today's homework is the weekend's."""
        return weekend_follows(self.day, self.room.stage)

    @property
    def after_a_break(self) -> bool:
        """Whether school begins again today."""
        return after_a_break(self.day, self.room.stage)

    @property
    def is_surveyed(self) -> bool:
        """Whether pupils are asked about their day."""
        return self.is_school_day and self.day.isoweekday() == SURVEY_WEEKDAY

    @property
    def night_is_surveyed(self) -> bool:
        """Whether parents are asked about the night that begins this evening."""
        asked = self.day.isoweekday() == SURVEY_WEEKDAY
        return asked and is_school_day(self.day + ONE_DAY, self.room.stage)

    @property
    def exams(self) -> bool:
        """Whether it is a week of examinations."""
        return exams(self.day)

    @property
    def rains(self) -> bool:
        """One day in eight, for the whole district."""
        return Random(f"{self.seed}/{self.day}/rain").random() < 1 / 8

    def sends_detail(self, management: str) -> bool:
        """Whether the class's own systems send each task, pupil or session."""
        first = self.room.number <= self.school.detail_classes
        return first and management in self.school.detail

    def pids(self) -> list[str]:
        """The pseudonyms of the class."""
        return pseudonyms(self.room, self.seed)

    def random(self, of: str) -> Random:
        """The chances of one thing on this day: the same whatever else is asked before."""
        return Random(f"{self.seed}/{self.room.school_id}/{self.room.class_id}/{self.day}/{of}")


def clock(day: date, hour: int, minute: float = 0) -> datetime:
    """A clock reading in China; minutes past 60 go on into the next hours."""
    begun = datetime.combine(day, time(hour), CHINA)
    return begun + timedelta(seconds=round(minute * 60))


def handed_in(day: date, random: Random) -> datetime:
    """When a class return arrives: most after lessons, some in the evening, a tenth late."""
    chance = random.random()
    if chance < 0.70:
        return clock(day, 15, random.uniform(30, 150))
    if chance < 0.91:
        return clock(day, 17, random.uniform(30, 240))
    late = random.choices((1, 2, 3), (7, 2, 1))[0]
    return clock(day + late * ONE_DAY, 8, random.uniform(0, 100))


def chance_count(random: Random, trials: int, share: float) -> int:
    """How many of `trials` happen."""
    return sum(random.random() < share for _ in range(trials))


def binned(values: list[int], edges: tuple[int, ...], *, right_closed: bool) -> list[int]:
    """How many values fall in each bin; a value on an edge is in the lower bin if right-closed."""
    counts = [0] * (len(edges) + 1)
    for value in values:
        below = (edge < value if right_closed else edge <= value for edge in edges)
        counts[sum(below)] += 1
    return counts

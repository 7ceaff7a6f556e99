"""One class on one day, and the facts that somebody there states."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from functools import cache
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
    term_of,
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
    def night_is_asked_about(self) -> bool:
        """Whether parents are asked about the school night that begins this evening."""
        asked = self.school.nightly_bedtimes or self.day.isoweekday() == SURVEY_WEEKDAY
        return asked and is_school_day(self.day + ONE_DAY, self.room.stage)

    @property
    def exams(self) -> bool:
        """Whether it is a week of examinations."""
        return exams(self.day)

    @property
    def rains(self) -> bool:
        """One day in eight, for the whole district."""
        return _rains(self.seed, self.day)

    @property
    def is_sports_day(self) -> bool:
        """Whether the whole school holds its 运动会: one school day of a term."""
        return _sports_day(self.seed, self.school.school_id, self.room.stage, self.day) == self.day

    def sends_detail(self, management: str) -> bool:
        """Whether the school's own systems send each task, pupil or session."""
        return management in self.school.detail

    def pids(self) -> tuple[str, ...]:
        """The pseudonyms of the class."""
        return pseudonyms(self.room, self.seed)

    def random(self, of: str) -> Random:
        """The chances of one thing on this day: the same whatever else is asked before."""
        return Random(f"{self.seed}/{self.room.school_id}/{self.room.class_id}/{self.day}/{of}")

    def habit(self, of: str) -> Random:
        """The chances of what is the same in this class on every day of its years."""
        return Random(f"{self.seed}/{self.room.school_id}/{self.room.class_id}/{of}")


def clock(day: date, hour: int, minute: float = 0) -> datetime:
    """A clock reading in China; minutes past 60 go on into the next hours."""
    begun = datetime.combine(day, time(hour), CHINA)
    return begun + timedelta(seconds=round(minute * 60))


def chance_count(random: Random, trials: int, share: float) -> int:
    """How many of `trials` happen."""
    chance = random.random
    return sum(chance() < share for _ in range(trials))


def binned(values: Iterable[int], edges: tuple[int, ...], *, right_closed: bool) -> list[int]:
    """How many values fall in each bin; a value on an edge is in the lower bin if right-closed."""
    counts = [0] * (len(edges) + 1)
    place = bisect_left if right_closed else bisect_right
    for value in values:
        counts[place(edges, value)] += 1
    return counts


@cache
def _rains(seed: int, day: date) -> bool:
    return Random(f"{seed}/{day}/rain").random() < 1 / 8


@cache
def _sports_day(seed: int, school_id: str, stage: str, day: date) -> date | None:
    """The sports day of the term of `day`: a school day of its seventh to ninth week."""
    term = term_of(day)
    if term is None:
        return None
    random = Random(f"{seed}/{school_id}/{term.first}/sports day")
    day = term.first + timedelta(days=42 + random.randrange(21))
    while day <= term.last and not is_school_day(day, stage):
        day += ONE_DAY
    return day

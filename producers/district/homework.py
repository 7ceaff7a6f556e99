"""Homework of a class: a return at the end of the day, or each task and each pupil's minutes."""

from functools import cache
from random import Random

from msgspec import Struct

from producers.district.arrival import handed_in
from producers.district.class_day import ClassDay, Fact, chance_count, clock

# Means from Monday to Thursday, by grade, and how far days differ from them.
MEAN_MINUTES = {3: 35, 4: 40, 5: 45, 6: 48, 7: 65, 8: 72, 9: 79, 10: 105, 11: 115, 12: 130}
SPREAD_MINUTES = {"primary": 9, "junior": 11, "senior": 18}
CLASSES_SPREAD_MINUTES = 4
OVERLOAD_MINUTES = 18
WEEKEND_TIMES = 1.8
EXACTLY_AT_LIMIT_SHARE = 0.2
"""Of grades 5 and 6 of primary school."""
LIMIT_MINUTES = {"primary": 60, "junior": 90}
PULLED_TO_LIMIT_SHARE = 0.4
WITHOUT_ON_WEDNESDAY_SHARE = 0.25
PERFECT_MINUTES = 30
NOTED_SHARE = 0.85
NOTED_AGAINST_A_ZERO_SHARE = 0.55
SUBJECTS = ("chinese", "maths", "english")


class Homework(Struct, frozen=True):
    """What a class was set for home on a day."""

    minutes: int
    tasks: int
    by_phone: int
    by_parents: int
    taken: tuple[int, ...] = ()
    """Each pupil's minutes, where parents note them."""
    collected: int = 0
    marked: int = 0


def draw(here: ClassDay, random: Random) -> Homework | None:
    """What was set on a school day."""
    if not here.is_school_day:
        return None
    minutes = _minutes(here, random)
    collected, marked = _marking(here, random)
    return Homework(
        minutes,
        _tasks(minutes, random),
        int(random.random() < here.school.forbidden_share),
        int(random.random() < here.school.forbidden_share / 2),
        _taken(here, minutes, random),
        collected,
        marked,
    )


def facts(here: ClassDay, drawn: Homework, random: Random) -> list[Fact]:
    """What is said of it."""
    if here.sends_detail("homework"):
        told = _detail(here, drawn, random)
    else:
        told = [_return(here, drawn, random), *_contradictions(here, drawn, random)]
    if drawn.collected:
        told.append(_checked(here, drawn, random))
    return told


def _minutes(here: ClassDay, random: Random) -> int:
    """What the class is set in writing, in minutes."""
    if here.room.grade <= 2:
        return 15 * (random.random() < here.school.forbidden_share)
    if here.school.too_perfect:
        return PERFECT_MINUTES
    if here.is_sports_day or _nothing_on_wednesday(here, random):
        return 0
    if _exactly_at_limit(here, random):
        return LIMIT_MINUTES["primary"]
    return _about_the_mean(here, random)


def _nothing_on_wednesday(here: ClassDay, random: Random) -> bool:
    if here.room.stage != "primary" or here.day.isoweekday() != 3:
        return False
    return not here.school.zeros_contradicted and random.random() < WITHOUT_ON_WEDNESDAY_SHARE


def _exactly_at_limit(here: ClassDay, random: Random) -> bool:
    if here.room.stage != "primary" or here.room.grade not in (5, 6):
        return False
    return random.random() < EXACTLY_AT_LIMIT_SHARE


def _about_the_mean(here: ClassDay, random: Random) -> int:
    grade, stage = here.room.grade, here.room.stage
    mean = MEAN_MINUTES[grade] + _tendency(here.seed, here.room.school_id, here.room.class_id)
    mean += OVERLOAD_MINUTES if grade in here.school.overloaded_grades else 0
    minutes = max(5.0, random.gauss(mean, SPREAD_MINUTES[stage]))
    if here.weekend_follows:
        return round(minutes * WEEKEND_TIMES)
    return _pulled(here, minutes, random)


def _pulled(here: ClassDay, minutes: float, random: Random) -> int:
    """Who is over the limit and notices leaves out a task, and ends at it."""
    limit = LIMIT_MINUTES.get(here.room.stage)
    if limit and minutes > limit and random.random() < PULLED_TO_LIMIT_SHARE:
        return limit
    return round(minutes)


@cache
def _tendency(seed: int, school_id: str, class_id: str) -> float:
    """How much more or less than others the teachers of a class set, all year."""
    return Random(f"{seed}/{school_id}/{class_id}/homework").gauss(0, CLASSES_SPREAD_MINUTES)


def _tasks(minutes: int, random: Random) -> int:
    return min(len(SUBJECTS), 1 + minutes // 20 + random.randint(0, 1)) if minutes else 0


def _taken(here: ClassDay, minutes: int, random: Random) -> tuple[int, ...]:
    """What each pupil needed for it, where somebody notes that."""
    noted = here.sends_detail("homework") or _is_denied(here, minutes)
    if not noted or not minutes:
        return ()
    drawn = (random.gauss(minutes, minutes * 0.2) for _ in range(here.room.pupils))
    return tuple(min(600, max(1, round(one))) for one in drawn)


def _is_denied(here: ClassDay, minutes: int) -> bool:
    """Whether the return will say that nothing was set."""
    return here.school.zeros_contradicted and here.day.isoweekday() == 3 and minutes > 0


def _marking(here: ClassDay, random: Random) -> tuple[int, int]:
    """On Thursdays somebody looks through what was collected: how much, and how much marked."""
    if here.day.isoweekday() != 4 or here.room.grade <= 2:
        return 0, 0
    collected = chance_count(random, here.room.pupils * 3, 0.97)
    if here.school.too_perfect or random.random() < 0.9:
        return collected, collected
    return collected, chance_count(random, collected, 0.9)


def _return(here: ClassDay, drawn: Homework, random: Random) -> Fact:
    at = handed_in(here, random)
    denied = _is_denied(here, drawn.minutes)
    minutes, tasks = (0, 0) if denied else (drawn.minutes, drawn.tasks)
    nothing = minutes == drawn.by_phone == drawn.by_parents == 0
    if nothing and not denied and random.random() < 0.4:
        return Fact("homework.nil_reported", at, {})
    timed = random.random() < 0.3
    fields: dict[str, object] = {
        "written_minutes": minutes,
        "basis": "timed" if timed else "estimated",
    }
    if timed:
        fields["respondents"] = chance_count(random, here.room.pupils, 0.8)
    fields |= {"written_tasks": tasks, "phone_tasks": drawn.by_phone}
    fields["parent_tasks"] = drawn.by_parents
    return Fact("homework.day_reported", at, fields)


def _contradictions(here: ClassDay, drawn: Homework, random: Random) -> list[Fact]:
    """Parents' notes of what the return says was not set."""
    if not _is_denied(here, drawn.minutes):
        return []
    return _timed(here, drawn, NOTED_AGAINST_A_ZERO_SHARE, random)


def _detail(here: ClassDay, drawn: Homework, random: Random) -> list[Fact]:
    if not drawn.tasks:
        at = clock(here.day, 16, random.uniform(0, 60))
        return [Fact("homework.nil_reported", at, {}, "homework-board")]
    share, rest = divmod(drawn.minutes, drawn.tasks)
    minutes = [share + (number < rest) for number in range(drawn.tasks)]
    told = [_assigned(here, drawn, number, one, random) for number, one in enumerate(minutes)]
    return told + _timed(here, drawn, NOTED_SHARE, random)


def _assigned(here: ClassDay, drawn: Homework, number: int, minutes: int, random: Random) -> Fact:
    fields: dict[str, object] = {
        "assignment_id": f"a-{here.room.class_id}-{here.day:%Y%m%d}-{number + 1}",
        "subject": SUBJECTS[number],
        "form": "written",
        "place": "home",
        "estimated_minutes": minutes,
        "channel": "wechat" if number < drawn.by_phone else "board",
    }
    if len(SUBJECTS) - 1 - number < drawn.by_parents:
        fields["parent_task"] = True
    at = clock(here.day, 14, random.uniform(0, 140))
    return Fact("homework.assigned", at, fields, "homework-board", "teacher_form")


def _timed(here: ClassDay, drawn: Homework, share: float, random: Random) -> list[Fact]:
    """The minutes that families noted in the evening."""
    told = []
    for pupil, taken in zip(here.pids(), drawn.taken, strict=True):
        if random.random() < share:
            finished = clock(here.day, 18, random.uniform(20, 170))
            fields = {"pid": pupil, "minutes": taken, "finished_at": finished.isoformat()}
            told.append(Fact("homework.timed", finished, fields, "homework-board", "parent_form"))
    return told


def _checked(here: ClassDay, drawn: Homework, random: Random) -> Fact:
    fields = {
        "check_id": f"m-{here.room.class_id}-{here.day:%Y%m%d}",
        "subject": random.choice(SUBJECTS),
        "collected": drawn.collected,
        "marked_by_teacher": drawn.marked,
    }
    return Fact("homework.marking_checked", clock(here.day, 16, random.uniform(0, 70)), fields)

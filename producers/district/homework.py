"""Homework of a class: a return at the end of the day, or each task and each pupil's minutes."""

from random import Random

from producers.district.class_day import ClassDay, Fact, chance_count, clock, handed_in

# Means from Monday to Thursday, by grade; a few people more strict than others about the limit.
MEAN_MINUTES = {3: 35, 4: 40, 5: 45, 6: 48, 7: 65, 8: 72, 9: 80, 10: 105, 11: 115, 12: 130}
SPREAD_MINUTES = {"primary": 10, "junior": 12, "senior": 20}
LIMIT_MINUTES = {"primary": 60, "junior": 90}
PULLED_TO_LIMIT = {9: 0.25}
SUBJECTS = ("chinese", "maths", "english")


def facts(here: ClassDay) -> list[Fact]:
    """What is said of homework on a school day."""
    if not here.is_school_day:
        return []
    random = here.random("homework")
    minutes = _minutes(here, random)
    if here.sends_detail("homework"):
        told = _detail(here, minutes, random)
    else:
        told = [_day_report(here, minutes, random)]
    if here.day.isoweekday() == 4 and here.room.grade > 2:
        told.append(_marking(here, random))
    return told


def _minutes(here: ClassDay, random: Random) -> int:
    """What the class is set in writing, in minutes."""
    grade, stage = here.room.grade, here.room.stage
    if grade <= 2:
        return 15 if random.random() < 0.012 else 0
    if stage == "primary" and here.day.isoweekday() == 3 and random.random() < 0.25:
        return 0
    if grade in (5, 6) and stage == "primary" and random.random() < 0.18:
        return 60
    minutes = max(5.0, random.gauss(MEAN_MINUTES[grade], SPREAD_MINUTES[stage]))
    if here.weekend_follows:
        return round(minutes * 1.8)
    limit = LIMIT_MINUTES.get(stage)
    if limit and minutes > limit and random.random() < PULLED_TO_LIMIT.get(grade, 0.35):
        return limit
    return round(minutes)


def _day_report(here: ClassDay, minutes: int, random: Random) -> Fact:
    at = handed_in(here.day, random)
    if minutes == 0 and random.random() < 0.4:
        return Fact("homework.nil_reported", at, {})
    timed = random.random() < 0.3
    fields: dict[str, object] = {
        "written_minutes": minutes,
        "basis": "timed" if timed else "estimated",
    }
    if timed:
        fields["respondents"] = chance_count(random, here.room.pupils, 0.8)
    fields["written_tasks"] = 0 if minutes == 0 else random.randint(1, 4)
    fields["phone_tasks"] = int(random.random() < 0.010)
    fields["parent_tasks"] = int(random.random() < 0.006)
    return Fact("homework.day_reported", at, fields)


def _detail(here: ClassDay, minutes: int, random: Random) -> list[Fact]:
    if minutes == 0:
        at = clock(here.day, 16, random.uniform(0, 60))
        return [Fact("homework.nil_reported", at, {}, "homework-board")]
    tasks = min(len(SUBJECTS), 1 + minutes // 20)
    told = [_assigned(here, number, minutes // tasks, random) for number in range(tasks)]
    return told + _timed(here, minutes, random)


def _assigned(here: ClassDay, number: int, minutes: int, random: Random) -> Fact:
    fields = {
        "assignment_id": f"a-{here.room.class_id}-{here.day:%Y%m%d}-{number + 1}",
        "subject": SUBJECTS[number],
        "form": "written",
        "place": "home",
        "estimated_minutes": max(1, minutes),
        "channel": "wechat" if random.random() < 0.004 else "board",
    }
    at = clock(here.day, 14, random.uniform(0, 140))
    return Fact("homework.assigned", at, fields, "homework-board", "teacher_form")


def _timed(here: ClassDay, minutes: int, random: Random) -> list[Fact]:
    """The minutes that pupils' families noted in the evening, about what was set."""
    told = []
    for pupil in here.pids():
        if random.random() > 0.85:
            continue
        finished = clock(here.day, 18, random.uniform(20, 170))
        taken = min(600, max(1, round(random.gauss(minutes, minutes * 0.2))))
        fields = {"pid": pupil, "minutes": taken, "finished_at": finished.isoformat()}
        told.append(Fact("homework.timed", finished, fields, "homework-board", "parent_form"))
    return told


def _marking(here: ClassDay, random: Random) -> Fact:
    collected = chance_count(random, here.room.pupils * 3, 0.97)
    marked = collected if random.random() < 0.9 else chance_count(random, collected, 0.9)
    fields = {
        "check_id": f"m-{here.room.class_id}-{here.day:%Y%m%d}",
        "subject": random.choice(SUBJECTS),
        "collected": collected,
        "marked_by_teacher": marked,
    }
    return Fact("homework.marking_checked", clock(here.day, 16, random.uniform(0, 70)), fields)

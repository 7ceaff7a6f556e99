"""Phones of a class: returns and checks, lockers where there are any, the weekly screen survey."""

from datetime import datetime
from functools import cache
from random import Random

from msgspec import Struct

from producers.district.arrival import answered, handed_in
from producers.district.class_day import ClassDay, Fact, binned, chance_count, clock
from producers.district.school_year import ONE_DAY

BROUGHT_SHARE = {"primary": 0.003, "junior": 0.03, "senior": 0.03}
BOARDERS_BROUGHT_SHARE = 0.55
FOUND_IN_A_CHECK_SHARE = {"primary": 0.002, "junior": 0.01, "senior": 0.03}
STORED_SHARE = 0.99
ALL_RETURNED_SHARE = 0.97
LEISURE_EDGES = (15, 30, 60, 90, 120, 180, 240)
LEISURE_MEAN_MINUTES = {"primary": 38, "junior": 55, "senior": 50}
BRIEF_SITTINGS_SHARE = 0.6
"""Who stays within an hour still often watches longer than a quarter of one at a stretch."""
NOT_SURVEYED_SHARE = 0.03


class Phones(Struct, frozen=True):
    """The phones of a class on a day, and what its pupils watch after it."""

    brought: tuple[int, ...]
    """Which pupils, counted from 0."""
    permitted: int
    stored: int
    returned: int
    found: int
    leisure: tuple[int, ...] = ()
    """Each pupil's minutes, on the days on which they are asked."""
    brief: tuple[bool, ...] = ()
    """Whether the pupil never sat longer than the limit."""


def draw(here: ClassDay, random: Random) -> Phones | None:
    """The phones of a school day."""
    if not here.is_school_day or here.room.grade in here.school.standing_nil_grades:
        return None
    brought = _brought(here, random)
    stored = chance_count(random, len(brought), STORED_SHARE)
    leisure, brief = _screens(here, random)
    return Phones(
        brought,
        sum(pupil not in _without_permit(here) for pupil in brought),
        stored,
        _returned(here, stored, random),
        int(
            random.random() < FOUND_IN_A_CHECK_SHARE[here.room.stage]
            and not here.school.too_perfect
        ),
        leisure,
        brief,
    )


def facts(here: ClassDay, drawn: Phones, random: Random) -> list[Fact]:
    """What is said of them."""
    told = (_detail if here.sends_detail("phone") else _returns)(here, drawn, random)
    perfect = here.school.too_perfect
    if drawn.leisure and (perfect or random.random() > NOT_SURVEYED_SHARE):
        told += _screen_surveys(here, drawn, random)
    return told


def _brought(here: ClassDay, random: Random) -> tuple[int, ...]:
    if here.school.too_perfect:
        return ()
    if here.school.boarding:
        # What boarders bring on Sunday stays in the locker until Friday.
        monday = here.day - (here.day.isoweekday() - 1) * ONE_DAY
        random = here.habit(f"{monday}/phones")
        share = BOARDERS_BROUGHT_SHARE
    else:
        share = BROUGHT_SHARE[here.room.stage]
    return tuple(pupil for pupil in range(here.room.pupils) if random.random() < share)


def _without_permit(here: ClassDay) -> frozenset[int]:
    room = here.room
    return _pupils_without_permit(
        here.seed, room.school_id, room.class_id, room.pupils, here.school.permit_share
    )


@cache
def _pupils_without_permit(
    seed: int, school_id: str, class_id: str, pupils: int, share: float
) -> frozenset[int]:
    """A permit is on file or not, the same every day: it hangs on the pupil."""
    random = Random(f"{seed}/{school_id}/{class_id}/permits")
    return frozenset(pupil for pupil in range(pupils) if random.random() >= share)


def _returned(here: ClassDay, stored: int, random: Random) -> int:
    if here.school.boarding and not here.weekend_follows:
        return 0
    return stored if random.random() < ALL_RETURNED_SHARE else max(0, stored - 1)


def _screens(here: ClassDay, random: Random) -> tuple[tuple[int, ...], tuple[bool, ...]]:
    if not here.is_surveyed:
        return (), ()
    mean, pupils = LEISURE_MEAN_MINUTES[here.room.stage], range(here.room.pupils)
    return (
        tuple(min(900, round(random.expovariate(1 / mean))) for _ in pupils),
        tuple(random.random() < BRIEF_SITTINGS_SHARE for _ in pupils),
    )


def _returns(here: ClassDay, drawn: Phones, random: Random) -> list[Fact]:
    at = handed_in(here, random)
    if not drawn.brought and not drawn.found and random.random() < 0.5:
        return [Fact("phone.nil_reported", at, {})]
    day_fields = {
        "brought": len(drawn.brought),
        "permitted": drawn.permitted,
        "stored": drawn.stored,
        "returned": drawn.returned,
    }
    return [Fact("phone.day_reported", at, day_fields), _checked(here, drawn, at)]


def _detail(here: ClassDay, drawn: Phones, random: Random) -> list[Fact]:
    """A locker that notes every phone, and a check of the class in the morning."""
    told = [_checked(here, drawn, clock(here.day, 9, random.uniform(0, 150)))]
    for number, pupil in enumerate(drawn.brought):
        told += _one_phone(here, pupil, number < drawn.returned, random)
    return told


def _one_phone(here: ClassDay, number: int, comes_back: bool, random: Random) -> list[Fact]:
    pupil = here.pids()[number]
    fields = {"pid": pupil, "permitted": number not in _without_permit(here), "kept_at": "locker"}
    morning = clock(here.day, 7, random.uniform(5, 45))
    told = [Fact("phone.checked_in", morning, fields, "phone-locker", "device")]
    if comes_back:
        evening = clock(here.day, 17, random.uniform(0, 40))
        told.append(Fact("phone.returned", evening, {"pid": pupil}, "phone-locker", "device"))
    return told


def _checked(here: ClassDay, drawn: Phones, at: datetime) -> Fact:
    check_id = f"k-{here.room.class_id}-{here.day:%Y%m%d}"
    fields = {"check_id": check_id, "found": drawn.found}
    return Fact("phone.class_checked", at, fields, "class-board", "teacher_form")


def _screen_surveys(here: ClassDay, drawn: Phones, random: Random) -> list[Fact]:
    """The answers of the evening, and with those of the next morning."""
    by_evening, by_noon = answered(here, random)
    evening, noon = clock(here.day, 21, random.uniform(0, 20)), clock(here.day + ONE_DAY, 12)
    return [
        _screen_survey(here, drawn, by_evening, evening),
        _screen_survey(here, drawn, by_noon, noon),
    ]


def _screen_survey(here: ClassDay, drawn: Phones, answers: int, at: datetime) -> Fact:
    leisure = drawn.leisure[:answers]
    kept = (brief and minutes <= 60 for minutes, brief in zip(leisure, drawn.brief, strict=False))
    fields = {
        "asked": here.room.pupils,
        "leisure_counts": binned(leisure, LEISURE_EDGES, right_closed=True),
        "both_kept": sum(kept),
    }
    return Fact("phone.screen_surveyed", at, fields, "pupil-form", "pupil_form")

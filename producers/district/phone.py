"""Phones of a class: returns and checks, lockers where there are any, the weekly screen survey."""

from datetime import datetime
from random import Random

from producers.district.class_day import ClassDay, Fact, binned, chance_count, clock, handed_in
from producers.district.school_year import ONE_DAY

BROUGHT_SHARE = {"primary": 0.003, "junior": 0.03, "senior": 0.03}
BOARDERS_BROUGHT_SHARE = 0.55
FOUND_IN_A_CHECK = {"primary": 0.002, "junior": 0.01, "senior": 0.03}
LEISURE_EDGES = (15, 30, 60, 90, 120, 180, 240)
LEISURE_MEAN_MINUTES = {"primary": 38, "junior": 55, "senior": 50}


def facts(here: ClassDay) -> list[Fact]:
    """What is said of phones on a school day."""
    if not here.is_school_day or here.room.grade in here.school.standing_nil_grades:
        return []
    random = here.random("phone")
    told = _detail(here, random) if here.sends_detail("phone") else _returns(here, random)
    if here.is_surveyed and random.random() > 0.03:
        told += _screen_surveys(here, random)
    return told


def _returns(here: ClassDay, random: Random) -> list[Fact]:
    at = handed_in(here.day, random)
    brought = chance_count(random, here.room.pupils, _brought_share(here))
    found = int(random.random() < FOUND_IN_A_CHECK[here.room.stage])
    if brought == 0 and not found and random.random() < 0.5:
        return [Fact("phone.nil_reported", at, {})]
    stored = chance_count(random, brought, 0.99)
    day_fields = {
        "brought": brought,
        "permitted": chance_count(random, brought, here.school.permit_share),
        "stored": stored,
        "returned": stored if random.random() < 0.97 else max(0, stored - 1),
    }
    return [Fact("phone.day_reported", at, day_fields), _checked(here, found, at)]


def _detail(here: ClassDay, random: Random) -> list[Fact]:
    """A locker that notes every phone, and a check of the class in the morning."""
    told = []
    for pupil in here.pids():
        if random.random() < _brought_share(here):
            told += _locker(here, pupil, random)
    found = int(random.random() < FOUND_IN_A_CHECK[here.room.stage])
    at = clock(here.day, 10, random.uniform(0, 90))
    told.append(_checked(here, 0, at))
    if found:
        fields = {"incident_id": f"i-{here.room.class_id}-{here.day:%Y%m%d}", "count": 1}
        told.append(Fact("phone.found_in_class", at, fields, "class-board", "teacher_form"))
    return told


def _locker(here: ClassDay, pupil: str, random: Random) -> list[Fact]:
    # A permit is on file or not, the same every day: it hangs on the pupil.
    permitted = Random(f"{here.seed}/{pupil}/permit").random() < here.school.permit_share
    fields = {"pid": pupil, "permitted": permitted, "kept_at": "locker"}
    morning = clock(here.day, 7, random.uniform(5, 45))
    told = [Fact("phone.checked_in", morning, fields, "phone-locker", "device")]
    if random.random() < 0.98:
        evening = clock(here.day, 17, random.uniform(0, 40))
        told.append(Fact("phone.returned", evening, {"pid": pupil}, "phone-locker", "device"))
    return told


def _checked(here: ClassDay, found: int, at: datetime) -> Fact:
    fields = {"check_id": f"k-{here.room.class_id}-{here.day:%Y%m%d}", "found": found}
    return Fact("phone.class_checked", at, fields, "class-board", "teacher_form")


def _brought_share(here: ClassDay) -> float:
    return BOARDERS_BROUGHT_SHARE if here.school.boarding else BROUGHT_SHARE[here.room.stage]


def _screen_surveys(here: ClassDay, random: Random) -> list[Fact]:
    """The answers of the evening, and with those of the next morning."""
    answered = round(here.room.pupils * 0.78)
    mean = LEISURE_MEAN_MINUTES[here.room.stage]
    leisure = [round(random.expovariate(1 / mean)) for _ in range(answered)]
    # Who stays within an hour still often watches longer than a quarter of one at a stretch.
    kept = [minutes <= 60 and random.random() < 0.6 for minutes in leisure]
    evening, noon = clock(here.day, 21, random.uniform(0, 20)), clock(here.day + ONE_DAY, 12)
    early = round(here.room.pupils * 0.62)
    return [
        _screen_survey(here, leisure[:early], sum(kept[:early]), evening),
        _screen_survey(here, leisure, sum(kept), noon),
    ]


def _screen_survey(here: ClassDay, leisure: list[int], both_kept: int, at: datetime) -> Fact:
    fields = {
        "asked": here.room.pupils,
        "leisure_counts": binned(leisure, LEISURE_EDGES, right_closed=True),
        "both_kept": both_kept,
    }
    return Fact("phone.screen_surveyed", at, fields, "pupil-form", "pupil_form")

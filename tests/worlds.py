"""A small world whose roster, calendar and rules change: for tests of any order."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from msgspec.structs import replace

from tests.builders import (
    CLASS,
    DISTRICT,
    JUNIOR_CLASS,
    OTHER_CLASS,
    OTHER_SCHOOL,
    PROVINCE,
    SCHOOL,
    TODAY,
    calendar_document,
    class_entry,
    rule,
    school_entry,
    unit_entry,
)
from wuguan.domain.calendar import NationalDays
from wuguan.domain.policy import PolicyBook, Rule
from wuguan.national_days import shipped_national_days
from wuguan.policy_packs import policy_book
from wuguan.ports import Store

OTHER_DISTRICT = "990102"
_OPENED = "2026-09-01"
_FRIDAY, _SUNDAY, _MONDAY = "2026-09-11", "2026-09-13", "2026-09-14"
_LATELY = TODAY - timedelta(days=7)
_JUNIOR: Mapping[str, Any] = {"stage": "junior", "entry_year": 2025}


def units() -> dict[str, Any]:
    """A province of two districts."""
    return {
        "units": [
            unit_entry(PROVINCE, "province", None),
            unit_entry(DISTRICT, "district", PROVINCE),
            unit_entry(OTHER_DISTRICT, "district", PROVINCE),
        ]
    }


def schools() -> dict[str, Any]:
    """Both schools in the first district, with small classes."""
    return {
        "schools": [_school(SCHOOL), _school(OTHER_SCHOOL)],
        "classes": [
            class_entry(SCHOOL, CLASS, 6),
            class_entry(SCHOOL, OTHER_CLASS, 3),
            class_entry(OTHER_SCHOOL, JUNIOR_CLASS, 12, **_JUNIOR),
        ],
    }


def _school(school_id: str, parent: str = DISTRICT, **changed: Any) -> dict[str, Any]:
    return school_entry(school_id, parent, **{"valid_from": _OPENED, **changed})


def _class_change(school: str = SCHOOL, class_id: str = CLASS, **changed: Any) -> dict[str, Any]:
    return {"classes": [class_entry(school, class_id, changed.pop("pupils", 6), **changed)]}


ROSTER_CHANGES: Sequence[Mapping[str, Any]] = (
    # A class grows, is closed, rises a grade, or has nothing to report.
    _class_change(enrolment=[{"from": "2026-09-01", "pupils": 6}, {"from": _MONDAY, "pupils": 9}]),
    _class_change(valid_to=_FRIDAY),
    _class_change(entry_year=2025),
    _class_change(
        standing_nil=[
            {"management": "phone", "from": _FRIDAY, "to": None},
            {"management": "fitness", "from": _MONDAY, "to": _MONDAY},
        ]
    ),
    _class_change(OTHER_SCHOOL, JUNIOR_CLASS, pupils=2, **_JUNIOR),
    # A class nobody knew.
    _class_change(OTHER_SCHOOL, CLASS, pupils=4),
    # A school moves, on a day or for ever; is of another system; is closed.
    {"schools": [_school(SCHOOL, OTHER_DISTRICT, valid_from=_MONDAY)]},
    {"schools": [_school(SCHOOL, OTHER_DISTRICT)]},
    {"schools": [_school(OTHER_SCHOOL, system="5-4")]},
    {"schools": [_school(OTHER_SCHOOL, valid_to=_FRIDAY)]},
    # A district is closed, and its schools with nobody above them.
    {"units": [{**unit_entry(DISTRICT, "district", PROVINCE), "valid_to": _SUNDAY}]},
)


def _exception(first: str, last: str, *, school_day: bool, **stages: Any) -> dict[str, Any]:
    return {"from": first, "to": last, "school_day": school_day, "reason": "调整", **stages}


CALENDARS: Sequence[Mapping[str, Any]] = (
    calendar_document(exceptions=[_exception(_MONDAY, _MONDAY, school_day=False)]),
    calendar_document(exceptions=[_exception(_SUNDAY, _SUNDAY, school_day=True)]),
    calendar_document(
        exceptions=[_exception(_FRIDAY, "2026-09-15", school_day=False, stages=["junior"])]
    ),
    calendar_document(
        plan=[
            {"metric": "sleep.duration", "every": "week", "weekday": 7, "from": "2026-09-01"},
            {"metric": "homework.minutes", "every": "week", "weekday": 5, "from": "2026-09-01"},
            {"metric": "reading.loans", "every": "week", "weekday": 3, "from": _MONDAY},
        ]
    ),
    calendar_document(SCHOOL, terms=[{"from": _MONDAY, "to": "2027-01-22"}]),
    calendar_document(OTHER_DISTRICT, terms=[{"from": "2026-09-01", "to": _FRIDAY}]),
    calendar_document(),
)


def books() -> Sequence[tuple[PolicyBook, NationalDays]]:
    """The shipped rules; a year without data; other rules of the state; a district's own."""
    # Only of late: of the years before nobody would have to measure anything, but look at all.
    national = NationalDays({2026: shipped_national_days().years[2026]})
    rules = [
        replace(one, from_day=_LATELY) for one in policy_book(None).rules if one.in_force(TODAY)
    ]
    later = [replace(one, from_day=TODAY) for one in rules]
    return (
        (PolicyBook(rules), national),
        (PolicyBook(rules), NationalDays({})),
        (PolicyBook([one for one in rules if "sleep" not in one.metric]), national),
        (PolicyBook(later), national),
        (PolicyBook([*rules, *_own_rules()]), national),
    )


def _own_rules() -> Sequence[Rule]:
    naps = {"metric": "sleep.duration", "keeps": "at_least", "value": 610, "nap_counts": True}
    return (
        rule("own-naps", unit=DISTRICT, stages=("primary",), **naps),
        rule("own-screen", unit=SCHOOL, value=30, longest_at_most=15),
        rule("own-break", unit=PROVINCE, metric="fitness.exercise", keeps="at_least", value=70),
    )


BOOKS = books()


def settle_in(store: Store, today: date = TODAY) -> Store:
    """The store, knowing this world by its roster, calendar and rules."""
    # In this order there is little to look at: no school has a day before it was opened.
    store.roster.put_rules(*BOOKS[0], today)
    store.roster.put_roster(units(), today)
    store.roster.put_calendar(calendar_document(), today)
    store.roster.put_roster(schools(), today)
    store.roster.open_days(today)
    return store

"""A small city in a database of a check: two districts, fourteen schools, seven weeks of returns.

Everything goes the product's way, from events to figures of periods, so that a column that no
figure of it can have is seen.
"""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from itertools import groupby
from typing import Any

import msgspec

from dashboards.checking.returns import returns
from dashboards.checking.trouble import FINDING, put_trouble
from wuguan.adapters.postgres.store import PostgresStore
from wuguan.domain.context import Context
from wuguan.domain.ledger import EMPTY, Ledger, LedgerKey, fold
from wuguan.domain.managements import MANAGEMENTS
from wuguan.domain.measure import Measured, measure
from wuguan.domain.measuring import MetricTally
from wuguan.domain.periods import all_periods, days, spans_between
from wuguan.domain.rollup import Cell, Figure, Figures, Mark, add_up, school_figures
from wuguan.domain.systems import days_to_count
from wuguan.national_days import shipped_national_days
from wuguan.policy_packs import policy_book

PROVINCE, CITY, DISTRICT = "990000", "990100", "990101"
_OTHER_DISTRICT = "990102"
TROUBLED = "3199000001"
"""The school of DISTRICT in which everything happens: silence, doubt, refusals, replies."""
_BREAKING = "3199000002"
_STAGES: Mapping[str, tuple[str, ...]] = {
    TROUBLED: ("primary", "junior", "senior"),
    # Enough of every stage for a band.
    **{f"319900000{n}": ("primary", "junior", "senior") for n in range(2, 8)},
    **{f"31990000{n}": ("primary",) for n in range(10, 15)},
    **{f"31990000{n}": ("junior",) for n in range(15, 17)},
}
_IN_OTHER_DISTRICT = frozenset({"3199000015", "3199000016"})
_FIRST_GRADES = {"primary": (2, 5), "junior": (8,), "senior": (11,)}
_GRADES_BEFORE = {"primary": 0, "junior": 6, "senior": 9}
_WEEKS, _SILENT_DAYS = 7, 11


def seed(store: PostgresStore, today: date) -> None:
    """Fills an empty database."""
    store.roster.put_rules(policy_book(None), shipped_national_days(), today)
    store.roster.put_roster(_roster(today), today)
    store.roster.put_calendar(_calendar(today), today)
    store.roster.open_days(today)
    context = store.roster.context()
    heard = _put_ledgers(store, context, today)
    with store.rollups.writing(0, True) as writing:
        writing.overwrite(_figures(context, heard, today))
    _sum_periods(store, context, today)
    put_trouble(store, TROUBLED, days(today - timedelta(weeks=_WEEKS), today))


def _roster(today: date) -> dict[str, Any]:
    units = [(PROVINCE, "province", None), (CITY, "city", PROVINCE)]
    units += [(one, "district", CITY) for one in (DISTRICT, _OTHER_DISTRICT)]
    return {
        "units": [
            {"unit_id": one, "level": level, "name": f"单位{one}", "parent": parent}
            for one, level, parent in units
        ],
        "schools": [
            {"school_id": one, "name": f"学校{one}", "parent": _district_of(one), "system": "6-3"}
            for one in _STAGES
        ],
        "classes": list(_classes(today)),
    }


def _district_of(school_id: str) -> str:
    return _OTHER_DISTRICT if school_id in _IN_OTHER_DISTRICT else DISTRICT


def _classes(today: date) -> Iterator[dict[str, Any]]:
    year = today.year - (today.month < 8)
    for school_id, stages in _STAGES.items():
        for stage in stages:
            for grade in _FIRST_GRADES[stage]:
                entry_year = year - (grade - _GRADES_BEFORE[stage] - 1)
                yield {
                    "school_id": school_id,
                    "class_id": f"{stage[0].upper()}{entry_year}-01",
                    "stage": stage,
                    "entry_year": entry_year,
                    "enrolment": [{"from": f"{entry_year}-09-01", "pupils": 20}],
                }


def _calendar(today: date) -> dict[str, Any]:
    """A term around today, whatever the season."""
    first, last = today - timedelta(weeks=_WEEKS), today + timedelta(weeks=_WEEKS)
    return {"unit_id": CITY, "terms": [{"from": first.isoformat(), "to": last.isoformat()}]}


# ---- ledgers and days

_Heard = dict[Mark, dict[str, tuple[MetricTally, ...]]]


def _put_ledgers(store: PostgresStore, context: Context, today: date) -> _Heard:
    """What was measured of each class, by school, day and management."""
    heard: _Heard = {}
    for school_id, of_school in groupby(_measured(context, today), lambda one: one[0].school_id):
        rows = {key: (ledger, measured) for key, ledger, measured in of_school}
        with store.ledgers.writing({school_id}) as writing:
            writing.load(rows.keys())
            writing.put(rows)
        for key, (_, measured) in rows.items():
            mark = Mark(school_id, key.day, key.management)
            heard.setdefault(mark, {})[key.class_id] = tuple(measured.tallies)
    return heard


def _measured(context: Context, today: date) -> Iterator[tuple[LedgerKey, Ledger, Measured]]:
    for school_id in _STAGES:
        for day in days(today - timedelta(weeks=_WEEKS), today):
            for known in context.organisation.known_classes(school_id, day):
                for management in MANAGEMENTS:
                    if _is_silent(school_id, management, day, today):
                        continue
                    key = LedgerKey(school_id, management, known.class_id, day)
                    class_day = context.class_day(school_id, known, day, management)
                    if class_day.scope:
                        ledger = fold(EMPTY, _told(key))
                        yield key, ledger, _in_doubt(key, measure(management, ledger, class_day))


def _told(key: LedgerKey) -> list[Any]:
    keeps = key.school_id != _BREAKING
    return returns(key.school_id, key.class_id, key.day, key.management, keeps=keeps)


def _is_silent(school_id: str, management: str, day: date, today: date) -> bool:
    since = today - timedelta(days=_SILENT_DAYS)
    return school_id == TROUBLED and management == "homework" and day > since


def _in_doubt(key: LedgerKey, measured: Measured) -> Measured:
    if key.school_id != TROUBLED or key.management != "phone":
        return measured
    return msgspec.structs.replace(measured, findings=(FINDING,))


def _figures(context: Context, heard: _Heard, today: date) -> dict[Mark, Figures]:
    """The figures of every unit and day, silent schools among them."""
    figures: dict[Mark, Figures] = {}
    above: dict[Mark, list[tuple[Cell, Figure]]] = {}
    for school_id in _STAGES:
        for day in days(today - timedelta(weeks=_WEEKS), today):
            for management in MANAGEMENTS:
                mark = Mark(school_id, day, management)
                figures[mark] = school_figures(context, mark, heard.get(mark, {}))
                for unit_id in context.organisation.path(school_id, day)[1:]:
                    place = above.setdefault(Mark(unit_id, day, management), [])
                    place.extend(figures[mark].items())
    return figures | {mark: add_up(of) for mark, of in above.items()}


# ---- periods


def _sum_periods(store: PostgresStore, context: Context, today: date) -> None:
    organisation = context.organisation
    store.periods.mark(all_periods([*organisation.unit_ids(), *organisation.school_ids()]))
    while True:
        with store.periods.writing(100, today) as writing:
            if not writing.claimed:
                return
            spans = {
                key: spans_between(context, key.unit_id, first, last, today)
                for key, (first, last) in writing.days_with_figures(list(writing.claimed)).items()
            }
            writing.overwrite(spans)
            writing.count_systems(days_to_count(writing.claimed, today))

"""The city of `make bench-boards`: its roster, its school days, and what a row of a day may be.

The district holds as many schools as asked; beside it, under the same city, stand four small ones.
A row of a day is one of a few shapes (all kept, some missing, some broken, nothing reported), so
that the database can write millions by itself.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from wuguan.domain.managements import METRICS
from wuguan.domain.policy import PolicyBook
from wuguan.domain.tally import Metric

PROVINCE, CITY, DISTRICT = "330000", "330100", "330106"
_BESIDE = ("330102", "330105", "330108", "330110")
_SCHOOLS_BESIDE = 5
_GRADES = {"primary": range(1, 7), "junior": range(7, 10), "senior": range(10, 13)}
_CLASSES_A_GRADE = (2, 3, 4)
_PUPILS_A_CLASS = 40
_BOOKS_FOUND = 6
KEPT, BROKEN, SILENT = range(0, 8), range(8, 16), 16
"""The kinds of shapes."""
_TERM_WEEKS, _BREAK_WEEKS = 20, 4

Row = Sequence[Any]


def terms(today: date) -> tuple[date, date]:
    """The Mondays on which two terms of 20 weeks begin; the second one ends this week."""
    second = today - timedelta(days=today.weekday(), weeks=_TERM_WEEKS - 1)
    return second - timedelta(weeks=_TERM_WEEKS + _BREAK_WEEKS), second


def school_days(today: date) -> list[date]:
    """The school days of both terms up to today, at most 200."""
    days = (
        first + timedelta(weeks=week, days=weekday)
        for first in terms(today)
        for week in range(_TERM_WEEKS)
        for weekday in range(5)
    )
    return [day for day in days if day <= today]


def roster(schools: int) -> dict[str, Any]:
    """The roster document: a province, a city, five districts, their schools, no classes."""
    units = [(PROVINCE, "province", None), (CITY, "city", PROVINCE)]
    units += [(unit_id, "district", CITY) for unit_id in (DISTRICT, *_BESIDE)]
    return {
        "units": [
            {"unit_id": unit_id, "level": level, "name": f"单位{unit_id}", "parent": parent}
            for unit_id, level, parent in units
        ],
        "schools": [
            {"school_id": school_id(number), "name": f"第{number}学校", "parent": parent}
            | {"system": "6-3"}
            for number, parent in _parents(schools)
        ],
        "classes": [],
    }


def school_id(number: int) -> str:
    """The school of a number."""
    return f"3301{number:06d}"


def places(schools: int) -> Iterator[Row]:
    """Each grade of each school: school, its number, stage, grade, classes."""
    for number, _ in _parents(schools):
        for stage in _stages(number):
            for grade in _GRADES[stage]:
                yield school_id(number), number, stage, grade, _CLASSES_A_GRADE[number % 3]


def shapes(book: PolicyBook, today: date) -> Iterator[Row]:
    """Each row that a day may have: metric, its number, school days from one row to the next,
    stage, grade, classes, kind, then the figures of a tally, and the rule.
    """
    for number, metric in enumerate(METRICS.values()):
        for stage, grades in _GRADES.items():
            for grade in grades:
                rule = book.rule_for(metric.name, (), today, stage, grade)
                for classes in _CLASSES_A_GRADE:
                    for kind in (*KEPT, *BROKEN, SILENT):
                        figures = _figures(metric, classes, kind, judged=rule is not None)
                        place = (metric.name, number, _every(metric), stage, grade, classes, kind)
                        yield (*place, *figures, rule.rule_id if rule else "")


def _parents(schools: int) -> Iterator[tuple[int, str]]:
    yield from ((number, DISTRICT) for number in range(1, schools + 1))
    for place, district in enumerate(_BESIDE):
        first = 100_000 + place * _SCHOOLS_BESIDE
        yield from ((first + number, district) for number in range(_SCHOOLS_BESIDE))


def _stages(number: int) -> Sequence[str]:
    """Of twenty schools twelve are primary, five junior, two senior, and one is of nine years."""
    kind = number % 20
    if kind < 12:
        return ("primary",)
    return ("junior",) if kind < 17 else ("senior",) if kind < 19 else ("primary", "junior")


def _every(metric: Metric) -> int:
    return {"homework.weekend_minutes": 5, "reading.swept": 10}.get(metric.name, 1)


def _figures(metric: Metric, classes: int, kind: int, *, judged: bool) -> Row:
    """Expected, reported, judged, compliant, total and bins."""
    expected = classes * (_PUPILS_A_CLASS if metric.of_pupils else 1)
    if metric.name == "reading.swept":
        expected = _BOOKS_FOUND
    missing = expected // 10 + (kind % 8 == 7)
    reported = 0 if kind == SILENT else expected - missing
    of_those = reported if judged else 0
    broken = min(of_those, 1 + expected // 8) if kind in BROKEN else 0
    edges = metric.edges or (0, 1)
    total = reported * edges[len(edges) // 2]
    return expected, reported, of_those, of_those - broken, total, _bins(metric, reported, kind)


def _bins(metric: Metric, reported: int, kind: int) -> list[int]:
    bins = [0] * metric.bin_count
    for number in range(reported if bins else 0):
        bins[(kind + number) % len(bins)] += 1
    return bins

"""What tests of periods do again and again, through ports only."""

from collections.abc import Collection
from datetime import date
from typing import Any

from stream_processors.contexts import Contexts
from stream_processors.summing_periods import SummingPeriods
from tests.builders import SCHOOL, TODAY, cell, mark
from tests.contract.steps import overwrite
from wuguan.domain.rollup import Figure
from wuguan.ports import PeriodQuery, Store, TallyRow

CLASSROOM = "phone.classroom"
TERM = date(2026, 9, 1)
"""The first day of the autumn term of the builders."""


def put(store: Store, *of: tuple[date, Figure], unit: str = SCHOOL, **place: Any) -> None:
    """Figures of phones in class on days."""
    overwrite(store, {mark(unit, day): {cell(CLASSROOM, **place): figure} for day, figure in of})


def sum_up(store: Store, today: date = TODAY) -> int:
    """Sums until nothing is marked; how often anything was."""
    worker, turns = SummingPeriods(store.periods, Contexts(store.roster), limit=3), 0
    while worker.turn(today):
        turns += 1
        assert turns < 1000
    return turns


def read(store: Store, **query: Any) -> list[TallyRow]:
    """Rows of the school's primary stage in the autumn term, unless told others."""
    asked = {
        "grain": "term",
        "places": [(SCHOOL, "primary", TERM)],
        "metrics": [CLASSROOM],
        **query,
    }
    with store.figures.reading() as reading:
        return list(reading.period_rows(PeriodQuery(**asked)))


def settled(store: Store, *schools: str, units: Collection[str] = ()) -> bool:
    """Whether nothing is pending for these."""
    with store.figures.reading() as reading:
        return reading.settled(schools, units).settled

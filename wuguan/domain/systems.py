"""Which systems a school's classes reported by: a school may have those of several vendors.

A system is the last part of an event's source. How many classes each reported on a day is kept,
so that one that falls silent is seen; it is counted from ledgers when figures of the day moved.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta

from wuguan.domain.forms import SCHOOL_ID, whole
from wuguan.domain.management import reporting_metric
from wuguan.domain.measuring import MetricTally
from wuguan.domain.periods import PeriodKey

# A school year and a little more: this is for finding silent systems, not for history.
_KEPT = timedelta(days=400)
# Where all of a school is to be summed: no system that was heard before is looked for.
_LOOKED_BACK_DAYS = 62
_SCHOOL_ID = whole(SCHOOL_ID)


def kept_since(today: date) -> date:
    """The first day whose counts are kept."""
    return today - _KEPT


def days_to_count(
    claimed: Mapping[PeriodKey, Collection[date] | None], today: date
) -> Mapping[PeriodKey, Sequence[date]]:
    """The days to count for schools: those that moved, up to today; of all, the last 62 days."""
    first, lately = kept_since(today), [today - timedelta(n) for n in range(_LOOKED_BACK_DAYS)]
    found = {
        key: lately if days is None else [day for day in days if first <= day <= today]
        for key, days in claimed.items()
        if _SCHOOL_ID.match(key.unit_id)
    }
    return {key: days for key, days in found.items() if days}


def count_systems(
    management: str, class_days: Iterable[tuple[Sequence[MetricTally], Iterable[str]]]
) -> Mapping[str, int]:
    """How many classes each system reported, from the tallies and systems of each ledger of a day.

    Counted are those that `<management>.reporting` counts as reported, so never more than are due.
    """
    metric = reporting_metric(management).name
    return Counter(
        system
        for tallies, systems in class_days
        if any(one.metric == metric and one.tally.reported for one in tallies)
        for system in set(systems)
    )

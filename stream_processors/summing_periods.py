"""From the days of units to their half-months, months and terms."""

from collections.abc import Mapping, Sequence
from datetime import date

from stream_processors.contexts import Contexts
from wuguan.domain.context import Context
from wuguan.domain.periods import PeriodKey, PeriodSpan, spans_between, spans_of
from wuguan.domain.systems import days_to_count
from wuguan.ports import Periods, PeriodWriting

# So few that even all periods of a year, summed anew, take no longer than a moment.
_LIMIT = 10


class SummingPeriods:
    """One worker of the periods. Any number may run."""

    def __init__(self, periods: Periods, contexts: Contexts, limit: int = _LIMIT) -> None:
        self._periods = periods
        self._contexts = contexts
        self._limit = limit

    def turn(self, today: date) -> int:
        """Sums what it can claim; how many managements of units."""
        with self._periods.writing(self._limit, today) as writing:
            if not writing.claimed:
                return 0
            context = self._contexts.at_least(writing.context_version)
            writing.overwrite(_spans(writing, context, today))
            writing.count_systems(days_to_count(writing.claimed, today))
            return len(writing.claimed)


def _spans(
    writing: PeriodWriting, context: Context, today: date
) -> Mapping[PeriodKey, Sequence[PeriodSpan]]:
    whole = [key for key, days in writing.claimed.items() if days is None]
    spans = {
        key: spans_between(context, key.unit_id, first, last, today)
        for key, (first, last) in writing.days_with_figures(whole).items()
    }
    for key, days in writing.claimed.items():
        past = [day for day in days or () if day <= today]
        if past:
            spans[key] = spans_of(context, key.unit_id, past, today)
    return spans

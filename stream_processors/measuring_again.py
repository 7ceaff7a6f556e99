"""Measuring ledgers again after roster, calendar, plan or rules changed: nothing is folded anew."""

from collections.abc import Collection, Sequence
from datetime import date, timedelta

from stream_processors.contexts import Contexts
from stream_processors.folding import measure_ledger
from wuguan.domain.context import Context
from wuguan.domain.managements import MANAGEMENTS
from wuguan.domain.rollup import Mark
from wuguan.domain.roster import STAGES
from wuguan.ports import Ledgers, Remeasuring, SpanToMeasure

# A school is locked for one turn: short enough for its events not to be kept waiting.
_DAYS_A_TURN = 10
_DAY = timedelta(days=1)


class MeasuringAgain:
    """Works through the spans that a change of the context has queued."""

    def __init__(self, remeasuring: Remeasuring, ledgers: Ledgers, contexts: Contexts) -> None:
        self._remeasuring = remeasuring
        self._ledgers = ledgers
        self._contexts = contexts

    def turn(self) -> int | None:
        """Measures the next days of the oldest span; how many ledgers, None if there is no span."""
        span = self._remeasuring.next_span()
        if span is None:
            return None
        with self._ledgers.writing((span.school_id,)) as writing:
            context = self._contexts.at_least(writing.context_version)
            with_figures = self._remeasuring.days_with_figures(
                span.school_id, span.from_day, span.to_day
            )
            days, until = _next_days(span, context, with_figures)
            keys = writing.keys_of(span.school_id, span.from_day, until)
            ledgers = writing.load(keys)
            writing.put(
                {key: (one, measure_ledger(key, one, context)) for key, one in ledgers.items()}
            )
            # Silent classes have no ledger: every day is added up, whether a ledger moved or not.
            units = (span.school_id, *span.units)
            writing.mark([Mark(u, day, m) for u in units for day in days for m in MANAGEMENTS])
            self._remeasuring.done_until(writing, span, until)
            return len(ledgers)


def _next_days(
    span: SpanToMeasure, context: Context, with_figures: Collection[date]
) -> tuple[Sequence[date], date]:
    """The next days that can have figures, and the day up to which they exhaust the span."""
    days: list[date] = []
    day = span.from_day
    while day <= span.to_day:
        if day in with_figures or _is_in_scope(span.school_id, day, context):
            if len(days) == _DAYS_A_TURN:
                return days, day - _DAY
            days.append(day)
        day += _DAY
    return days, span.to_day


def _is_in_scope(school_id: str, day: date, context: Context) -> bool:
    # The night before a school day counts for sleep.
    return any(
        context.is_school_day(school_id, stage, day + ahead)
        for stage in STAGES
        for ahead in (timedelta(0), _DAY)
    )

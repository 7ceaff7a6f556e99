"""Rows of a school's classes: measured ones from their ledgers, silent ones from the roster."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

from api.tally_query import Asked, Place
from wuguan.domain.context import Context
from wuguan.domain.managements import management_of
from wuguan.domain.measuring import MetricTally
from wuguan.domain.periods import ShownDay, days
from wuguan.domain.rollup import Figure, Mark, class_tallies, figure_of_class
from wuguan.domain.roster import STAGES, Stage
from wuguan.ports import Reading, TallyRow

_AT_ONCE = timedelta(days=13)
Heard = Mapping[str, Sequence[MetricTally]]


class ClassRows:
    """Works day by day, and only as far as rows are taken."""

    def __init__(self, asked: Asked, context: Context, show: ShownDay, reading: Reading) -> None:
        self._asked = asked
        self._context = context
        self._show = show
        self._reading = reading
        self._managements = sorted({management_of(metric) for metric in asked.metrics})
        self._metrics = frozenset(asked.metrics)
        self._loaded: tuple[date, date] | None = None
        self._heard: Mapping[Mark, Heard] = {}

    def rows(self, first: date, last: date) -> Iterator[TallyRow]:
        """The rows in order, without those up to the cursor."""
        after = self._asked.after
        for shown, of_shown in sorted(self._days_by_shown(first, last).items()):
            if after is not None and shown < after.day:
                continue
            sums: dict[Place, Figure] = {}
            for day, stages in of_shown.items():
                self._add_day(sums, shown, day, stages, last)
            for place in sorted(sums, key=lambda place: place.order):
                if after is None or place.order > after.order:
                    yield _row(place, sums[place])

    def _days_by_shown(self, first: date, last: date) -> dict[date, dict[date, frozenset[Stage]]]:
        """For each day to show the days summed in it, each with the stages it is summed for."""
        stages = frozenset(STAGES)
        by_stage = self._asked.grain == "term" and self._asked.by != "total"
        found: dict[date, dict[date, frozenset[Stage]]] = {}
        for day in days(first, last):
            for stage in sorted(stages) if by_stage else (None,):
                of_shown = found.setdefault(self._show(self._asked.unit, stage, day), {})
                before = of_shown.get(day, frozenset())
                of_shown[day] = stages if stage is None else before | {stage}
        return found

    def _add_day(
        self, sums: dict[Place, Figure], shown: date, day: date, stages: frozenset[Stage],
        last: date,
    ) -> None:  # fmt: skip
        for management in self._managements:
            mark = Mark(self._asked.unit, day, management)
            for class_id, stage, grade, tallies in class_tallies(
                self._context, mark, self._heard_of(mark, last)
            ):
                for one in tallies if stage in stages else ():
                    if one.metric in self._metrics and one.tally.expected:
                        self._add(sums, shown, class_id, stage, grade, one)

    def _add(
        self, sums: dict[Place, Figure], shown: date, class_id: str, stage: str, grade: int,
        one: MetricTally,
    ) -> None:  # fmt: skip
        by = self._asked.by
        place = Place(
            shown,
            self._asked.unit,
            class_id,
            None if by == "total" else stage,
            grade if by == "grade" else None,
            one.metric,
        )
        figure = figure_of_class(one)
        before = sums.get(place)
        sums[place] = figure if before is None else before.merge(figure)

    def _heard_of(self, mark: Mark, last: date) -> Heard:
        loaded = self._loaded
        if loaded is None or not loaded[0] <= mark.day <= loaded[1]:
            # Two weeks at a time: few questions to the store, and little held in memory.
            self._loaded = mark.day, min(mark.day + _AT_ONCE, last)
            self._heard = self._reading.class_tallies(
                self._asked.unit, self._managements, *self._loaded
            )
        return self._heard.get(mark, {})


def _row(place: Place, figure: Figure) -> TallyRow:
    return TallyRow.of(
        figure, place.day, place.unit, place.class_id, place.stage, place.grade, place.metric
    )

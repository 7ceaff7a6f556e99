"""What the policy book asks of a figure on a board."""

from collections.abc import Sequence
from typing import NamedTuple

from msgspec import Struct

from dashboards.figures import Key, UnitFigures
from dashboards.states import SAYS_NOTHING, State, state_of
from wuguan.domain.managements import METRICS
from wuguan.domain.policy import PolicyBook, Rule
from wuguan.domain.rollup import Figure
from wuguan.domain.schools_in_line import Standing, asked_percent, standing


class Judged(NamedTuple):
    """A figure, the figure that tells how much of it is known, and what it may be called."""

    figure: Figure | None
    coverage: Figure | None
    state: State


class Judging(Struct, frozen=True):
    """Judges figures by the rules whose ids they carry."""

    policy: PolicyBook

    def rules_of(self, figure: Figure) -> list[Rule]:
        """The rules in force for what is in the figure; one that is gone is left out."""
        return self.policy.rules_named(sorted(figure.rules))

    def asked_percent(self, metric: str, figure: Figure | None) -> int | None:
        """How much must be in line; None where nothing is asked of the school."""
        return asked_percent(metric, figure, self.policy)

    def coverage(self, metric: str, figures: UnitFigures, stages: Sequence[str]) -> Figure | None:
        """The figure whose reporting rate says how much of the metric is known."""
        declared = METRICS[metric]
        if declared.coverage_by_reporting:
            return figures.of(f"{declared.management}.reporting", stages)
        return figures.of(metric, stages)

    def standings(self, figures: UnitFigures) -> dict[Key, Standing]:
        """What may be said of a school in each stage and metric of which anything is judged.

        Of the others nothing is: they count neither as in line nor as to be checked.
        """
        found = {}
        for (stage, metric), figure in figures.by_stage.items():
            declared = METRICS[metric]
            if declared.about_school and figure.tally.judged:
                reporting = figures.by_stage.get((stage, f"{declared.management}.reporting"))
                found[stage, metric] = standing(metric, figure, reporting, self.policy)
        return found

    def judged(
        self,
        metric: str,
        figures: UnitFigures,
        stages: Sequence[str],
        before: UnitFigures | None = None,
        *,
        own: bool = False,
    ) -> Judged:
        """A unit's figure of a metric, with its coverage and its state."""
        figure = figures.of(metric, stages)
        by_reporting = METRICS[metric].coverage_by_reporting
        coverage = self.coverage(metric, figures, stages) if by_reporting else figure
        state = state_of(
            metric,
            figure,
            coverage,
            asked=self.asked_percent(metric, figure),
            before=self.comparable(metric, before, stages, own=own) if before else None,
            own=own,
        )
        return Judged(figure, coverage, state)

    def comparable(
        self, metric: str, before: UnitFigures, stages: Sequence[str], *, own: bool = False
    ) -> Figure | None:
        """A figure of the span before, if it is well enough known, and may be known at all."""
        figure, _, state = self.judged(metric, before, stages, own=own)
        return None if state in SAYS_NOTHING else figure

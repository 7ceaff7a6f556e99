"""From ledgers to the figures of schools, and from children to the units above them."""

from collections.abc import Collection, Mapping

from stream_processors.contexts import Contexts
from wuguan.domain.context import Context
from wuguan.domain.rollup import Figures, Mark, school_figures
from wuguan.ports import Rollups, RollupWriting


class RollingUp:
    """One worker of the roll-up. Any number may run."""

    def __init__(self, rollups: Rollups, contexts: Contexts, limit: int = 400) -> None:
        self._rollups = rollups
        self._contexts = contexts
        self._limit = limit

    def turn(self, *, schools: bool) -> int:
        """Rolls up what it can claim of one level; how many unit-days."""
        with self._rollups.writing(self._limit, schools) as writing:
            if not writing.claimed:
                return 0
            context = self._contexts.at_least(writing.context_version)
            figures = (_of_schools if schools else _of_units)(writing, context)
            moved = writing.overwrite(figures)
            writing.mark(_parents(moved, context))
            return len(writing.claimed)


def _of_schools(writing: RollupWriting, context: Context) -> Mapping[Mark, Figures]:
    heard = writing.heard(writing.claimed)
    return {mark: school_figures(context, mark, heard[mark]) for mark in writing.claimed}


def _of_units(writing: RollupWriting, context: Context) -> Mapping[Mark, Figures]:
    organisation = context.organisation
    return writing.sums(
        {mark: organisation.children(mark.unit_id, mark.day) for mark in writing.claimed}
    )


def _parents(moved: Collection[Mark], context: Context) -> set[Mark]:
    parents = set()
    for mark in moved:
        path = context.organisation.path(mark.unit_id, mark.day)
        if len(path) > 1:
            parents.add(Mark(path[1], mark.day, mark.management))
    return parents

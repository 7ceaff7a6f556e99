"""From the figures of units to their alerts, to what happened to these, and to who is told."""

import secrets
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from stream_processors.alert_figures import Watched, read_figures
from stream_processors.contexts import Contexts
from wuguan.codec import frame_id
from wuguan.domain.alerting.due import first_day, last_due_day, soon_due_day
from wuguan.domain.alerting.evaluation import (
    Followed,
    Following,
    Subjected,
    UnitFigures,
    concerns,
    ended,
    followed,
    silent_managements,
)
from wuguan.domain.alerting.life import Alert, Told
from wuguan.domain.alerting.notice import Notice, Tell, tell_nobody
from wuguan.domain.alerting.rule import AlertRule
from wuguan.domain.context import Context
from wuguan.domain.managements import MANAGEMENTS
from wuguan.ports import AlertMark, Alerts, AlertWriting, SubjectKey

# So many managements of units are read at once, a fifth as many schools where a day was opened: it
# takes no longer than a moment, and somebody may wait to acknowledge an alert of one of them.
_LIMIT = 50
_NONE: Mapping[Subjected, Alert] = {}


class Alerting(NamedTuple):
    """What alerts are about, and who is told of them."""

    rules: Sequence[AlertRule] = ()
    tell: Tell = tell_nobody


NO_ALERTS = Alerting()


class EvaluatingAlerts:
    """One worker of the alerts. Any number may run."""

    def __init__(
        self,
        alerts: Alerts,
        contexts: Contexts,
        alerting: Alerting,
        limit: int = _LIMIT,
    ) -> None:
        self._alerts = alerts
        self._contexts = contexts
        self._rules = {rule.rule_id: rule for rule in alerting.rules}
        self._tell = alerting.tell
        self._limit = limit

    def turn(self, at_us: int) -> int:
        """Evaluates what it can claim; how many managements of units."""
        with self._alerts.evaluating(self._limit) as writing:
            if not writing.claimed:
                return 0
            context = self._contexts.at_least(writing.context_version)
            units = list(self._watched(writing.claimed, context, _due_day(writing, at_us)))
            figures = read_figures(writing, units)
            last = _by_unit(writing.last_alerts([unit.unit_id for unit in units]))
            following = Following(
                context.policy, lambda: frame_id(at_us, secrets.token_bytes(10)), at_us
            )
            told: list[Told] = []
            notices: list[Notice] = []
            for unit in units:
                of_unit = last.get(unit.unit_id, _NONE)
                happened = self._happened(unit, figures[unit.unit_id], of_unit, following)
                told += [one.told for one in happened]
                notices += self._notices(unit, of_unit, happened, context, at_us)
            writing.write(told, notices)
            return len(writing.claimed)

    def _watched(
        self, marks: Collection[AlertMark], context: Context, due: date
    ) -> Iterator[Watched]:
        managements: defaultdict[str, set[str]] = defaultdict(set)
        for mark in marks:
            managements[mark.unit_id].add(mark.management)
        for unit_id, marked in sorted(managements.items()):
            path = context.organisation.path(unit_id, due)
            # Of whoever has left the roster every alert ends, not only what was marked.
            of = frozenset(marked if path else MANAGEMENTS)
            level = context.organisation.level(unit_id)
            rules = [
                rule
                for rule in self._rules.values()
                if rule.management in of and path and concerns(rule, level, path)
            ]
            yield Watched(unit_id, path, of, rules, first_day(context.calendars, path, due), due)

    def _happened(
        self,
        unit: Watched,
        figures: UnitFigures,
        last: Mapping[Subjected, Alert],
        following: Following,
    ) -> list[Followed]:
        return [
            *followed(unit.rules, figures, last, following),
            *ended(unit.rules, self._rules, unit.managements, figures, last, following.at_us),
        ]

    def _notices(
        self,
        unit: Watched,
        last: Mapping[Subjected, Alert],
        happened: Sequence[Followed],
        context: Context,
        at_us: int,
    ) -> Iterator[Notice]:
        silent = silent_managements(unit.rules, last, happened) if happened else frozenset()
        for rule, told in happened:
            # Of a rule that is gone nobody knows whom it told.
            if rule is not None and told.entries:
                is_silent = rule.management in silent
                yield from self._tell(rule, told, unit.path, is_silent, at_us, context)


def _due_day(writing: AlertWriting, at_us: int) -> date:
    """The last day that is looked at: as far as any worker's clock has opened days."""
    soon = soon_due_day(at_us)
    return soon if writing.is_open(soon) else last_due_day(at_us)


def _by_unit(last: Mapping[SubjectKey, Alert]) -> Mapping[str, Mapping[Subjected, Alert]]:
    found: defaultdict[str, dict[Subjected, Alert]] = defaultdict(dict)
    for key, alert in last.items():
        found[key.unit_id][Subjected(key.rule_id, key.system)] = alert
    return found

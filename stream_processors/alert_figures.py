"""What evaluating a batch of units needs, read with as few statements as possible."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from wuguan.domain.alerting.evaluation import UnitFigures, metrics_of, needs_bins
from wuguan.domain.alerting.rule import AlertRule
from wuguan.ports import AlertWriting, SystemRow, TallyQuery, TallyRow


class Watched(NamedTuple):
    """A unit that is evaluated: the rules that concern it, and the days that are looked at."""

    unit_id: str
    path: tuple[str, ...]
    managements: frozenset[str]
    rules: Sequence[AlertRule]
    from_day: date
    to_day: date


class _Alike(NamedTuple):
    """What units have in common that are read together."""

    metrics: frozenset[str]
    with_bins: frozenset[str]
    from_day: date
    to_day: date


def read_figures(writing: AlertWriting, units: Iterable[Watched]) -> Mapping[str, UnitFigures]:
    """The figures of each unit that its rules need. Units alike are read together."""
    alike: defaultdict[_Alike, list[Watched]] = defaultdict(list)
    for unit in units:
        alike[_alike(unit)].append(unit)
    found: dict[str, UnitFigures] = {}
    for what, of in alike.items():
        found.update(_read(writing, what, of))
    return found


def _alike(unit: Watched) -> _Alike:
    with_bins = frozenset(rule.metric for rule in unit.rules if needs_bins(rule))
    every = frozenset(name for rule in unit.rules for name in metrics_of(rule))
    return _Alike(every - with_bins, with_bins, unit.from_day, unit.to_day)


def _read(
    writing: AlertWriting, what: _Alike, units: Sequence[Watched]
) -> Mapping[str, UnitFigures]:
    ids = [unit.unit_id for unit in units]
    metrics: Mapping[str, Any] = {unit_id: {} for unit_id in ids}
    for names, bins in ((what.metrics, False), (what.with_bins, True)):
        if names:
            _add(metrics, writing.rows(_query(what, ids, names, bins=bins)))
    by_system = [unit.unit_id for unit in units if any(rule.by_system for rule in unit.rules)]
    refused = [unit.unit_id for unit in units if any(map(_counts_refused, unit.rules))]
    days = what.from_day, what.to_day
    systems = writing.systems(by_system, *days) if by_system else {}
    rejects = writing.refused(refused, *days) if refused else {}
    return {
        one: UnitFigures(one, metrics[one], _by_system(systems.get(one, ())), rejects.get(one, {}))
        for one in ids
    }


def _query(what: _Alike, units: Sequence[str], metrics: Iterable[str], *, bins: bool) -> TallyQuery:
    return TallyQuery(
        units=units,
        metrics=sorted(metrics),
        from_day=what.from_day,
        to_day=what.to_day,
        by="stage",
        bins=bins,
    )


def _add(metrics: Mapping[str, Any], rows: Sequence[TallyRow]) -> None:
    """Puts rows where they belong: by unit, metric, day and stage."""
    for row in rows:
        by_day = metrics[row.unit].setdefault(row.metric, {})
        by_day.setdefault(row.day, {})[row.stage] = row.figure


def _by_system(rows: Sequence[SystemRow]) -> Mapping[str, Mapping[str, Mapping[date, int]]]:
    found: dict[str, dict[str, dict[date, int]]] = {}
    for row in rows:
        by_day = found.setdefault(row.management, {}).setdefault(row.system, {})
        by_day[row.day] = row.classes
    return found


def _counts_refused(rule: AlertRule) -> bool:
    return rule.statistic == "rejects"

"""The pure function from a ledger and its context to tallies and findings."""

from collections.abc import Sequence
from functools import cache

from msgspec import Struct

from wuguan.domain.event import EventData
from wuguan.domain.ledger import Ledger, has_conflict, has_nil, standing_facts
from wuguan.domain.managements import MANAGEMENTS
from wuguan.domain.measuring import ClassDay, Finding, Measuring, MetricTally


class Measured(Struct, frozen=True):
    """The tallies of one class-day and management, and what looks wrong with its facts."""

    tallies: Sequence[MetricTally] = ()
    findings: Sequence[Finding] = ()


def measure(management: str, ledger: Ledger, class_day: ClassDay | None) -> Measured:
    """Measures a ledger. An unknown class (None) and a day out of scope have no tallies.

    A metric without a unit of count on the day has no tally.
    """
    findings: set[Finding] = {"conflict"} if has_conflict(ledger) else set()
    if class_day is None or not class_day.calendar_scope:
        return Measured((), tuple(findings))
    one, facts = MANAGEMENTS[management], standing_facts(ledger)
    measuring = Measuring(class_day, facts, has_nil(facts))
    measuring.reporting(one.metrics[0])
    one.measure(measuring)
    for kind in facts:
        fed = _fed(management, kind)
        if not fed.isdisjoint(class_day.calendar_scope) and fed.isdisjoint(class_day.scope):
            findings.add("off_plan")
    return Measured(tuple(measuring.tallies), tuple(sorted(findings | measuring.findings)))


@cache
def _fed(management: str, kind: type[EventData]) -> frozenset[str]:
    return frozenset(metric.name for metric in MANAGEMENTS[management].feeds.get(kind, ()))

"""The figures as they must be: the whole log folded and measured at once, without any store."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import NamedTuple

from wuguan.codec import decode_events
from wuguan.domain.context import Context
from wuguan.domain.ledger import EMPTY, Ledger, LedgerKey, fold, ledger_key
from wuguan.domain.managements import MANAGEMENTS, METRICS
from wuguan.domain.measure import Measured, measure
from wuguan.domain.measuring import MetricTally
from wuguan.domain.organisation import KnownClass
from wuguan.domain.rollup import Figure, Mark, class_tallies
from wuguan.domain.roster import LEVELS
from wuguan.domain.tally import Tally
from wuguan.ports import Frame, Reading, Store, TallyQuery, TallyRow


class RowKey(NamedTuple):
    """Which row of a level: of a unit, or of one of a school's classes."""

    unit: str
    class_id: str | None
    day: date
    stage: str
    grade: int
    metric: str


Rows = dict[str, dict[RowKey, Figure]]
"""The rows of every level of the tree, and of `class`."""

Finding = tuple[str, str, date, str, str]
"""School, class, day, management and kind."""


def replay(frames: Iterable[Frame], context: Context, days: Collection[date]) -> Rows:
    """The rows of all units and classes on these days, from all frames of the log."""
    ledgers = ledgers_of(frames)
    rows: Rows = {level: {} for level in (*LEVELS, "class")}
    for day in days:
        for school_id in context.organisation.school_ids():
            for known in context.organisation.known_classes(school_id, day):
                _add_class(rows, ledgers, context, (school_id, known, day))
    return rows


def replay_findings(
    frames: Iterable[Frame], context: Context, days: Collection[date]
) -> set[Finding]:
    """What looks wrong with the class-days of which something was heard."""
    return {
        (key.school_id, key.class_id, key.day, key.management, kind)
        for key, ledger in ledgers_of(frames).items()
        if key.day in days
        for kind in _measured(context, key, ledger).findings
    }


def ledgers_of(frames: Iterable[Frame]) -> Mapping[LedgerKey, Ledger]:
    """Every ledger that the frames fold into, one event at a time."""
    ledgers: dict[LedgerKey, Ledger] = {}
    for frame in frames:
        for event in decode_events(frame.body):
            key = ledger_key(event)
            ledgers[key] = fold(ledgers.get(key, EMPTY), [event])
    return ledgers


def rows_of(store: Store, days: Collection[date]) -> Rows:
    """The same rows as they stand in a store, read through its ports."""
    context = store.roster.context()
    with store.figures.reading() as reading:
        return {
            **_unit_rows(reading, context, days),
            "class": _class_rows(reading, context, days),
        }


def findings_of(store: Store, days: Collection[date]) -> set[Finding]:
    """The findings as they stand in a store; of schools that the roster knows."""
    schools = store.roster.context().organisation.school_ids()
    with store.figures.reading() as reading:
        return {
            (school, row.class_id, row.day, row.management, row.kind)
            for school in schools
            for row in reading.findings(school, min(days), max(days), None, 1_000_000)
            if row.day in days
        }


def differences(expected: Rows, found: Rows) -> list[str]:
    """The rows that are not the same, each as one line; none where all figures are right."""
    return [
        f"{level} {tuple(map(str, key))}: expected {wanted.get(key)}, found {there.get(key)}"
        for level, wanted in expected.items()
        for there in [found[level]]
        for key in sorted({*wanted, *there}, key=str)
        if wanted.get(key) != there.get(key)
    ]


def _add_class(
    rows: Rows,
    ledgers: Mapping[LedgerKey, Ledger],
    context: Context,
    class_day: tuple[str, KnownClass, date],
) -> None:
    school_id, known, day = class_day
    for management in MANAGEMENTS:
        key = LedgerKey(school_id, management, known.class_id, day)
        for one in _measured(context, key, ledgers.get(key, EMPTY)).tallies:
            figure = _figure(one)
            if not figure.tally.expected:
                continue
            place = (day, known.stage, known.grade, one.metric)
            rows["class"][RowKey(school_id, known.class_id, *place)] = figure
            # Straight to every unit above, not from child to parent as the processors do.
            for unit_id in context.organisation.path(school_id, day):
                _add(rows, context, RowKey(unit_id, None, *place), figure)


def _add(rows: Rows, context: Context, key: RowKey, figure: Figure) -> None:
    level = context.organisation.level(key.unit)
    assert level is not None
    before = rows[level].get(key)
    rows[level][key] = figure if before is None else before.merge(figure)


def _measured(context: Context, key: LedgerKey, ledger: Ledger) -> Measured:
    class_day = context.class_day_of(key.school_id, key.class_id, key.day, key.management)
    return measure(key.management, ledger, class_day)


def _figure(one: MetricTally) -> Figure:
    return Figure(one.tally, frozenset((one.rule,)) if one.rule else frozenset())


def _unit_rows(reading: Reading, context: Context, days: Collection[date]) -> Rows:
    organisation = context.organisation
    rows: Rows = {level: {} for level in LEVELS}
    query = TallyQuery(
        units=[*organisation.unit_ids(), *organisation.school_ids()],
        metrics=list(METRICS),
        from_day=min(days),
        to_day=max(days),
    )
    for row in reading.rows(query, None, 10_000_000):
        level = organisation.level(row.unit)
        if row.day in days and level is not None:
            rows[level][_key(row)] = Figure(_tally(row), row.rules)
    return rows


def _class_rows(reading: Reading, context: Context, days: Collection[date]) -> dict[RowKey, Figure]:
    rows: dict[RowKey, Figure] = {}
    for school in context.organisation.school_ids():
        heard = reading.class_tallies(school, list(MANAGEMENTS), min(days), max(days))
        for mark in (Mark(school, day, name) for day in days for name in MANAGEMENTS):
            for class_id, stage, grade, tallies in class_tallies(
                context, mark, heard.get(mark, {})
            ):
                for one in tallies:
                    key = RowKey(school, class_id, mark.day, stage, grade, one.metric)
                    rows[key] = _figure(one)
    return rows


def _key(row: TallyRow) -> RowKey:
    assert row.stage is not None
    assert row.grade is not None
    return RowKey(row.unit, row.class_id, row.day, row.stage, row.grade, row.metric)


def _tally(row: TallyRow) -> Tally:
    return Tally(row.expected, row.reported, row.judged, row.compliant, row.total, tuple(row.bins))

"""Reads what only the school itself sees: its classes, its rejected data, its findings."""

from collections.abc import Sequence
from datetime import date, timedelta

from api.boards.reading import REPORTED_TODAY, up_to_today
from api.boards.wanted import WantedSchool
from api.findings import MESSAGES, message_of
from dashboards.heat_map import SHOWN
from dashboards.school_figures import (
    ClassFigures,
    Doubt,
    MissingClasses,
    OwnFigures,
    Refused,
    Said,
)
from dashboards.words import Text
from wuguan.domain.context import Context
from wuguan.domain.instants import china_datetime
from wuguan.domain.managements import METRICS
from wuguan.domain.periods import days
from wuguan.domain.reply import FindingKey, Reply
from wuguan.domain.rollup import Figure, Mark, class_tallies, figure_of_class
from wuguan.ports import FindingRow, Reading, RejectedRow, Store

MOST_REFUSED = 500
MOST_REASONS = 20
_SHOWN_IDS = 3
MOST_FINDINGS = 2_000
MENDED = Text(
    "数据已更正，不再待核对；说明仍在，可以收回",
    "Mended since; the reply still stands and may be taken back",
)
_DAY = timedelta(days=1)


def read_own(context: Context, store: Store, reading: Reading, wanted: WantedSchool) -> OwnFigures:
    """Its heat map of one management, and what is to be mended."""
    half = up_to_today(wanted.occasion)
    school, until = wanted.school, wanted.occasion.now.date()
    classes = _classes(context, reading, wanted)
    refused = store.rejects.list(school, half.first, until, None, MOST_REFUSED)
    findings = reading.findings(school, half.first, until, None, MOST_FINDINGS)
    replies = store.replies.list([school], half.first, until, None, MOST_FINDINGS)
    return OwnFigures(
        management=wanted.management,
        days=sorted({day for one in classes for day, _ in one.days}),
        classes=classes,
        refused=_refused(refused),
        doubts=_doubts(school, findings, replies),
    )


def missing_classes(
    context: Context, reading: Reading, school: str, day: date
) -> list[MissingClasses]:
    """Which classes have not reported a day, and the night before it."""
    asked = [Mark(school, day, METRICS[name].management) for name in REPORTED_TODAY]
    asked.insert(1, Mark(school, day - _DAY, "sleep"))
    found = []
    for mark in asked:
        heard = reading.class_tallies(school, [mark.management], mark.day, mark.day)
        silent = [
            class_id
            for class_id, _, _, tallies in class_tallies(context, mark, heard.get(mark, {}))
            for one in tallies
            if one.metric == f"{mark.management}.reporting"
            and one.tally.expected > one.tally.reported
        ]
        if silent:
            found.append(MissingClasses(mark.management, mark.day, len(silent), silent))
    return found


def _classes(context: Context, reading: Reading, wanted: WantedSchool) -> list[ClassFigures]:
    """Every class, with its figures of each day of the half-month up to the day shown."""
    half, management = up_to_today(wanted.occasion), wanted.management
    heard = reading.class_tallies(wanted.school, [management], half.first, half.last)
    found: dict[tuple[int, str, str], dict[tuple[date, str], Figure]] = {}
    for day in days(half.first, half.last):
        mark = Mark(wanted.school, day, management)
        for class_id, stage, grade, tallies in class_tallies(context, mark, heard.get(mark, {})):
            of_class = found.setdefault((grade, class_id, stage), {})
            for one in tallies:
                if one.metric in SHOWN[management] and one.tally.expected:
                    of_class[day, one.metric] = figure_of_class(one)
    return [
        ClassFigures(class_id, stage, grade, of_class)
        for (grade, class_id, stage), of_class in sorted(found.items())
    ]


def _refused(rows: Sequence[RejectedRow]) -> list[Refused]:
    """What was refused for the same reason is said once, the latest first."""
    gathered: dict[tuple[str, ...], list[RejectedRow]] = {}
    for row in rows:
        system = (row.source or "").rpartition("/")[2] or "–"
        key = system, row.type or "–", row.path, row.message_zh, row.message
        gathered.setdefault(key, []).append(row)
    return [
        Refused(
            at=china_datetime(same[0].received_us),
            count=len(same),
            system=system,
            type=type_,
            path=path,
            fix=Text(zh, en),
            ids=[row.id for row in same if row.id][:_SHOWN_IDS],
        )
        for (system, type_, path, zh, en), same in gathered.items()
    ][:MOST_REASONS]


def _doubts(school: str, rows: Sequence[FindingRow], replies: Sequence[Reply]) -> list[Doubt]:
    """What is the matter with several classes of a day is said once; the gravest first.

    A reply whose finding has been mended comes last: it can still be taken back.
    """
    gathered: dict[FindingKey, list[str]] = {}
    for row in rows:
        finding = FindingKey(row.day, school, row.management, row.kind)
        gathered.setdefault(finding, []).append(row.class_id)
    said = {one.finding: Said(one.text, china_datetime(one.said_us)) for one in replies}
    mended = sorted(said.keys() - gathered.keys())
    return [
        _doubt(finding, gathered.get(finding, []), said.get(finding))
        for finding in [*sorted(gathered, key=_gravity), *mended]
    ]


def _doubt(finding: FindingKey, class_ids: Sequence[str], reply: Said | None) -> Doubt:
    message = message_of(finding.kind)
    return Doubt(
        day=finding.day,
        class_ids=class_ids,
        management=finding.management,
        kind=finding.kind,
        fix=Text(message.chinese, message.english) if class_ids else MENDED,
        reply=reply,
    )


def _gravity(finding: FindingKey) -> tuple[int, FindingKey]:
    kinds: list[str] = list(MESSAGES)
    return kinds.index(finding.kind) if finding.kind in kinds else len(kinds), finding

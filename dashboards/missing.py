"""What has not been reported, school by school, and the text that reminds of it."""

from collections.abc import Sequence
from datetime import date

from msgspec import Struct

from dashboards.overview_figures import Missing, OverviewFigures, Progress
from dashboards.words import MANAGEMENTS, Text, count, listed, spoken_day


class MissingLine(Struct, frozen=True):
    """A school, and what is missing there in words."""

    school_id: str
    name: str
    what: Text


class Reminder(Struct, frozen=True, kw_only=True):
    """The list 未上报 of a day, and its text for a work group."""

    day: date | None
    progress: Text | None
    """How much of today has come."""
    lines: Sequence[MissingLine]
    text: Text


def reminder(of: OverviewFigures) -> Reminder:
    """The schools of which something is missing, in the order of the roster."""
    names = {school.school_id: school.name for school in of.schools}
    day = of.occasion.day_to_remind
    lines = [
        MissingLine(school_id, names[school_id], missing_words(of_school))
        for school_id, of_school in _by_school(of.missing, names).items()
    ]
    return Reminder(
        day=day,
        progress=_progress(of.occasion.day, of.progress) if of.occasion.is_today else None,
        lines=lines,
        text=_text(of.name, day, lines),
    )


def missing_words(missing: Sequence[Missing]) -> Text:
    """作业3班，体质5班."""
    return listed(
        [
            Text(
                f"{MANAGEMENTS[one.management].zh}{one.classes}班",
                f"{MANAGEMENTS[one.management].en} {one.classes}",
            )
            for one in missing
        ]
    )


def _by_school(missing: Sequence[Missing], names: dict[str, str]) -> dict[str, list[Missing]]:
    found: dict[str, list[Missing]] = {school_id: [] for school_id in names}
    for one in missing:
        found[one.school_id].append(one)
    return {school_id: of_school for school_id, of_school in found.items() if of_school}


def _progress(day: date, progress: Progress | None) -> Text | None:
    if progress is None or not progress.expected:
        return None
    said, expected, reported = spoken_day(day), count(progress.expected), count(progress.reported)
    return Text(
        f"今日 {said.zh} 应报 {expected} 班次，已报 {reported}",
        f"Today, {said.en}: {reported} of {expected} class returns have come",
    )


def _text(name: str, day: date | None, lines: Sequence[MissingLine]) -> Text:
    if day is None or not lines:
        return Text("", "")
    said = spoken_day(day)
    zh = [f"【{name}五项管理】{said.zh}尚未上报（班数），请尽快补报："]
    en = [f"[Five managements, {name}] not reported for {said.en} (classes); please report soon:"]
    zh += [f"{number}. {line.name}：{line.what.zh}" for number, line in enumerate(lines, 1)]
    en += [f"{number}. {line.name}: {line.what.en}" for number, line in enumerate(lines, 1)]
    return Text("\n".join(zh), "\n".join(en))

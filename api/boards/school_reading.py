"""Reads what the page of a school is made of, in one consistent view."""

from collections.abc import Sequence
from datetime import timedelta

from api.boards import reading as boards
from api.boards.own_reading import missing_classes, read_own
from api.boards.wanted import WantedSchool
from dashboards.figures import UnitFigures, by_unit
from dashboards.headlines import HEADLINES
from dashboards.judging import Judging
from dashboards.overview_figures import Checking
from dashboards.school_figures import GradeFigures, MissingClasses, SchoolPageFigures
from wuguan.domain.context import Context
from wuguan.domain.instants import china_datetime
from wuguan.domain.periods import stages_below
from wuguan.domain.schools_in_line import Standing
from wuguan.ports import Reading, Store, TallyQuery, TallyRow

SYSTEMS_DAYS = timedelta(days=7)
"""A system that was silent for longer is not named."""
_HEADLINE_METRICS = tuple(
    dict.fromkeys(m for one in HEADLINES for m in (one.reporting, one.metric))
)


def read_school(context: Context, store: Store, wanted: WantedSchool) -> SchoolPageFigures:
    """The figures of the page."""
    school, occasion = wanted.school, wanted.occasion
    organisation = context.organisation
    known = organisation.known_classes(school, occasion.day)
    stages = stages_below(context, school, occasion.day, occasion.day)
    judging = Judging(context.policy)
    with store.figures.reading() as reading:
        settled = reading.settled([school], [school])
        now, before = boards.of_half_months(reading, school, occasion, wanted.since)
        grades = _grades(reading, context, wanted)
        others = _others(reading, context, wanted)
        missing = _missing(reading, context, wanted, stages)
        systems = reading.systems(school, occasion.day - SYSTEMS_DAYS, occasion.day)
        own = read_own(context, store, reading, wanted) if wanted.own else None
    return SchoolPageFigures(
        school_id=school,
        name=organisation.name(school, occasion.day) or school,
        above=_named(context, wanted),
        occasion=occasion,
        stages=stages,
        classes=len(known),
        pupils=sum(one.pupils for one in known),
        systems=sorted({row.system for row in systems}),
        now=now,
        before=before,
        grades=grades,
        others=others,
        checking=_checking(now, school, judging),
        missing=missing,
        own=own,
        judging=judging,
        as_of=china_datetime(settled.as_of_us),
        settled=settled.settled,
    )


def _named(context: Context, wanted: WantedSchool) -> tuple[str, str] | None:
    if wanted.above is None:
        return None
    name = context.organisation.name(wanted.above, wanted.occasion.day)
    return wanted.above, name or wanted.above


def _grades(reading: Reading, context: Context, wanted: WantedSchool) -> list[GradeFigures]:
    half = boards.up_to_today(wanted.occasion)
    query = TallyQuery(
        units=(wanted.school,),
        metrics=_HEADLINE_METRICS,
        from_day=max(half.first, wanted.since),
        to_day=half.last,
        buckets=[(wanted.school, None, half.first, half.last, half.first)],
        bins=False,
    )
    of_grade: dict[tuple[str, int], list[TallyRow]] = {}
    for row in reading.rows(query, None, boards.ALL_ROWS):
        assert row.stage is not None and row.grade is not None, "asked for by grade"
        of_grade.setdefault((row.stage, row.grade), []).append(row)
    known = context.organisation.known_classes(wanted.school, wanted.occasion.day)
    return [
        GradeFigures(
            stage,
            grade,
            sum(one.stage == stage and one.grade == grade for one in known),
            by_unit(rows)[wanted.school],
        )
        for (stage, grade), rows in sorted(of_grade.items(), key=lambda one: one[0][1])
    ]


def _others(reading: Reading, context: Context, wanted: WantedSchool) -> Sequence[UnitFigures]:
    """All schools of the district that the school is in."""
    organisation, day = context.organisation, wanted.occasion.day
    above = organisation.path(wanted.school, day)[1:]
    district = next((u for u in above if organisation.level(u) == "district"), None)
    if district is None:
        return ()
    schools = organisation.schools_below(district, day)
    first = wanted.occasion.half.first
    return list(boards.of_schools(reading, schools, first, _HEADLINE_METRICS).values())


def _missing(
    reading: Reading, context: Context, wanted: WantedSchool, stages: Sequence[str]
) -> list[MissingClasses]:
    if not wanted.occasion.has_school_days:
        return []
    if wanted.own:
        return missing_classes(context, reading, wanted.school, wanted.occasion.day)
    found = boards.missing(reading, (wanted.school,), wanted.occasion.day, stages)
    return [MissingClasses(one.management, one.day, one.classes, ()) for one in found]


def _checking(now: UnitFigures, school: str, judging: Judging) -> list[Checking]:
    return [
        Checking(school, stage, metric, now.by_stage[stage, metric])
        for (stage, metric), found in judging.standings(now).items()
        if found is Standing.NEEDS_CHECKING
    ]

